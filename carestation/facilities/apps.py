"""The app."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Facilities."""

    name = "carestation.facilities"

    def ready(self) -> None:
        """Let the followers follow."""
        from carestation.facilities import followers  # noqa: F401, PLC0415 - registers them
