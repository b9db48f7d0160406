"""Fixtures of the seal."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def kept_in(settings: Settings, tmp_path: Path) -> Path:
    """Where the newest checkpoint is kept beside the database: each test's own."""
    settings.CHECKPOINT_FILE = tmp_path / "beside" / "checkpoint.txt"
    path: Path = settings.CHECKPOINT_FILE
    return path
