"""The operator's word about facilities, through the product's own commands."""

from uuid import UUID

from carestation.accounts.rules import Console
from carestation.facilities.choices import FacilityState
from carestation.facilities.commands.rulings import approve_facility
from carestation.facilities.queries.rulings import facilities_for
from carestation.kernel.errors import Conflict, NotVisible


def approve(console: Console, facility_id: UUID) -> None:
    """Let a facility take part.

    Raises:
        SystemExit: nothing waits under this id.
    """
    try:
        approve_facility(console, facility_id)
    except (Conflict, NotVisible) as error:
        raise SystemExit(f"No facility waits under {facility_id}.") from error


def waiting(console: Console) -> list[dict[str, str]]:
    """Return what waits, as people and machines read it; the oldest first."""
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "kind": one.kind.value,
            "since": one.created_at.isoformat(timespec="minutes"),
        }
        for one in reversed(facilities_for(console))
        if one.state is FacilityState.WAITING
    ]
