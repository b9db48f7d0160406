"""For the tests: everything real but mail, which goes to files as in development."""

from config.settings.base import *  # noqa: F403 - Django's way

# Hashes cost what ten pages do on purpose; the tests sign in hundreds of times.
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
