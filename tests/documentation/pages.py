"""The pages of the documentation, as text and as what they claim."""

import re
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted(DOCS.rglob("*.md"))
AROUND: Final = sorted(ROOT.glob("*.md"))
FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE: Final = re.compile(r"`([^`\n]+)`")


@cache
def text_of(page: Path) -> str:
    """Return a page."""
    return page.read_text(encoding="utf-8")


@cache
def prose_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", text_of(page))


def blocks_of(page: Path, language: str) -> list[str]:
    """Return a page's blocks of code in one language."""
    return [block for found, block in FENCE.findall(text_of(page)) if found == language]


def links_of(page: Path) -> list[str]:
    """Return where a page leads."""
    return LINK.findall(prose_of(page))


def spans_of(page: Path) -> list[str]:
    """Return what stands in backticks within a page's sentences."""
    return CODE.findall(prose_of(page))


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def table_of(page: Path, heading: str) -> list[list[str]]:
    """Return the rows of the first table whose head begins with a word."""
    lines = iter(text_of(page).splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            break
    rows = []
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def named(page: Path) -> str:
    """Return the name of a page."""
    return page.relative_to(ROOT).as_posix()
