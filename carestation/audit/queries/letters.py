"""What is told of the seal outside: to a facility's managers, and to everyone.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from dataclasses import dataclass
from uuid import UUID

from carestation.accounts.queries.people import address_of
from carestation.audit.models import WHOLE
from carestation.audit.queries.checkpoints import newest_checkpoint, published_keys
from carestation.facilities.models.staff import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointLetter:
    """Where the newest checkpoints of a part and of the whole go, and whose signature it is."""

    address: str
    notes: list[str]
    key: str


def checkpoint_letter(user_id: UUID, facility_id: UUID) -> CheckpointLetter | None:
    """Return what a manager is mailed; None where they manage it no more, or nothing is signed."""
    managers = Staff.objects.standing().managers().of_facility(facility_id)
    part, whole = newest_checkpoint(facility_id), newest_checkpoint(WHOLE)
    address = address_of(user_id)
    if part is None or whole is None or not address:
        return None
    if not managers.filter(user_id=user_id).exists():
        return None
    notes, keys = [part.note, whole.note], published_keys()
    return CheckpointLetter(address=address, notes=notes, key=keys[-1])


def public_checkpoint() -> str:
    """Return the newest checkpoint of the whole log as it is published; empty before the first."""
    whole = newest_checkpoint(WHOLE)
    return "" if whole is None else whole.note
