"""The room that a facility's files take: counted, shown, and refused when it is full."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from carestation.accounts.choices import Proof
from carestation.accounts.tasks import mail_letter
from carestation.facilities import followers
from carestation.facilities.choices import FacilityKind, Todo
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.storage import change_limit, keep_counted
from carestation.facilities.facts import StorageRanShort
from carestation.facilities.models.storage import Storage
from carestation.facilities.queries.storage import room_at, room_for, rooms_for
from carestation.facilities.queries.todos import top_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.models.groups import Group
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import DomainError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Attachment
from carestation.timeline.tasks import count_what_files_take
from tests.accounts.operating import a_console, an_operator
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.timeline.pictures import a_jpeg
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.BLOB_URL = f"file://{tmp_path}/files"


def hand_in(world: World, name: str) -> UUID:
    return upload_file(world.actor(name), "足.jpg", a_jpeg()).file.id


def a_post(world: World, name: str, side: Side, *files: UUID) -> UUID:
    draft = Draft(id=uuid7(), body="両足のむくみ", attachments=files)
    return publish_post(world.seat(name, side), draft).post.pk


def bytes_of(*files: UUID) -> int:
    rows = Attachment.objects.filter(pk__in=files)
    return sum(row.size_bytes + (row.thumbnail_bytes or 0) for row in rows)


def managing(world: World) -> UUID:
    facility_id = Group.objects.get(pk=world.group.pk).facility_id
    assert facility_id is not None
    return facility_id


def used(facility_id: UUID) -> int:
    return Storage.objects.get(facility_id=facility_id).used_bytes


@pytest.mark.control("8.6")
def test_files_count_when_they_are_posted_for_who_manages_the_group(world: World) -> None:
    waiting, posted, of_family = (hand_in(world, name) for name in ("kato", "kato", "mori"))
    facility_id = managing(world)

    a_post(world, "kato", PRO, posted)
    a_post(world, "mori", PAT, of_family)

    assert used(facility_id) == bytes_of(posted, of_family) > 0
    assert Storage.objects.count() == 1
    assert Attachment.objects.filter(pk=waiting, post=None).exists()


@pytest.mark.control("8.6")
def test_a_full_facility_refuses_files_and_never_words(world: World) -> None:
    facility_id = managing(world)
    change_limit(a_console(), facility_id, 1)
    file_id = hand_in(world, "kato")

    with pytest.raises(DomainError, match="storage_full"):
        a_post(world, "kato", PRO, file_id)

    assert world.timeline(PRO).posts == 0
    assert Attachment.objects.get(pk=file_id).post_id is None
    a_post(world, "kato", PRO)
    assert world.timeline(PRO).posts == 1


@pytest.mark.control("8.6")
def test_what_was_typed_and_handed_in_stays_in_the_form(world: World) -> None:
    change_limit(a_console(), managing(world), 1)
    file_id, client = hand_in(world, "kato"), Client()
    sign_in_client(client, world.people["kato"], proof=Proof.TOTP)
    sent = {"draft_id": uuid7(), "body": "残る文", "attachments": [file_id]}

    answer = client.post(reverse("timeline:publish", args=[world.group.pk, PRO]), sent)

    assert answer.status_code == 422
    assert "置き場所がいっぱいです" in answer.text
    assert "残る文" in answer.text
    assert f'name="attachments" value="{file_id}"' in answer.text


def test_of_many_files_at_once_as_many_are_taken_as_fit(committed_world: World) -> None:
    world = committed_world
    files = [hand_in(world, "kato") for _ in range(4)]
    facility_id, start = managing(world), threading.Barrier(4)
    change_limit(a_console(), facility_id, 2 * bytes_of(files[0]))

    def publish(file_id: UUID) -> str:
        try:
            seat = world.seat("kato", PRO)
            start.wait()
            draft = Draft(id=uuid7(), body="", attachments=(file_id,))
            return str(publish_post(seat, draft).is_new)
        except DomainError as error:
            return error.reason
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(publish, files))

    assert sorted(answers) == ["True", "True", "storage_full", "storage_full"]
    assert used(facility_id) == 2 * bytes_of(files[0])


def test_counted_anew_it_is_what_is_there(world: World) -> None:
    file_id = hand_in(world, "kato")
    a_post(world, "kato", PRO, file_id)
    facility_id, right = managing(world), bytes_of(file_id)
    other = open_facility(world.actor("kato"), name="すずかけ通り薬局", kind=FacilityKind.PHARMACY)
    keep_counted({facility_id: 3, other.pk: 4})

    with acting_as(Work.SEATING), pytest.raises(PermissionError):
        count_what_files_take(timestamp=0)
    with acting_as(Work.WORKER):
        count_what_files_take(timestamp=0)

    assert used(facility_id) == right
    assert used(other.pk) == 0


@pytest.mark.control("8.6")
def test_from_eighty_per_cent_on_the_managers_are_told(world: World) -> None:
    desk, console = a_manager(world), a_console()
    change_limit(console, desk.facility_id, 1000)
    told = []
    for size_bytes in (799, 800, 1000):
        keep_counted({desk.facility_id: size_bytes})
        told.append(Todo.STORAGE in {one.what for one in top_of(desk).todos})

    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    page = client.get(reverse("facilities:facility", args=[desk.facility_id])).text

    assert told == [False, True, True]
    assert room_at(desk).is_full
    assert "いっぱいです" in page
    assert "100％を使用" in page
    assert "置き場所が残り少なく" in client.get(f"/desk/{desk.facility_id}/").text


@pytest.mark.control("8.6")
def test_managers_are_written_to_once_and_again_after_there_was_more_room(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    desk = a_manager(world)
    change_limit(a_console(), desk.facility_id, 1000)
    told = LoggedFact.objects.filter(kind="facilities.StorageRanShort")
    counts = []
    for size_bytes in (799, 800, 900, 1000, 799, 800):
        with acting_as(Work.WORKER):
            keep_counted({desk.facility_id: size_bytes})
        counts.append(told.count())

    fact = StorageRanShort(facility_id=desk.facility_id, request_id=uuid7())
    followers.tell_managers_of_storage([fact])
    letter = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter").latest("id").args
    mail_letter(**letter)

    assert counts == [0, 1, 1, 1, 1, 2]
    assert letter["user_id"] == str(world.people["abe"].pk)
    [mail] = mailoutbox
    assert "8割" in mail.body
    assert world.facility.name not in mail.body


@pytest.mark.control("8.6")
def test_where_nothing_is_limited_nothing_runs_short(world: World) -> None:
    console = a_console()
    change_limit(console, world.facility.pk, 1000)
    keep_counted({world.facility.pk: 1000})
    change_limit(console, world.facility.pk, None)
    keep_counted({world.facility.pk: 10**12})

    assert not Storage.objects.get(facility_id=world.facility.pk).is_told


@pytest.mark.control("8.6")
def test_the_operator_sets_the_limit_and_the_log_says_so(world: World) -> None:
    client, facility_id = Client(), world.facility.pk
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    page = reverse("support:storage_limit", args=[facility_id])

    answers = [client.post(page, {"limit": typed}).status_code for typed in ("5", "5", "0", "x")]

    assert answers == [302, 302, 422, 422]
    assert Storage.objects.get(facility_id=facility_id).limit_bytes == 5 * 1024**3
    facts = LoggedFact.objects.filter(kind="facilities.StorageLimitChanged")
    assert [fact.detail["limit_bytes"] for fact in facts] == [5 * 1024**3]
    assert "5120MB" in client.get(reverse("support:storage")).text
    client.post(page, {"limit": ""})
    assert Storage.objects.get(facility_id=facility_id).limit_bytes is None


@pytest.mark.control("8.6")
def test_of_more_facilities_than_are_listed_the_fullest_are_and_each_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carestation.facilities.queries.storage.LONGEST_LIST", 1)
    console, kato = a_console(), world.actor("kato")
    first = open_facility(kato, name="あの家", kind=FacilityKind.CLINIC)
    last = open_facility(kato, name="んの家", kind=FacilityKind.CLINIC)
    keep_counted({first.pk: 7, last.pk: 5})
    change_limit(console, last.pk, 5)

    assert [one.name for one in rooms_for(console)] == ["んの家"], "nothing is left there"
    assert room_for(console, first.pk).room.used_bytes == 7


@pytest.mark.django_db
def test_of_a_facility_that_is_not_there_nothing_is_set() -> None:
    with pytest.raises(NotVisible):
        change_limit(a_console(), uuid7(), 1)
