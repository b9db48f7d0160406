"""The app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Patients."""

    name = "carestation.patients"

    def ready(self) -> None:
        """Let the followers follow."""
        from carestation.patients import followers  # noqa: F401, PLC0415 - registers them
