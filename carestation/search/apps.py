"""The app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search."""

    name = "carestation.search"

    def ready(self) -> None:
        """Let the followers follow, and the log know the facts."""
        from carestation.search import facts, followers  # noqa: F401, PLC0415 - registers them
