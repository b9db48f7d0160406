"""The operator's word about facilities, through the product's own commands."""

from uuid import UUID

from carestation.facilities.commands.places import approve_facility
from carestation.facilities.queries.applications import waiting_facilities
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR


def approve(facility_id: UUID) -> None:
    """Let a facility take part.

    Raises:
        SystemExit: nothing waits under this id.
    """
    try:
        approve_facility(Actor(user_id=OPERATOR, request_id=uuid7()), facility_id)
    except Conflict as error:
        raise SystemExit(f"No facility waits under {facility_id}.") from error


def waiting() -> list[dict[str, str]]:
    """Return what waits, as people and machines read it."""
    return [
        {
            "id": str(one.pk),
            "name": one.name,
            "kind": one.kind,
            "since": one.created_at.isoformat(timespec="minutes"),
        }
        for one in waiting_facilities()
    ]
