"""`make messages`: collects what is translated, from Python and Jinja2, into the English catalogue.

The source language is Japanese, as shown; a translation that is there stays, what is gone goes.
"""

import io
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT: Final = Path(__file__).resolve().parent.parent
CATALOGUE: Final = PROJECT / "locale" / "en" / "LC_MESSAGES" / "django.po"
METHODS: Final = [("**.py", "python"), ("**/jinja2/**.html", "jinja2.ext:babel_extract")]
OPTIONS: Final = {"**/jinja2/**.html": {"extensions": "jinja2.ext.do", "silent": "false"}}
KEYWORDS: Final[Mapping[str, tuple[int, ...] | None]] = {
    **{name: places for name, places in DEFAULT_KEYWORDS.items() if places is None},
    "ngettext": (1, 2),
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
}
# One fixed time, so that the file changes only when its words do.
THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    """Write the catalogue; say how many messages wait for their translation."""
    catalogue = updated_catalogue()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=96, sort_output=True, include_lineno=False)
    CATALOGUE.write_bytes(written.getvalue())
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    waiting = sum(1 for message in catalogue if message.id and not message.string)
    sys.stdout.write(f"{len(catalogue)} messages, {waiting} wait for their translation\n")
    return 0


def updated_catalogue() -> Catalog:
    """Return the catalogue with what the code says now, and the translations that are there."""
    catalogue = Catalog(
        locale="en",
        domain="django",
        project="CareStation",
        header_comment="# English translations of CareStation.",
        creation_date=THEN,
        revision_date=THEN,
        fuzzy=False,
    )
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            catalogue = read_po(file, locale="en", domain="django")
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def collected() -> Catalog:
    """Return what the code says now."""
    template = Catalog(domain="django", project="CareStation", creation_date=THEN)
    for name in ("carestation", "config"):
        found = extract_from_dir(PROJECT / name, METHODS, OPTIONS, KEYWORDS)
        for path, _, words, comments, context in found:
            template.add(words, None, [(f"{name}/{path}", 0)], (), comments, context=context)
    return template


if __name__ == "__main__":
    sys.exit(main())
