"""The app."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Exports."""

    name = "carestation.exports"

    def ready(self) -> None:
        """Let the followers follow."""
        from carestation.exports import followers  # noqa: F401, PLC0415 - registers them
