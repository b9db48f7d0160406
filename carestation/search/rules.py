"""What counts as the same words: folding, and the pairs of letters by which text is found.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID

from carestation.facilities.rules import folded

PAIR: Final = 2
# The number of an entry's grams is rounded up to a step, so that it says less than the length.
STEP: Final = 16
# Of the 64 bits of a number, those of its group and those of its hash (migration 0005).
FRONT_BITS, HASH_BITS = 16, 48
# Joiners and marks that choose a form of the same letter (葛󠄀): people do not type them to search.
_UNSEEN: Final = "Cf"
_FORMS: Final = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))
# Vowels and ends of Korean syllables: letters by their kind, but they join the one before.
_SYLLABLES: Final = ("\u1160", "\u11ff")
# Stands for a sign that joins its neighbours, where signs are folded one by one.
_JOINING: Final = "\uffff"


def folded_text(text: str) -> str:
    """Return text as it is searched: one width and case, hiragana, nothing unseen, no spaces."""
    # Hot (benchmarks/million): nearly all texts are signs that fold alike alone and together.
    alone = text.translate(_ALONE)
    return folded(text.translate(_SEEN)) if _JOINING in alone else alone


def words_of(asked: str) -> tuple[str, ...]:
    """Return the words of a question, folded, each once: all of them are to be found."""
    return tuple(dict.fromkeys(filter(None, map(folded_text, asked.split()))))


def pairs_of(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a folded text."""
    return {text[at : at + PAIR] for at in range(len(text) - 1)}


def padding_of(pairs: int) -> int:
    """Return how many numbers that stand for nothing are added to so many pairs."""
    return -pairs % STEP


def of_group(group_id: UUID, numbers: Iterable[int]) -> list[int]:
    """Return numbers with the group's own bits in front, so that a group's lie side by side.

    What is written or looked up at once is then in a few places of the index, not all over it.
    """
    front = (group_id.int % 2**FRONT_BITS) << HASH_BITS
    if front >= 2**63:
        front -= 2**64
    return [front | number % 2**HASH_BITS for number in numbers]


def is_short(word: str) -> bool:
    """Whether a word has no pair of letters: it is looked for by reading what there is."""
    return len(word) < PAIR


def walks_on(fitting: int, walked: int, *, posts: int, wanted: int) -> bool:
    """Whether to walk on from post to post reads less than to look a question up.

    As many of the rest fit as of those that were walked: so far is the way to those wanted, and to
    so many of all posts would the index lead.
    """
    return fitting > 0 and wanted * walked / fitting < posts * fitting / walked


def has_all(words: Sequence[str], text: str) -> bool:
    """Whether all words stand in a folded text."""
    return all(word in text for word in words)


def marked(words: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Return where the words stand in a text as it was typed: beginnings and ends, in order."""
    flat, places, edges = _flattened(text)
    found: list[tuple[int, int]] = []
    for word in words:
        at = flat.find(word)
        while at >= 0:
            last = at + len(word)
            found.append((edges[places[at]], edges[places[last - 1] + 1]))
            at = flat.find(word, last)
    return _joined(sorted(found))


class _Seen(dict[int, int | None]):
    """What each sign becomes: nothing where it is not seen. Learnt as they come."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        is_form = any(first <= sign <= last for first, last in _FORMS)
        is_seen = unicodedata.category(sign) != _UNSEEN and not is_form
        return self.setdefault(code, code if is_seen else None)


_SEEN: Final = _Seen()


class _Alone(dict[int, str]):
    """What each sign folds to by itself; of one that joins what stands before, a mark instead.

    Learnt as they come.
    """

    def __missing__(self, code: int) -> str:
        seen = chr(code).translate(_SEEN)
        joins = any(map(_joins, unicodedata.normalize("NFKD", seen)[:1]))
        return self.setdefault(code, _JOINING if joins else folded(seen))


_ALONE: Final = _Alone()


def _joins(sign: str) -> bool:
    is_mark = unicodedata.category(sign)[0] == "M" or unicodedata.combining(sign) > 0
    # What comes after Unicode's first plane is rare here, and not worth knowing its rules.
    return is_mark or sign > _JOINING or _SYLLABLES[0] <= sign <= _SYLLABLES[1]


def _flattened(text: str) -> tuple[str, list[int], Sequence[int]]:
    """Return a text folded, of which piece each letter is, and where the pieces begin and end."""
    alone = text.translate(_ALONE)
    if _JOINING not in alone:
        places = [place for place, code in enumerate(map(ord, text)) for _ in _ALONE[code]]
        return alone, places, range(len(text) + 1)
    pieces = list(_pieces(text))
    places = [place for place, (piece, _) in enumerate(pieces) for _ in piece]
    return "".join(piece for piece, _ in pieces), places, [0, *(end for _, end in pieces)]


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield what folds by itself, folded, with its end: a letter with its marks."""
    begin, piece = 0, ""
    for at, sign in enumerate(text):
        alone, together = _folded_piece(sign), _folded_piece(text[begin:at] + sign)
        if at > begin and together == piece + alone:
            yield piece, at
            begin, piece = at, alone
        else:
            piece = together
    if text:
        yield piece, len(text)


@lru_cache(maxsize=65_536)
def _folded_piece(piece: str) -> str:
    """Return a letter or two as they are searched; a language has so many, and asks them often."""
    return folded_text(piece)


def _joined(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in found:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
