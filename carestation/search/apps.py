"""The app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search."""

    name = "carestation.search"

    def ready(self) -> None:
        """Let the followers follow."""
        from carestation.search import followers  # noqa: F401, PLC0415 - registers them
