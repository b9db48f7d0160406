"""When operators last looked through the list of those who operate.

Controls: ISO/IEC 27017 8.2; white paper 「認証情報の管理」.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from carestation.accounts.models import Operator
from carestation.accounts.queries.people import read_person
from carestation.accounts.rules import Console
from carestation.facilities.rules import review_is_due
from carestation.support.models import OperatorsReview


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTold:
    """Who signed the list of operators last, when, and of how many; whether it is due again."""

    name: str
    people: int
    reviewed_at: datetime | None
    is_due: bool


def mark_of_operators() -> str:
    """Return what tells the list of operators from any other."""
    ids = Operator.objects.active().order_by("id").values_list("id", flat=True)
    return sha256(repr(list(ids)).encode()).hexdigest()


def last_operators_review(console: Console) -> ReviewTold:
    """Return how the list of operators was looked through last, if it ever was."""
    last = OperatorsReview.objects.select_related("reviewer").order_by("-reviewed_at").first()
    return ReviewTold(
        name=read_person(last.reviewer, console.actor).name if last else "",
        people=last.people if last else 0,
        reviewed_at=last.reviewed_at if last else None,
        is_due=review_is_due(last.reviewed_at if last else None, timezone.now()),
    )
