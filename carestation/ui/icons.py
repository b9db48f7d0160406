"""Icons: one sprite, served by us; a name that is not in it stops the rendering."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from django.templatetags.static import static
from markupsafe import Markup

SPRITE: Final = "ui/icons.svg"
_FILE: Final = Path(__file__).parent / "static" / SPRITE
_SYMBOL: Final = re.compile(r'<symbol id="i-([a-z]+)"')
_SIZES: Final = {"": "i", "s": "i i--s", "l": "i i--l"}


@cache
def icon_names() -> frozenset[str]:
    """Return the names of the sprite, read once."""
    return frozenset(_SYMBOL.findall(_FILE.read_text(encoding="utf-8")))


@cache
def icon(name: str, size: str = "") -> Markup:
    """Return an icon; the word beside it speaks, so a screen reader passes it by.

    Raises:
        LookupError: there is no such icon, or no such size.
    """
    if name not in icon_names() or size not in _SIZES:
        raise LookupError(f"no icon {name!r} of size {size!r}")
    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>'
    ).format(_SIZES[size], static(SPRITE), name)
