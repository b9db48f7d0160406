"""The project speaks of itself: no place of a machine, no address of a package index."""

import re
from typing import Final

from tests.architecture.tree import at, must_be_empty, texts

# Put together here, so that this file is not found by itself.
HOMES: Final = re.compile("/" + r"(?:work|home|Users)/\w")
INDEXES: Final = re.compile(
    r"https?://[^\s\"'/]*(?:" + "|".join(("py" + "pi", "python" + "hosted", "npm" + "js")) + ")"
    r"|--(?:extra-)?index" + r"-url|index" + r"_url\s*="
    r"|https?://[^\s\"'/]*(?:arti" + "factory|nex" + "us|prox" + "pi|devp" + "i)"
)


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{at(path, number)} {line.strip()[:80]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_place_of_a_machine_is_written_down() -> None:
    must_be_empty(found(HOMES))


def test_no_package_index_is_written_down() -> None:
    must_be_empty(found(INDEXES))
