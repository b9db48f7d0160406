"""Reference pages say what the code has: no more, no less."""

import argparse
import importlib
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from django.db.models import TextChoices

from config.cli import COMMANDS
from config.listing import listed
from config.running import SINGLES
from tests.documentation.pages import DOCS, PAGES, ROOT, blocks_of, named, spans_of, table_of

REFERENCE: Final = DOCS / "reference"
VARIABLE: Final = re.compile(r'values\.get\(\s*"([A-Z_]+)"')
OURS: Final = re.compile(
    r"(CARESTATION|DATABASE|KEYS?|BUS|BLOB|ERASED|SMTP|SITE|TURN)_[A-Z_]+(=|$)"
)
COMMAND: Final = re.compile(r"(?:^|\s)carestation ([a-z][a-z-]*)(.*)$", re.MULTILINE)
MAKE: Final = re.compile(r"^make ([\w./-]+)", re.MULTILINE)
CLAIMS: Final = frozenset(
    {26, 27, 28, *range(46, 61), 62, *range(69, 76), 81, 82, *range(84, 88), 96, 102, 113, 114}
)
OPTION: Final = re.compile(r"(?<!\S)(--[a-z-]+)")


def options_of(command: str) -> set[str]:
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).add_options(parser)
    return set(re.findall(r"--[a-z-]+", parser.format_help())) - {"--help"}


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([\w.-]+(?:/[\w.-]+)*):", makefile, re.MULTILINE))


def test_every_command_is_described_with_its_options() -> None:
    rows = table_of(REFERENCE / "commands.md", "command")
    said = {row[0].strip("`"): set(re.findall(r"--[a-z-]+", row[2])) for row in rows}

    assert said == {f"carestation {name}": options_of(name) for name in COMMANDS}


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "explanation" / "how-it-starts.md"])
def test_every_piece_is_in_the_table_of_pieces(page: Path) -> None:
    pieces = {row[0].partition(" ")[0].partition("-")[0].lower() for row in table_of(page, "piece")}

    assert pieces == {*SINGLES, "web"}


def test_every_target_that_is_described_is_there() -> None:
    rows = table_of(REFERENCE / "commands.md", "make")

    assert {row[0].strip("`").removeprefix("make ") for row in rows} <= targets()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_a_page_tells_people_to_type_is_there(page: Path) -> None:
    lines = "\n".join(block.replace("\\\n", " ") for block in blocks_of(page, "sh"))
    unknown = [name for name, _ in COMMAND.findall(lines) if name not in COMMANDS]
    wrong = [
        f"{name} {option}"
        for name, rest in COMMAND.findall(lines)
        if name in COMMANDS
        for option in OPTION.findall(rest)
        if option not in options_of(name)
    ]

    assert unknown + wrong == []
    assert set(MAKE.findall(lines)) <= targets()


def test_every_variable_is_described_and_no_other() -> None:
    source = (ROOT / "config" / "environment.py").read_text(encoding="utf-8")
    rows = table_of(REFERENCE / "environment.md", "variable")

    assert {row[0].strip("`") for row in rows} == set(VARIABLE.findall(source))


def test_every_address_is_listed_as_it_is() -> None:
    rows = table_of(REFERENCE / "addresses.md", "address")
    said = {tuple(cell.strip("`") for cell in row) for row in rows}
    there = {
        (
            f"/{one.pattern.lstrip('/')}",
            " ".join(one.methods),
            one.door.value,
            one.side or "–",
            "yes" if one.changes else "no",
            one.name,
        )
        for one in listed()
    }

    assert said == there


@cache
def names_in_the_code() -> frozenset[str]:
    found: set[str] = set()
    for path in ROOT.glob("carestation/**/*.py"):
        text = io.StringIO(path.read_text(encoding="utf-8"))
        found |= {
            token.string
            for token in tokenize.generate_tokens(text.readline)
            if token.type == tokenize.NAME
        }
    return frozenset(found)


def test_every_word_of_the_glossary_is_a_name_in_the_code_or_says_not_yet() -> None:
    rows = table_of(REFERENCE / "glossary.md", "日本語")
    claimed = [row for row in rows if "not yet" not in row[2]]
    names = {name for row in claimed for name in re.findall(r"`([\w.]+)`", row[1])}

    assert len(rows) > 40
    assert {name for name in names if name.split(".")[-1] not in names_in_the_code()} == set()


def choices_at(name: str) -> type[TextChoices]:
    module, _, attribute = f"carestation.{name}".rpartition(".")
    found: type[TextChoices] = getattr(importlib.import_module(module), attribute)
    return found


@pytest.mark.parametrize("row", table_of(REFERENCE / "glossary.md", "in the code"), ids=str)
def test_the_closed_words_of_the_glossary_are_those_of_the_code(row: list[str]) -> None:
    words = [f"{one.value or '—'} {one.label}" for one in choices_at(row[0].strip("`"))]

    assert row[1].rstrip(" |").split(" · ") == words


def test_a_claim_that_holds_names_what_shows_it() -> None:
    page = DOCS / "compliance" / "asvs-and-27017.md"
    rows = [row for row in page.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", row)]
    cells = {row.split(" | ")[0].strip("| "): row.split(" | ") for row in rows}

    assert {f"{number}" for number in CLAIMS} == set(cells)
    bare = [
        number for number, row in cells.items() if "not yet" not in row[2] and "::" not in row[4]
    ]
    assert bare == []


def test_a_page_names_no_variable_that_is_not_read() -> None:
    source = (ROOT / "config" / "environment.py").read_text(encoding="utf-8")
    said = {span.split("=")[0] for page in PAGES for span in spans_of(page) if OURS.match(span)}

    assert said <= set(VARIABLE.findall(source))
