"""With the demo world: as development, and the sign-in page fills in its people."""

from config.demo.panel import panel_people
from config.settings.development import *  # noqa: F403 - Django's way

DEMO_PEOPLE = panel_people()
