"""Django with all apps: what each process of ours begins with."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import django

from config.environment import choose_settings


@contextmanager
def nothing_swept() -> Iterator[None]:
    """Load what stays as long as the process: there is no garbage in it to look for."""
    gc.disable()
    yield
    gc.enable()


def set_up() -> None:
    """Load all apps, with the settings of this kind of installation."""
    choose_settings()
    with nothing_swept():
        django.setup()
