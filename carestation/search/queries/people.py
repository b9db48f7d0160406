"""Finding patients, people and facilities by name or reading, among those one sees anyway.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from carestation.search.queries.places import GroupToSearch, Writer
from carestation.search.rules import folded_text, has_all, words_of

# What no word runs across: it stands between two names.
_BETWEEN = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Groups (a patient's by the patient) and people of whom, or of whose facility, a name fits."""

    groups: tuple[GroupToSearch, ...]
    people: tuple[Writer, ...]


def named_by(asked: str, places: Iterable[GroupToSearch], writers: Iterable[Writer]) -> Named:
    """Return whom the words name; people who sit there no longer are not shown."""
    words = words_of(asked)

    def fits(*names: str) -> bool:
        return bool(words) and has_all(words, folded_text(_BETWEEN.join(names)))

    return Named(
        groups=tuple(one for one in places if fits(one.name, one.kana)),
        people=tuple(
            one
            for one in writers
            if one.is_there and fits(one.name, one.kana, one.facility, one.facility_kana)
        ),
    )
