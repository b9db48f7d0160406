"""Checkpoints leave the machine: mailed to who manages a facility, and open to everyone."""

from datetime import date, datetime
from pathlib import Path
from typing import Final
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app as jobs

from carestation.audit import verifier
from carestation.audit.commands.letters import send_checkpoints
from carestation.audit.models import WHOLE
from carestation.audit.queries.checkpoints import newest_checkpoint, published_keys
from carestation.audit.tasks import mail_checkpoint, send
from carestation.facilities.choices import Letters
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.rules import Rules
from carestation.factlog.checkpoints import notes_in
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from carestation.ui.times import TOKYO
from tests.audit.sealed import seal_all, seal_and_sign
from tests.audit.test_verification import older_state
from tests.audit.test_verifier import taken_away
from tests.facilities.people import a_manager
from tests.world import FACE_SHEET, World, a_draft

MONDAY: Final = 16


def mailed(world: World, name: str) -> None:
    mail_checkpoint(user_id=str(world.people[name].pk), facility_id=str(world.facility.pk))


@pytest.mark.control("8.15")
def test_what_a_manager_was_mailed_shows_that_an_older_state_was_put_back(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_manager(committed_world)
    seal_and_sign()
    put_back = older_state()
    publish_post(committed_world.seat("kato", Side.PROFESSIONAL), a_draft("むくみ"))
    seal_and_sign()
    mailed(committed_world, "abe")
    [message] = mail.outbox
    letter = tmp_path / "letter.eml"
    letter.write_bytes(message.message().as_bytes())

    def verified() -> int:
        folder = taken_away(committed_world, tmp_path / "part")
        return verifier.main([str(folder), "--against", str(letter)])

    before = verified()
    put_back()
    after = verified()

    assert (before, after) == (0, 1)
    assert "older, or put back to an older state" in capsys.readouterr().out
    body = str(message.body)
    assert len(notes_in(letter.read_text(encoding="utf-8"))) == 2
    assert published_keys()[-1] in body
    for words in ("むくみ", FACE_SHEET.name, committed_world.facility.name):
        assert words not in body + message.subject


def asked_on(day: int) -> list[dict[str, str]]:
    """Return what the worker is asked to mail in the morning of a day of November 2026."""
    asked: list[dict[str, str]] = []
    at = datetime(2026, 11, day, 7, 23, tzinfo=TOKYO)
    with patch.object(jobs, "configure_task") as task:
        task.return_value.defer = lambda **about: asked.append(about)
        send(timestamp=int(at.timestamp()))
    return asked


@pytest.mark.control("8.15")
def test_a_facility_decides_that_its_managers_are_mailed_each_day(committed_world: World) -> None:
    desk = a_manager(committed_world)
    seal_all()
    by_week = [len(asked_on(day)) for day in range(16, 23)]

    change_policy(desk, Rules(checkpoint_letters=Letters.DAILY), version=0)

    assert by_week == [1, 0, 0, 0, 0, 0, 0], "the 16th is a Monday"
    assert [len(asked_on(day)) for day in range(16, 23)] == [1] * 7
    detail = LoggedFact.objects.get(kind="facilities.PolicyChanged").detail
    assert detail["checkpoint_letters"] == "daily"


def test_each_manager_is_mailed_once_a_week_and_nobody_else(committed_world: World) -> None:
    a_manager(committed_world)
    seal_all()
    asked = asked_on(MONDAY)

    mailed(committed_world, "sato")
    mail_checkpoint(user_id=str(committed_world.people["abe"].pk), facility_id=str(UUID(int=7)))

    assert [one["user_id"] for one in asked] == [str(committed_world.people["abe"].pk)]
    assert newest_checkpoint(committed_world.facility.pk) is not None
    assert mail.outbox == []


@pytest.mark.django_db
def test_everyone_reads_the_newest_checkpoint_of_the_whole_log() -> None:
    assert Client().get(reverse("audit:checkpoint")).content == b""
    assert send_checkpoints(date(2026, 11, MONDAY)) == 0


def test_it_is_published_as_it_was_signed(committed_world: World) -> None:
    seal_and_sign()

    answer = Client().get(reverse("audit:checkpoint"))

    newest = newest_checkpoint(WHOLE)
    assert newest is not None
    assert answer.text == newest.note
    assert str(committed_world.facility.pk) not in answer.text
