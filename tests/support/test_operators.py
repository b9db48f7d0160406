"""Operators look through the list of operators each quarter, and sign what they looked at."""

from datetime import timedelta

import pytest

from carestation.accounts.commands.operators import begin_operator
from carestation.facilities.rules import REVIEW_EVERY
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Conflict
from carestation.support.commands.operators import review_operators
from carestation.support.queries.operators import last_operators_review, mark_of_operators
from tests.accounts.operating import a_console
from tests.accounts.people import a_person, clock_at

pytestmark = [pytest.mark.django_db, pytest.mark.control("8.2")]


def test_the_list_is_due_again_after_its_term_to_the_second() -> None:
    console = a_console()
    assert last_operators_review(console).is_due

    review_operators(console, mark=mark_of_operators())

    told = last_operators_review(console)
    assert (told.name, told.people, told.is_due) == ("運営 さくら", 1, False)
    signed = LoggedFact.objects.get(kind="support.OperatorsReviewed")
    assert (signed.actor_id, signed.detail["people"]) == (console.actor.user_id, 1)
    assert told.reviewed_at is not None
    with clock_at(told.reviewed_at + REVIEW_EVERY - timedelta(seconds=1)):
        assert not last_operators_review(console).is_due
    with clock_at(told.reviewed_at + REVIEW_EVERY):
        assert last_operators_review(console).is_due


def test_a_list_that_changed_meanwhile_is_not_signed() -> None:
    console = a_console()
    mark = mark_of_operators()
    begin_operator(console, a_person().pk)

    with pytest.raises(Conflict, match="list_changed"):
        review_operators(console, mark=mark)

    assert last_operators_review(console).reviewed_at is None
