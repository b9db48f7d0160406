"""What is over is erased: everyone has left, and the keys are destroyed.

Of a group when it is closed, of a talk when neither of the two has an account any more, of a person
when their account has ended and no group is read any more in which they are named. Rows stay: who
wrote, looked and sat there when. What was written is noise from then on.

Controls: ISO/IEC 27017 8.10, CLD.8.1.5; white paper 「暗号化」.
"""

from typing import Final
from uuid import UUID

from django.db import transaction

from carestation.accounts.models import User
from carestation.accounts.rules import Console
from carestation.groups.choices import Kind
from carestation.groups.commands.emptying import empty_group
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.patients.models import Patient
from carestation.vault.erasing import came_back, erase_scope, kind_of
from carestation.vault.models import OPERATOR, Erasure, Scope, ScopeKind

OF_GROUPS: Final = (ScopeKind.PATIENT_GROUP, ScopeKind.FREE_GROUP, ScopeKind.DIRECT_TALK)


@transaction.atomic
def erase(console: Console, scope_id: UUID) -> tuple[Erasure, list[Membership]]:
    """Destroy the keys of a group, a talk or a person; return who sat there until now.

    Raises:
        NotVisible: no group and no person has keys under this id.
        Conflict: it is not over: a group is open (reason `open`), one of the two of a talk has an
            account (`two`), a person has one (`has_account`), or stands in a group that is read
            (`is_read`).
    """
    kind = kind_of(scope_id)
    if kind in OF_GROUPS:
        _require_over(scope_id)
        left = _emptied(console.actor, scope_id)
    elif kind is ScopeKind.PERSON:
        _require_gone(scope_id)
        left = []
    else:
        raise NotVisible
    return erase_scope(console.actor, scope_id), left


def erase_again() -> int:
    """Erase what an old copy of the database has brought back; return how many scopes.

    Runs at each start, before anybody is served.
    """
    machine, found = Actor(user_id=OPERATOR, request_id=uuid7()), came_back()
    for one in found:
        with transaction.atomic():
            if kind_of(one.scope_id) in OF_GROUPS:
                _emptied(machine, one.scope_id)
            erase_scope(machine, one.scope_id, listed=one)
    return len(found)


def _require_over(group_id: UUID) -> None:
    group = Group.objects.select_for_update(no_key=True).get(pk=group_id)
    if group.kind == Kind.DIRECT:
        # A talk is never closed: it stands for as long as one of the two may read it.
        two = Membership.objects.of_group(group_id).values("user_id")
        if User.objects.filter(pk__in=two, ended_at=None).exists():
            raise Conflict("two")
    elif group.archived_at is None:
        raise Conflict("open")


def _require_gone(user_id: UUID) -> None:
    if User.objects.select_for_update(no_key=True).get(pk=user_id).ended_at is None:
        raise Conflict("has_account")
    # A record says who wrote it for as long as it is kept.
    named = Membership.objects.of_person(user_id).values("group_id")
    if Scope.objects.filter(pk__in=named).exists():
        raise Conflict("is_read")


def _emptied(actor: Actor, group_id: UUID) -> list[Membership]:
    # The likeness is derived under the facility's key, which stays.
    Patient.objects.filter(group_id=group_id).update(likeness=None)
    return empty_group(actor, group_id)
