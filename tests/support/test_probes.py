"""The program user of the check from outside."""

import pytest

from carestation.accounts.models import User
from carestation.accounts.queries.consoles import take_first_console
from carestation.factlog.models import LoggedFact
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.support.choices import Measured
from carestation.support.models import Probe
from carestation.support.queries.probes import probe_key
from config import probes
from config.watching.probe import left_of
from tests.world import World


@pytest.fixture
def begun(world: World) -> Probe:
    probes.begin(take_first_console())
    return Probe.objects.get(ended_at=None)


@pytest.mark.control("CLD.12.4.5")
def test_it_sits_alone_in_a_group_that_no_facility_has(world: World, begun: Probe) -> None:
    own = Membership.objects.get(user_id=begun.person_id)
    group = Group.objects.get(pk=own.group_id)
    sitting = Membership.objects.filter(group=group)

    assert group.facility_id is None
    assert [(one.user_id, one.staff_id) for one in sitting] == [(begun.person_id, None)]
    assert world.group.pk != group.pk


@pytest.mark.control("8.24")
def test_its_password_lies_sealed_and_opens_for_the_check_alone(begun: Probe) -> None:
    key = probe_key()

    assert key is not None
    assert begun.person.check_password(key.password)
    assert key.email.endswith("@probe.invalid")
    assert key.password.encode() not in bytes(begun.password_sealed)
    told = str(list(LoggedFact.objects.values_list("detail", flat=True)))
    assert key.password not in told


def test_there_is_one_at_a_time(begun: Probe) -> None:
    with pytest.raises(SystemExit, match="already"):
        probes.begin(take_first_console())


@pytest.mark.control("CLD.12.4.5")
def test_its_account_ends_with_it_and_another_can_begin(begun: Probe) -> None:
    probes.end(take_first_console())

    assert probe_key() is None
    assert User.objects.get(pk=begun.person_id).ended_at is not None
    with pytest.raises(SystemExit, match="No check"):
        probes.end(take_first_console())
    probes.begin(take_first_console())
    assert probe_key() is not None


def test_a_certificate_tells_what_is_left_of_its_time() -> None:
    begins, ends = "Jun  1 00:00:00 2026 GMT", "Jun 11 00:00:00 2026 GMT"

    found = left_of(begins, ends, 1_780_963_200)

    assert found == {Measured.CERTIFICATE: pytest.approx(0.2), Measured.CERTIFICATE_DAYS: 2}
