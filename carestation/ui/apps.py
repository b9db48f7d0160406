"""The app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The design system: templates and static files, no tables."""

    name = "carestation.ui"
