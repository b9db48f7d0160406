"""The app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Api."""

    name = "carestation.api"
