"""A migration says what it locks and how to go back."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import PRODUCT, docstring_of

MIGRATIONS: Final = sorted(PRODUCT.glob("*/migrations/[0-9]*.py"))
# The first one of a context makes tables that nobody uses yet.
BY_HAND: Final = [path for path in MIGRATIONS if not path.name.startswith("0001_")]


def named(path: Path) -> str:
    return f"{path.parts[-3]}.{path.stem}"


@pytest.mark.parametrize("path", BY_HAND, ids=named)
def test_a_migration_says_what_it_locks_and_how_to_go_back(path: Path) -> None:
    docstring = docstring_of(path)

    assert re.search(r"^Locks: \S", docstring, re.MULTILINE)
    assert re.search(r"^Back: \S", docstring, re.MULTILINE)


@pytest.mark.parametrize("folder", sorted({path.parent for path in MIGRATIONS}), ids=str)
def test_the_history_of_a_context_is_one_line(folder: Path) -> None:
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))

    assert (folder / "max_migration.txt").read_text().strip() == names[-1]
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]
