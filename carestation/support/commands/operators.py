"""Operators sign that the list of operators is right.

Controls: ISO/IEC 27017 8.2; white paper 「認証情報の管理」.
"""

from django.db import transaction
from django.utils import timezone

from carestation.accounts.models import Operator
from carestation.accounts.rules import Console
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict
from carestation.support.facts import OperatorsReviewed
from carestation.support.models import OperatorsReview
from carestation.support.queries.operators import mark_of_operators


@transaction.atomic
def review_operators(console: Console, *, mark: str) -> None:
    """Sign that the list of operators was looked through, and is right; `mark`: of that list.

    Raises:
        Conflict: someone was appointed or ended meanwhile (reason `list_changed`).
    """
    people = len(Operator.objects.active().select_for_update())
    if mark_of_operators() != mark:
        raise Conflict("list_changed")
    review = OperatorsReview.objects.create(
        reviewer_id=console.actor.user_id, people=people, reviewed_at=timezone.now()
    )
    announce(OperatorsReviewed(**console.marks(), review_id=review.pk, people=people))
