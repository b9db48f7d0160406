"""The first facility of a real installation: open, managed, and no password in sight."""

import getpass
from pathlib import Path

import pytest

from carestation.accounts.choices import Device, SessionKind, Standing
from carestation.accounts.commands.passwords import reset_password
from carestation.accounts.commands.sessions import Where
from carestation.accounts.commands.sign_in import sign_in
from carestation.accounts.models import User
from carestation.accounts.queries.sessions import find_entry
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from config.cli import main
from config.environment import see_variables

pytestmark = pytest.mark.django_db
PASSWORD = "tsuki-no-michi-ga-nobiru-7"
EMAIL = "kato@tsukimizaka.example"
WHERE = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER, address="198.51.100.7")
COMMAND = ["first-facility", "--name", "月見坂在宅クリニック", "--kind", "clinic"]
COMMAND += ["--kana", "つきみざかざいたくくりにっく"]
MANAGER = ["--manager-email", EMAIL, "--manager-name", "加藤 恵子"]
KANA = ["--manager-kana", "かとう けいこ", "--manager-profession", "visiting_nurse"]


def opened(*more: str) -> int:
    return main([*COMMAND, *MANAGER, *KANA, *more])


def test_the_facility_is_open_and_managed(capsys: pytest.CaptureFixture[str]) -> None:
    assert opened() == 0

    (staff,) = Staff.objects.active().select_related("facility")
    assert staff.facility.name == "月見坂在宅クリニック"
    assert staff.facility.kind == FacilityKind.CLINIC
    assert (staff.role, staff.profession) == (StaffRole.MANAGER, Profession.VISITING_NURSE)
    assert EMAIL not in capsys.readouterr().out


def test_the_link_sets_a_password_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert opened() == 0
    token = capsys.readouterr().out.split("?token=")[1].strip()

    reset_password(token, PASSWORD, request_id=uuid7())

    session = find_entry(sign_in(EMAIL, PASSWORD, WHERE, request_id=uuid7()).token)
    assert session is not None
    assert session.standing is Standing.ENROLMENT_DUE
    with pytest.raises(NotVisible):
        reset_password(token, PASSWORD, request_id=uuid7())


def test_a_typed_password_lets_the_manager_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _: PASSWORD)

    assert opened("--type-password") == 0
    assert PASSWORD not in capsys.readouterr().out
    assert sign_in(EMAIL, PASSWORD, WHERE, request_id=uuid7()).token


@pytest.mark.parametrize("typed", [["kato", "kato"], ["one-way-or-other", "another-way"], [""]])
def test_a_password_that_is_not_taken_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, typed: list[str]
) -> None:
    words = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _: next(words))

    assert opened("--type-password") == 1
    assert not Facility.objects.exists()
    assert not User.objects.exists()


def test_there_is_one_first_facility(capsys: pytest.CaptureFixture[str]) -> None:
    assert opened() == 0

    assert opened() == 1
    assert "already" in capsys.readouterr().err
    assert Facility.objects.count() == 1


@pytest.mark.parametrize("given", [["--manager-email", "kato"], ["--name", " "], ["--kind", "x"]])
def test_what_cannot_be_taken_is_said(given: list[str]) -> None:
    try:
        code: object = opened(*given)
    except SystemExit as error:
        code = error.code

    assert code in {1, 2}
    assert not Facility.objects.exists()


def test_no_option_takes_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        opened("--password", PASSWORD)
    assert "unrecognized" in capsys.readouterr().err


def test_where_nothing_runs_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")

    try:
        assert opened("--data", str(tmp_path)) == 1
    finally:
        monkeypatch.undo()
        see_variables({})
    assert "No CareStation runs" in capsys.readouterr().err
