"""The app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit."""

    name = "carestation.audit"

    def ready(self) -> None:
        """Let the sealer follow, and the context's own facts be known in every process."""
        from carestation.audit import facts, followers  # noqa: F401, PLC0415 - registers them
