"""`carestation facilities`: the operator sees what waits, and approves."""

import pytest

from carestation.facilities.models.facilities import Facility
from config.appointing import console_of
from config.approving import approve, waiting
from tests.accounts.operating import OPERATOR_ADDRESS, an_operator
from tests.facilities.test_applications import found, token_of


@pytest.mark.django_db
@pytest.mark.control("5.16")
def test_the_operator_sees_what_waits_and_approves_it_once() -> None:
    found(token_of())
    an_operator()
    console = console_of(OPERATOR_ADDRESS)
    [row] = waiting(console)

    approve(console, Facility.objects.get().pk)

    assert row["name"] == "夕やけ診療所"
    assert waiting(console) == []
    with pytest.raises(SystemExit, match="No facility waits"):
        approve(console, Facility.objects.get().pk)
