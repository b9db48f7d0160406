"""What kind of act a fact is, and which looks are one.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from carestation.audit.choices import DEEDS, DELETIONS, LOOKS, Act, Deed, Interaction
from carestation.facilities.choices import Letters

# Who looks at the same thing again within this time, is shown as having looked once.
FOLDED: Final = timedelta(minutes=5)
MONDAY: Final = 0
# How the names of facts end of which something new comes.
BEGINNINGS: Final = (
    "Accepted",
    "Acknowledged",
    "Asked",
    "Began",
    "Due",
    "Exported",
    "Given",
    "Invited",
    "Made",
    "Offered",
    "Opened",
    "Proposed",
    "Published",
    "Recorded",
    "Registered",
    "Remembered",
    "Sent",
    "SignedIn",
    "Uploaded",
)


def is_letter_day(letters: Letters, day: date) -> bool:
    """Whether what is signed goes out on this day of Japan: each day, or on Mondays."""
    return letters is Letters.DAILY or day.weekday() == MONDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A fact as it is folded: who did what with which object, and when."""

    number: int
    at: datetime
    kind: str
    actor_id: UUID | None
    object_id: UUID
    group_id: UUID | None


@dataclass(slots=True)
class Fold:
    """Acts that are shown as one, the newest first."""

    noted: list[Noted] = field(default_factory=list)


def deed_of(act: Act) -> Deed:
    """Return what kind of deed an act is."""
    return Deed.LOOKED if act in LOOKS else DEEDS[act.partition(".")[0]]


def acts_of(deed: Deed) -> list[Act]:
    """Return all acts that are such a deed."""
    return [act for act in Act if deed_of(act) is deed]


def interaction_of(kind: str) -> Interaction:
    """Return which call of programs an act would be; what is no act of ours changes something."""
    if kind in LOOKS:
        return Interaction.READ
    if kind in DELETIONS:
        return Interaction.DELETE
    return Interaction.CREATE if kind.endswith(BEGINNINGS) else Interaction.UPDATE


def words_of(kind: str) -> str:
    """Return how an act is called; what is no act of ours is called as it stands there."""
    return str(Act(kind).label) if kind in Act.values else kind


def folded(noted: Iterable[Noted], *, most: int) -> list[Fold]:
    """Fold repeated looks, of facts newest first; ends before there would be more than `most`."""
    folds: list[Fold] = []
    newest: dict[tuple[object, ...], Fold] = {}
    for one in noted:
        key = (one.actor_id, one.kind, one.object_id)
        fold = newest.get(key) if one.kind in LOOKS else None
        if fold is None or fold.noted[0].at - one.at > FOLDED:
            if len(folds) == most:
                return folds
            fold = newest[key] = Fold()
            folds.append(fold)
        fold.noted.append(one)
    return folds


def last_of(folds: Sequence[Fold]) -> int:
    """Return the number of the oldest fact of all folds."""
    return min((one.noted[-1] for one in folds), key=lambda one: (one.at, one.number)).number
