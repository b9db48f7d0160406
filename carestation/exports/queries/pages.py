"""What stands above the posts in the readable pages of an export: groups, people, face sheets.

Controls: ISO/IEC 27017 8.24, CLD.8.1.5; white paper 「暗号化」.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_name
from carestation.exports.queries.reach import Reach
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Kind, Side
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import calling_of, read_group_name
from carestation.kernel.actor import Actor
from carestation.patients.models import Patient
from carestation.patients.queries.face_sheets import FaceSheet, read_face_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Someone of a group or of the staff, as the pages name them; when it began and ended."""

    name: str
    calling: str
    facility: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPage:
    """A group of an export: what stands above its posts. `sides`: each with its path."""

    id: UUID
    kind: Kind
    title: str
    opened_at: datetime
    archived_at: datetime | None
    face_sheet: FaceSheet | None
    sides: tuple[tuple[Side, str], ...]
    members: dict[UUID, Who]


def path_of_page(group_id: UUID, side: Side) -> str:
    """Return where the page of one side of a group stands in the archive."""
    return f"pages/{group_id}-{side.value}.html"


def names_of(reach: Reach, actor: Actor) -> dict[UUID, str]:
    """Return the names of everyone who is named in an export; each is unsealed once."""
    people = User.objects.filter(pk__in=reach.user_ids).values_list("pk", "name_sealed")
    return {key: read_name(key, sealed, actor) for key, sealed in people}


def staff_of_export(reach: Reach, names: dict[UUID, str]) -> list[Who]:
    """Return the facility's own people in an export, the oldest place first."""
    rows = Staff.objects.filter(pk__in=reach.own_staff_ids).order_by("began_at", "pk")
    return [
        Who(
            name=names[row.user_id],
            calling=calling_of(row.role, "", row.profession),
            facility="",
            began_at=row.began_at,
            ended_at=row.ended_at,
        )
        for row in rows.iterator(chunk_size=1000)
    ]


def groups_of_export(reach: Reach, names: dict[UUID, str], actor: Actor) -> Iterator[GroupPage]:
    """Yield the groups of an export, the oldest first, one at a time."""
    for group in Group.objects.filter(pk__in=reach.group_ids).order_by("pk").iterator(100):
        sheet = _face_sheet(group, actor)
        timelines = set(Timeline.objects.of_group(group.pk).values_list("side", flat=True))
        sides = [side for side in Side if side.value in timelines]
        yield GroupPage(
            id=group.pk,
            kind=Kind(group.kind),
            title=sheet.name if sheet else _title(group, actor),
            opened_at=group.created_at,
            archived_at=group.archived_at,
            face_sheet=sheet,
            sides=tuple((side, path_of_page(group.pk, side)) for side in sides),
            members=_members(group.pk, names),
        )


def _face_sheet(group: Group, actor: Actor) -> FaceSheet | None:
    patient = Patient.objects.filter(group=group).first()
    if patient is None:
        return None
    return read_face_sheet(actor, group.pk, patient.pk, patient.face_sheet_sealed)


def _title(group: Group, actor: Actor) -> str:
    sealed = group.name_sealed
    return read_group_name(actor, group.pk, sealed) if sealed else Kind(group.kind).label


def _members(group_id: UUID, names: dict[UUID, str]) -> dict[UUID, Who]:
    rows = Membership.objects.of_group(group_id).select_related("staff__facility")
    return {
        row.pk: Who(
            name=names[row.user_id],
            calling=calling_of(row.role, row.relation, row.staff.profession if row.staff else None),
            facility=row.staff.facility.name if row.staff else "",
            began_at=row.began_at,
            ended_at=row.left_at,
        )
        for row in rows.order_by("began_at", "pk")
    }
