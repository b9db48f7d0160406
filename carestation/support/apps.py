"""The context."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Help for those who use the product."""

    name = "carestation.support"
