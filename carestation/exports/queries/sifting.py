"""By what a record was sifted that is written out alone: ids, closed words and times.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from carestation.audit.choices import Deed
from carestation.audit.queries.people import names_of_staff
from carestation.audit.queries.record import Asked, GroupTold, own_groups
from carestation.exports.queries.rows import Line
from carestation.facilities.rules import Desk
from carestation.ui.times import TOKYO

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifters:
    """By whom and by which patient the record can be sifted, as its reader may know them."""

    staff: Mapping[UUID, str]
    own_groups: Sequence[GroupTold]

    def people(self) -> Choices:
        """Return who can be chosen."""
        return [("", _("すべての人")), *((str(one), name) for one, name in self.staff.items())]

    def groups(self, chosen: str) -> Choices:
        """Return which patients can be chosen; a group without a name, where it is."""
        named = [(str(one.id), f"{one.patient} {_('様')}") for one in self.own_groups]
        is_other = _is_id(chosen) and chosen not in dict(named)
        other = [(chosen, _("選んだグループ"))] if is_other else []
        return [("", _("すべて")), *named, *other]


def sifters_at(desk: Desk) -> Sifters:
    """Return by what the record of a desk's facility can be sifted."""
    staff = names_of_staff(desk.facility_id, desk.actor)
    return Sifters(staff=staff, own_groups=own_groups(desk.actor))


def sifting_of(asked: Asked) -> Line:
    """Return by what it is sifted, as it is kept and told."""
    return {
        "since": asked.since and asked.since.astimezone(TOKYO).isoformat(),
        "until": asked.until and asked.until.astimezone(TOKYO).isoformat(),
        "person_id": asked.person_id and str(asked.person_id),
        "deed": asked.deed and asked.deed.value,
        "group_id": asked.group_id and str(asked.group_id),
    }


def asked_of(kept: Line) -> Asked:
    """Return what was asked for."""
    return Asked(
        since=kept["since"] and datetime.fromisoformat(kept["since"]),
        until=kept["until"] and datetime.fromisoformat(kept["until"]),
        person_id=kept["person_id"] and UUID(kept["person_id"]),
        deed=kept["deed"] and Deed(kept["deed"]),
        group_id=kept["group_id"] and UUID(kept["group_id"]),
    )


def _is_id(told: str) -> bool:
    try:
        return str(UUID(told)) == told
    except ValueError:
        return False
