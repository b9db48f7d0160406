"""The app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit."""

    name = "carestation.audit"

    def ready(self) -> None:
        """Let the sealer follow."""
        from carestation.audit import followers  # noqa: F401, PLC0415 - registers it
