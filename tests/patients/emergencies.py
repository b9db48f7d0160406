"""Someone of the facility who takes a seat in an emergency, for tests."""

from typing import Final

from carestation.patients.commands.emergencies import Sought, seek_access
from carestation.patients.models import EmergencyAccess
from tests.world import FACE_SHEET, World

REASON: Final = "夜間に意識がなく、薬を確かめるため"
SOUGHT: Final = Sought(kana=FACE_SHEET.kana, birth_date=FACE_SHEET.birth_date, reason=REASON)


def an_emergency(world: World, name: str) -> EmergencyAccess:
    """Let someone of the facility take a seat at its patient."""
    membership = seek_access(world.actor(name), world.staff[name].pk, SOUGHT)
    return EmergencyAccess.objects.get(membership=membership)
