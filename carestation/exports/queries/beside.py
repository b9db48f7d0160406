"""What stands beside the posts in the readable pages of an export.

Who was invited, who took a seat in an emergency and why, what the operator ruled; read from the
same lists that go with it.

Controls: ISO/IEC 27017 5.18, 8.24, CLD.8.1.5; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.exports.queries.reach import Reach
from carestation.exports.queries.rows import Line, lines_of
from carestation.exports.queries.tables import TABLES
from carestation.facilities.choices import Profession, Ruling
from carestation.groups.choices import InvitationEnd, InvitationState, Role
from carestation.groups.models.memberships import Membership, MembershipQuerySet
from carestation.kernel.actor import Actor

_LISTS: Final = {one.name: one for one in TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something beside the posts: when, by whom (empty: the operator), what, and its words.

    `became`: what came of it; `seen_by` and `seen_at`: who looked into it.
    """

    at: datetime
    by: str
    what: str
    words: str
    became: str = ""
    seen_by: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All of it, for one export."""

    reach: Reach
    names: dict[UUID, str]
    actor: Actor

    def staff_invitations(self) -> Iterator[Event]:
        """Yield who was invited to the facility's staff."""
        for line in self._lines("staff_invitations"):
            yield Event(
                at=_time(line["created_at"]),
                by=self._name(line["inviter_id"]),
                what=Profession(line["profession"]).label,
                words=f"{line['name']} {line['email']}",
                became=_became(line["accepted_at"], line["cancelled_at"], ""),
            )

    def invitations(self) -> Iterator[Event]:
        """Yield who was invited into the groups."""
        seats = self._people_of_seats()
        for line in self._lines("invitations"):
            yield Event(
                at=_time(line["created_at"]),
                by=seats[UUID(line["inviter_id"])],
                what=Role(line["role"]).label,
                words=line["name"],
                became=_became(line["joined_at"], line["ended_at"], line["end_cause"]),
            )

    def emergencies(self) -> Iterator[Event]:
        """Yield who of the facility took a seat in an emergency, why, and who looked into it."""
        seats = self._people_of_seats()
        began = dict(self._seats().values_list("pk", "began_at"))
        for line in self._lines("emergencies"):
            seat_id, reviewer_id, at = (
                UUID(line["membership_id"]),
                line["reviewer_id"],
                line["reviewed_at"],
            )
            yield Event(
                at=began[seat_id],
                by=seats[seat_id],
                what="",
                words=line["reason"],
                seen_by=self._name(reviewer_id) if reviewer_id else "",
                seen_at=_time(at) if at else None,
            )

    def rulings(self) -> Iterator[Event]:
        """Yield what the operator ruled of the facility, and why."""
        for line in self._lines("rulings"):
            what = Ruling(line["ruling"]).label
            yield Event(at=_time(line["ruled_at"]), by="", what=what, words=line["reason"])

    def _lines(self, name: str) -> Iterator[Line]:
        return lines_of(_LISTS[name], self.reach, self.actor)

    def _people_of_seats(self) -> dict[UUID, str]:
        seats = self._seats().values_list("pk", "user_id")
        return {seat_id: self.names[user_id] for seat_id, user_id in seats}

    def _seats(self) -> MembershipQuerySet:
        return Membership.objects.filter(group_id__in=self.reach.group_ids)

    def _name(self, user_id: str) -> str:
        return self.names[UUID(user_id)]


def _became(joined_at: str | None, ended_at: str | None, cause: str) -> str:
    if joined_at:
        return InvitationState.JOINED.label
    if cause:
        return InvitationEnd(cause).label
    return InvitationState.ENDED.label if ended_at else ""


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told)
