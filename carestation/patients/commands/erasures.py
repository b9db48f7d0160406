"""A closed patient's group is erased: everyone has left, and the keys are destroyed.

Rows stay: who wrote, looked and sat there when. What was written is noise from then on.

Controls: ISO/IEC 27017 8.10, CLD.8.1.5; white paper 「暗号化」.
"""

from uuid import UUID

from django.db import transaction

from carestation.accounts.rules import Console
from carestation.groups.commands.emptying import empty_group
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.patients.models import Patient
from carestation.vault.erasing import came_back, erase_scope
from carestation.vault.models import OPERATOR, Erasure


@transaction.atomic
def erase_patient(console: Console, group_id: UUID) -> tuple[Erasure, list[Membership]]:
    """Destroy the keys of a patient's group that its manager has closed; return who sat there.

    Raises:
        NotVisible: there is no patient's group with keys under this id.
        Conflict: it is open (reason `open`): first its manager closes it.
    """
    group = Group.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    patient = Patient.objects.filter(group_id=group_id)
    if group is None or not patient.exists():
        raise NotVisible
    if group.archived_at is None:
        raise Conflict("open")
    left = _emptied(console.actor, group_id)
    return erase_scope(console.actor, group_id), left


def erase_again() -> int:
    """Erase what an old copy of the database has brought back; return how many groups.

    Runs at each start, before anybody is served.
    """
    machine, found = Actor(user_id=OPERATOR, request_id=uuid7()), came_back()
    for one in found:
        with transaction.atomic():
            _emptied(machine, one.scope_id)
            erase_scope(machine, one.scope_id, listed=one)
    return len(found)


def _emptied(actor: Actor, group_id: UUID) -> list[Membership]:
    # The likeness is derived under the facility's key, which stays.
    Patient.objects.filter(group_id=group_id).update(likeness=None)
    return empty_group(actor, group_id)
