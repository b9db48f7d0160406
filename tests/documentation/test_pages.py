"""What the documentation says holds: links, files, tests, names."""

import ast
import itertools
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.documentation.pages import (
    AROUND,
    DOCS,
    PAGES,
    ROOT,
    anchors_of,
    links_of,
    named,
    prose_of,
    spans_of,
    text_of,
)

MODES: Final = {
    "tutorials", "how-to", "reference", "explanation", "decisions", "compliance", "README.md",
}  # fmt: skip
OURS: Final = ("carestation/", "config/", "tests/", "docs/", "benchmarks/", "changelog.d/")
DECISION: Final = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
PARTS: Final = ("Context", "Decision", "Consequences", "Weighed")
MAKING: Final = ("…", "<", "*", " ")


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors_of(target)


@pytest.mark.parametrize("page", [*PAGES, *AROUND], ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    own = [link for link in links_of(page) if not link.startswith(("http", "mailto:"))]

    assert [link for link in own if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    paths = [span for span in spans_of(page) if span.startswith(OURS)]
    plain = [path for path in paths if not any(sign in path for sign in MAKING)]

    assert [path for path in plain if not (ROOT / path.split("::")[0]).exists()] == []


@cache
def defined_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    nodes = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, nodes))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_test_that_is_named_is_there(page: Path) -> None:
    tests = [span.split("::") for span in spans_of(page) if "::" in span and "/" in span]

    assert [test for test in tests if not defined_in(test[0]).issuperset(test[1:])] == []


def test_every_page_stands_in_a_mode_and_is_reached_from_the_index() -> None:
    assert {path.name for path in DOCS.iterdir()} <= MODES
    indexes = [DOCS / "README.md", DOCS / "decisions" / "README.md"]
    reached = {(page.parent / link).resolve() for page in indexes for link in links_of(page)}

    assert set(PAGES) - reached == {DOCS / "README.md"}


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=named)
def test_a_decision_says_what_was_decided_and_why(page: Path) -> None:
    number = DECISION.fullmatch(page.name)
    assert number is not None

    assert text_of(page).startswith(f"# {int(number[1])}. ")
    missing = [part for part in PARTS if f"{part}:" not in text_of(page)]
    assert missing == []


def test_no_two_decisions_have_one_number() -> None:
    numbers = [path.name[:4] for path in (DOCS / "decisions").glob("[0-9]*.md")]

    assert len(numbers) == len(set(numbers))


def test_every_decision_that_the_code_names_is_there() -> None:
    modules = [*ROOT.glob("carestation/**/*.py"), *ROOT.glob("config/**/*.py")]
    named_ones = {
        number
        for path in modules
        for number in re.findall(r"docs/decisions/(\d{4})", path.read_text(encoding="utf-8"))
    }
    there = {path.name[:4] for path in (DOCS / "decisions").glob("[0-9]*.md")}

    assert named_ones - there == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_one_title_and_no_heading_is_skipped(page: Path) -> None:
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose_of(page), re.MULTILINE)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
