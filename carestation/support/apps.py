"""The context."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Help for those who use the product."""

    name = "carestation.support"

    def ready(self) -> None:
        """Let every process that reads the log know our kinds of facts."""
        from carestation.support import facts  # noqa: F401, PLC0415 - registers
