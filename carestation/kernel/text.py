"""Text as people type it, made fit to be kept: one form, one kind of line end, no hidden signs.

Letters are put together (NFC), every line end becomes one, marks that turn the direction of
reading are taken out (a file `gpj.exe` must not read `exe.jpg`), and so are marks that no writing
piles up. What no keyboard makes is refused: NUL, other control characters, halves of characters.
"""

import re
import unicodedata
from enum import StrEnum
from itertools import chain
from typing import Final

LONGEST_POST: Final = 10_000
LONGEST_LINE: Final = 200
# Unicode's own list of line ends (UAX #14), the old vertical tab and form feed with them.
_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
# Embeddings, overrides and isolates: UAX #9, the signs with which text shows what it is not.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# C0 and C1 but tab and line feed, and surrogates, which are no characters by themselves.
_UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Fillers and the empty braille cell: letters and signs by their category, but nothing to see.
_EMPTY: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Spaces, line ends, and format signs: joiners, marks of order, the byte order mark.
_HIDDEN: Final = "Cf"
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", _HIDDEN})
_SPACES: Final = re.compile(r"[\t\n ]+")
# Marks that stand over the letter before them, and the tones of skin of a sign.
_MAY_PILE: Final = chain(range(0x300, 0x20000), range(0xE0100, 0xE01F0))
_PILING: Final = frozenset(
    sign for sign in map(chr, _MAY_PILE) if unicodedata.category(sign) in {"Mn", "Me"}
).union(map(chr, range(0x1F3FB, 0x1F400)))
# No writing piles up more. Thousands of marks stand over what others wrote, and a browser needs
# minutes to set thousands of tones: a page with such a post would not open.
_PILED: Final = re.compile("([{0}]{{8}})[{0}]+".format("".join(sorted(_PILING))))


class TextReason(StrEnum):
    """Why a text is not taken."""

    UNFIT = "unfit_characters"
    LONG = "too_long"


class UnfitText(ValueError):  # noqa: N818 - the name is the answer
    """A text that cannot be kept as it is; `reason` says why, never what."""

    def __init__(self, reason: TextReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def clean_text(raw: str, *, longest: int = LONGEST_POST) -> str:
    """Return a text of several lines as it is kept; nothing where it shows nothing.

    `longest` counts characters.

    Raises:
        UnfitText: it holds what no keyboard makes, or is too long.
    """
    text = _TURNING.sub("", _LINE_ENDS.sub("\n", raw))
    if _UNFIT.search(text):
        raise UnfitText(TextReason.UNFIT)
    text = unicodedata.normalize("NFC", text).strip()
    if not _PILING.isdisjoint(text):
        text = _PILED.sub(r"\1", text)
    if len(text) > longest:
        raise UnfitText(TextReason.LONG)
    return text if any(map(_shows, text)) else ""


def clean_line(raw: str, *, longest: int = LONGEST_LINE) -> str:
    """Return a text of one line (a name, an address) as it is kept: line ends become spaces.

    What is not seen is taken out: two names that look the same are the same.

    Raises:
        UnfitText: it holds what no keyboard makes, or is too long.
    """
    seen = "".join(sign for sign in raw if unicodedata.category(sign) != _HIDDEN)
    return _SPACES.sub(" ", clean_text(seen, longest=longest))


def _shows(sign: str) -> bool:
    return sign not in _EMPTY and unicodedata.category(sign) not in _UNSEEN
