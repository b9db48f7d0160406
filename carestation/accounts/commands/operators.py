"""Who works for the provider: a place at the console begins and ends.

Controls: ISO/IEC 27017 8.2; white paper 「認証情報の管理」, 「ユーティリティプログラム」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.facts import OperatorBegan, OperatorEnded
from carestation.accounts.models import Operator, User
from carestation.accounts.rules import Console
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict, DomainError, NotVisible


@transaction.atomic
def begin_operator(console: Console, user_id: UUID) -> Operator:
    """Give a person a place with the provider.

    Raises:
        NotVisible: no such account, or it has ended.
        Conflict: they have a place already (reason `operates`).
    """
    people = User.objects.select_for_update(no_key=True)
    if people.filter(pk=user_id, ended_at=None).first() is None:
        raise NotVisible
    if Operator.objects.active().filter(user_id=user_id).exists():
        raise Conflict("operates")
    operator = Operator.objects.create(user_id=user_id, began_at=timezone.now())
    announce(OperatorBegan(**console.marks(), person_id=user_id))
    return operator


@transaction.atomic
def end_operator(console: Console, user_id: UUID) -> None:
    """End a person's place with the provider: the console is closed to them from the next look on.

    Raises:
        Conflict: they have none (reason `not_operating`).
        DomainError: nobody would operate any more (reason `last_operator`).
    """
    # All of them are locked: of two who end each other one comes second, and finds nobody left.
    active = list(Operator.objects.active().select_for_update().order_by("id"))
    own = next((one for one in active if one.user_id == user_id), None)
    if own is None:
        raise Conflict("not_operating")
    if len(active) == 1:
        raise DomainError("last_operator")
    own.ended_at = timezone.now()
    own.save(update_fields=["ended_at"])
    announce(OperatorEnded(**console.marks(), person_id=user_id))
