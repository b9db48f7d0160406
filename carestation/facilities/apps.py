"""The app."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Facilities."""

    name = "carestation.facilities"
