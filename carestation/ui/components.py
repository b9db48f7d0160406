"""Components with logic: typed, and called from templates like macros.

A closed value is an enum, and what is not in it stops the rendering: `Weight("primry")` is an
error in a test, not a grey button beside a bed.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, Literal, TypeAlias
from uuid import UUID

from markupsafe import Markup, escape

Attribute: TypeAlias = str | int | bool | UUID | None
KILO: Final = 1024
NOTHING: Final = Markup("")
_MENTION: Final = Markup('<span class="mention" data-person="{}">{}</span>')
_DOUBT: Final = Markup('<mark class="doubt">{}</mark>')
_PHONE: Final = re.compile(r"(?<![\d-])(0\d{1,4})-(\d{1,4})-(\d{3,4})(?![\d-])", re.ASCII)
_BLANK_LINES: Final = re.compile(r"\n[ \u3000\t]*(?:\n[ \u3000\t]*)+")
_ATTRIBUTE: Final = re.compile(
    r"(aria|data|hx)-[a-z][a-z0-9-]*|accept|autocapitalize|autocomplete|capture|disabled|enterkeyhint"
    r"|form|formaction|formmethod|formnovalidate|id|inputmode|lang|list|max|maxlength|min|minlength"
    r"|multiple|name|pattern|placeholder|readonly|required|rows|spellcheck|step|target|title|value"
)


class Tone(StrEnum):
    """How a banner speaks: WARN and ERROR interrupt a screen reader, the others wait."""

    INFO = "info"
    OK = "ok"
    OFFLINE = "offline"
    WARN = "warn"
    ERROR = "error"

    @property
    def role(self) -> Literal["alert", "status"]:
        """The live region that this tone needs."""
        return "alert" if self in {Tone.WARN, Tone.ERROR} else "status"

    @property
    def icon(self) -> str:
        """The icon that goes with this tone, unless the page names a better one."""
        return {"info": "info", "ok": "ack", "offline": "offline"}.get(self.value, "warn")


class Weight(StrEnum):
    """How strongly a button calls: one PRIMARY per view; red only where harm is near."""

    PLAIN = "plain"
    PRIMARY = "primary"
    ACK = "ack"
    QUIET = "quiet"
    TOOL = "tool"
    DANGER = "danger"
    DANGER_SOLID = "danger-solid"


class TagKind(StrEnum):
    """What a tag says; each has its colour, and always a word."""

    PLAIN = "plain"
    NEW = "new"
    OK = "ok"
    CAUTION = "caution"
    NEED = "need"
    URGENT = "urgent"
    BAD = "bad"
    STAFF = "staff"
    FAMILY = "family"
    OPS = "ops"


class Figure(StrEnum):
    """Whom an avatar stands for: people of the trade are circles, all others rounded squares."""

    STAFF = "staff"
    FAMILY = "family"
    PATIENT = "patient"
    GROUP = "group"


class Dress(StrEnum):
    """In whose colours a region stands: `data-side` in the markup."""

    STAFF = "staff"
    FAMILY = "family"
    OPS = "ops"

    @property
    def icon(self) -> str:
        """The fixed icon of a side."""
        return {"staff": "staff", "family": "family", "ops": "server"}[self.value]


def initial(name: str, *, given: bool = False) -> str:
    """Return the sign that stands for a name: the first of the surname, or of the given name."""
    words = name.split()
    if not words:
        return "？"
    word = words[-1] if given else words[0]
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[:end]


def age(birth_date: date, today: date) -> int:
    """Return the completed years of life on a day."""
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (0 if had_birthday else 1)


def size(size_bytes: int) -> str:
    """Return how large a file is, as people say it: 184KB, 1.8MB, 62MB."""
    if size_bytes < KILO * KILO:
        return f"{max(1, round(size_bytes / KILO))}KB" if size_bytes else "0KB"
    megabytes = size_bytes / (KILO * KILO)
    return f"{megabytes:.0f}MB" if megabytes >= 10 else f"{megabytes:.1f}MB".replace(".0MB", "MB")  # noqa: PLR2004 - two digits are enough


def paragraphs(
    text: str, *, marked: Mapping[str, str] | None = None, doubtful: Collection[str] = ()
) -> Markup:
    """Return what a person typed as paragraphs, each with its own direction of reading.

    `marked` are words to lift out (mentions): the word as typed, and the id it stands for.
    `doubtful` are words to underline, for whoever looks at them once more.
    """
    lifted = {word: _MENTION.format(person, word) for word, person in (marked or {}).items()}
    lifted |= {word: _DOUBT.format(word) for word in doubtful}
    blocks = [block for block in _BLANK_LINES.split(text.strip("\n")) if block.strip()]
    lines = ("<br>".join(_line(line, lifted) for line in block.split("\n")) for block in blocks)
    html = "".join(f'<p dir="auto">{line}</p>' for line in lines)
    return Markup(html)  # noqa: S704 - every line was escaped one by one


def with_calls(text: str) -> Markup:
    """Return what a person typed as paragraphs; its telephone numbers call when pressed."""
    html = _PHONE.sub(r'<a href="tel:\1\2\3">\g<0></a>', str(paragraphs(text)))
    return Markup(html)  # noqa: S704 - escaped before, and a number is digits and hyphens


def attributes(more: Mapping[str, Attribute]) -> Markup:
    """Return attributes for a tag; True stands alone, False and None are left out.

    Raises:
        ValueError: a name that is not on the list (`style`, `onclick` and their like never are).
    """
    if not more:
        return NOTHING
    parts = []
    for name, value in more.items():
        if not _ATTRIBUTE.fullmatch(name):
            raise ValueError(f"not an attribute for templates: {name}")
        if value is True:
            parts.append(Markup(" {}").format(name))
        elif value is not False and value is not None:
            parts.append(Markup(' {}="{}"').format(name, value))
    return Markup("").join(parts)


def problem_number(request_id: object) -> str:
    """Return what a person can read out on the telephone; the log finds the request by it."""
    tail = str(request_id).replace("-", "")[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}" if tail else ""


def _line(line: str, lifted: Mapping[str, Markup]) -> str:
    if not lifted:
        return str(escape(line))
    words = sorted(lifted, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, words))})", line)
    return "".join(lifted.get(piece) or escape(piece) for piece in pieces)
