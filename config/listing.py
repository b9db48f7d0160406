"""`carestation urls`: every address of the product, how it is called and how it is entered."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Final

from carestation.kernel.doors import Door, Entrance, entrances
from config.setting_up import set_up

COLUMNS: Final = ("door", "side", "changes", "methods", "pattern", "name")
# The stream is another process, without Django: it takes every seat of its session.
LIVE: Final = Entrance(
    name="live", pattern="live", methods=("GET",), door=Door.SEAT, side="", changes=False
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="for machines: a list of objects")


def run(options: argparse.Namespace) -> int:
    """Print the list; a view without a door ends it with its name."""
    rows = [_row(entrance) for entrance in listed()]
    if options.json:
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return 0
    sys.stdout.writelines(_lines(rows))
    return 0


def listed() -> list[Entrance]:
    """Return every address of the project."""
    set_up()
    from config.urls import urlpatterns  # noqa: PLC0415 - needs Django to be set up

    return [*entrances(urlpatterns), LIVE]


def _row(entrance: Entrance) -> dict[str, object]:
    row = asdict(entrance)
    return row | {
        "pattern": f"/{entrance.pattern}",
        "methods": list(entrance.methods),
        "side": entrance.side or None,
    }


def _lines(rows: list[dict[str, object]]) -> list[str]:
    table = [[_word(row[column]) for column in COLUMNS] for row in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *table, strict=True)]
    return [
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in (list(COLUMNS), *table)
    ]


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "-")
