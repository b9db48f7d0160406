"""The app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Patients."""

    name = "carestation.patients"
