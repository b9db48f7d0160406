"""On one's own machine, with demo data; mail goes to files."""

from config.settings.base import *  # noqa: F403 - Django's way
