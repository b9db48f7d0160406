"""The stage, for whoever asks at every address."""

from collections.abc import Iterator

import pytest

from tests.conftest import as_the_application
from tests.matrix.requests import STAGE, Stage


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    """The stage in a transaction that is rolled back, as the world is elsewhere."""
    yield from as_the_application(STAGE)
