"""Fragments of the notice: for the people who use it, in both languages."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.documentation.pages import ROOT, named

FRAGMENTS: Final = sorted(
    path for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md"
)
NAME: Final = re.compile(r"[a-z0-9-]+\.(added|changed|fixed|security|removed)\.md")
JAPANESE: Final = re.compile(r"[\u3041-\u3096]")


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_a_fragment_says_it_in_japanese_and_in_english(path: Path) -> None:
    first, _, second = path.read_text(encoding="utf-8").partition("\n---\n")

    assert NAME.fullmatch(path.name)
    assert JAPANESE.search(first)
    assert second.strip()
    assert not JAPANESE.search(second)


def test_there_are_fragments() -> None:
    assert FRAGMENTS
