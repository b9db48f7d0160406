"""The list of what was erased, on a disk that is full."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from carestation.kernel.ids import uuid7
from carestation.vault.erasures import Erased, erased_scopes, list_erased, listed_erasures
from carestation.vault.models import OPERATOR


def an_erasure() -> Erased:
    return Erased(
        erasure_id=uuid7(), scope_id=uuid7(), erased_by=OPERATOR, erased_at=timezone.now()
    )


@contextmanager
def room_for(size_bytes: int) -> Iterator[None]:
    """Let no file grow beyond that, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.control("8.10")
def test_a_line_of_which_the_disk_took_a_part_erased_nothing_and_hides_no_other(
    settings: Settings, tmp_path: Path
) -> None:
    listing = tmp_path / "erased.jsonl"
    settings.ERASED_URL = f"file://{listing}"
    one, broken_off, other = an_erasure(), an_erasure(), an_erasure()
    list_erased(one)

    with room_for(listing.stat().st_size + 60), pytest.raises(OSError, match="too large"):
        list_erased(broken_off)
    after_it = erased_scopes()
    list_erased(other)

    assert after_it == {one.scope_id}
    assert listed_erasures() == (one, other)
