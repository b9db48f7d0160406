"""Files: handed in by a person, carried by a post, thrown away."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import tink
from django.db import connection
from django.utils import timezone
from PIL import Image
from pypdf.generic import NameObject, NullObject
from pytest_django.fixtures import Settings

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.groups import archive_group
from carestation.groups.commands.memberships import end_membership
from carestation.kernel.errors import DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.timeline.commands import files as commands
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.files import (
    discard_file,
    discard_forgotten_files,
    upload_file,
)
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.media.refusals import FileRefused
from carestation.timeline.models import Attachment
from carestation.timeline.queries.files import OpenFile, bytes_of, take_file, waiting_files
from carestation.timeline.queries.messages import message
from carestation.timeline.tasks import discard_forgotten
from carestation.vault.scopes import open_scope
from tests.timeline.pictures import a_jpeg, a_pdf, a_picture, encoded, written
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
NAME = "翡翠橋の写真.jpg"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    return tmp_path / "files"


def hand_in(world: World, name: str, data: bytes | None = None) -> UUID:
    return upload_file(world.actor(name), NAME, data or a_jpeg()).file.id


def a_post(world: World, name: str, side: Side, *files: UUID) -> UUID:
    draft = Draft(id=uuid7(), body="両足のむくみ", attachments=files)
    return publish_post(world.seat(name, side), draft).post.pk


def content_of(opened: OpenFile) -> bytes:
    return b"".join(bytes_of(opened, opened.content, 0, opened.file.size_bytes))


def kept_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fact_kinds(file_id: UUID) -> list[str]:
    rows = LoggedFact.objects.filter(object_id=file_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


class TestHandingIn:
    def test_a_picture_is_kept_for_its_uploader_with_its_fact(self, world: World) -> None:
        uploaded = upload_file(world.actor("kato"), NAME, a_jpeg((800, 600)))

        opened = take_file(world.actor("kato"), uploaded.file.id)

        assert (opened.file.name, opened.file.width, opened.file.height) == (NAME, 800, 600)
        assert content_of(opened).startswith(b"\xff\xd8\xff")
        assert opened.thumbnail is not None
        assert opened.seat is None
        assert fact_kinds(uploaded.file.id) == ["timeline.FileUploaded"]

    def test_the_digest_is_of_what_is_kept(self, world: World) -> None:
        uploaded = upload_file(world.actor("kato"), NAME, a_jpeg())

        kept = content_of(take_file(world.actor("kato"), uploaded.file.id))
        assert hashlib.sha256(kept).hexdigest() == uploaded.sha256

    @pytest.mark.control("8.24")
    def test_neither_words_nor_pixels_are_found_on_disk_or_in_the_row(
        self, world: World, folder: Path
    ) -> None:
        canary = b"kingfisher-in-the-document"
        writer = a_pdf()
        writer.root_object[NameObject("/kingfisher-in-the-document")] = NullObject()
        picture = hand_in(world, "kato", encoded(a_picture(), "PNG"))
        uploaded = upload_file(world.actor("kato"), "翡翠橋の書類.pdf", written(writer))
        opened = take_file(world.actor("kato"), uploaded.file.id)
        assert canary in content_of(opened)

        a_post(world, "kato", PRO, picture, uploaded.file.id)

        for path in kept_files(folder):
            data = path.read_bytes()
            assert canary not in data
            assert "翡翠橋".encode() not in data
            assert not any(sign in data[:64] for sign in (b"PNG", b"PDF", b"WEBP", b"JFIF"))
            assert "翡翠橋" not in path.name
        with connection.cursor() as cursor:
            cursor.execute("SELECT a::text FROM timeline_attachment a")
            row = " ".join(text for (text,) in cursor.fetchall())
        assert "翡翠橋".encode().hex() not in row
        assert opened.content.key.hex() not in row

    def test_a_refused_file_leaves_nothing(self, world: World, folder: Path) -> None:
        with pytest.raises(FileRefused) as refused:
            upload_file(world.actor("kato"), "a.jpg", b"GIF89a")

        assert refused.value.reason == "unknown_kind"
        assert Attachment.objects.count() == 0
        assert not folder.exists()

    def test_what_cannot_be_entered_leaves_no_bytes(
        self, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "WAITING_AT_MOST", 1)
        hand_in(world, "kato")
        before = kept_files(folder)

        with pytest.raises(FileRefused) as refused:
            hand_in(world, "kato")

        assert refused.value.reason == "too_many_waiting"
        assert kept_files(folder) == before

    def test_the_brake_counts_bytes_too_and_only_what_waits(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "WAITING_BYTES_AT_MOST", 10)
        first = hand_in(world, "kato")
        with pytest.raises(FileRefused):
            hand_in(world, "kato")

        a_post(world, "kato", PRO, first)

        assert hand_in(world, "kato") != first

    def test_waiting_files_are_ones_own_in_the_order_asked_for(self, world: World) -> None:
        first, second = hand_in(world, "kato"), hand_in(world, "kato")
        other = hand_in(world, "sato")

        shown = waiting_files(world.actor("kato"), [second, other, first, second, uuid7()])

        assert [file.id for file in shown] == [second, first]


class TestCarrying:
    def test_a_post_shows_its_files_in_order_and_they_are_the_groups(self, world: World) -> None:
        first, second = hand_in(world, "kato"), hand_in(world, "kato", written(a_pdf()))

        post_id = a_post(world, "kato", PRO, second, first)

        shown = message(world.seat("sato", PRO), post_id)
        assert [file.id for file in shown.files] == [second, first]
        assert [file.is_picture for file in shown.files] == [False, True]
        assert shown.files[1].name == NAME
        assert content_of(take_file(world.actor("sato"), first)).startswith(b"\xff\xd8")

    def test_the_uploaders_own_key_opens_it_no_longer(self, world: World) -> None:
        file_id = hand_in(world, "kato")
        a_post(world, "kato", PRO, file_id)
        row, kato = Attachment.objects.get(pk=file_id), world.actor("kato")
        own = open_scope(kato.user_id, kato)

        with pytest.raises(tink.TinkError):
            own.unseal_bytes(row.key_sealed, Attachment.key_place(file_id))
        with pytest.raises(tink.TinkError):
            own.unseal(row.name_sealed, Attachment.name_place(file_id))

    def test_two_posts_cannot_carry_the_same_file(self, world: World) -> None:
        file_id = hand_in(world, "kato")
        a_post(world, "kato", PRO, file_id)

        with pytest.raises(DomainError) as refused:
            a_post(world, "kato", PRO, file_id)

        assert refused.value.reason == "files_gone"

    @pytest.mark.parametrize("whose", ["sato", "ito"])
    def test_nobody_elses_file_can_be_carried(self, world: World, whose: str) -> None:
        file_id = hand_in(world, whose)

        with pytest.raises(DomainError):
            a_post(world, "kato", PRO, file_id)

        assert world.timeline(PRO).posts == 0

    def test_the_same_draft_twice_with_files_is_one_post(self, world: World) -> None:
        file_id, seat = hand_in(world, "kato"), world.seat("kato", PRO)
        draft = Draft(id=uuid7(), body="", attachments=(file_id, file_id))

        first, again = publish_post(seat, draft), publish_post(seat, draft)

        assert (first.is_new, again.is_new) == (True, False)
        assert first.post.pk == again.post.pk
        assert len(message(seat, first.post.pk).files) == 1

    def test_eleven_files_are_too_many(self, world: World) -> None:
        with pytest.raises(DomainError) as refused:
            a_post(world, "kato", PRO, *(uuid7() for _ in range(11)))

        assert refused.value.reason == "too_many_files"

    def test_an_archived_group_takes_no_files(self, world: World) -> None:
        file_id = hand_in(world, "kato")
        archive_group(world.seat("kato", PRO))

        with pytest.raises(Refused):
            a_post(world, "kato", PRO, file_id)

        assert take_file(world.actor("kato"), file_id).seat is None


@pytest.mark.control("8.3")
class TestWhoSees:
    EVERYONE = ("kato", "sato", "mori", "ito", "ueda")

    def seen_by(self, world: World, file_id: UUID) -> list[str]:
        seeing = []
        for name in self.EVERYONE:
            try:
                take_file(world.actor(name), file_id)
            except NotVisible:
                continue
            seeing.append(name)
        return seeing

    def test_before_it_is_posted_its_uploader_alone(self, world: World) -> None:
        assert self.seen_by(world, hand_in(world, "sato")) == ["sato"]

    def test_at_the_professional_side_the_professionals(self, world: World) -> None:
        file_id = hand_in(world, "sato")
        a_post(world, "sato", PRO, file_id)

        assert self.seen_by(world, file_id) == ["kato", "sato"]

    def test_at_the_family_side_the_family_too(self, world: World) -> None:
        file_id = hand_in(world, "mori")
        a_post(world, "mori", PAT, file_id)

        assert self.seen_by(world, file_id) == ["kato", "sato", "mori"]

    def test_of_a_withdrawn_post_nobody(self, world: World) -> None:
        file_id = hand_in(world, "sato")
        post_id = a_post(world, "sato", PRO, file_id)
        withdraw_post(world.seat("sato", PRO), post_id)

        assert self.seen_by(world, file_id) == []

    def test_whoever_left_no_longer_even_their_own(self, world: World) -> None:
        file_id = hand_in(world, "sato")
        a_post(world, "sato", PRO, file_id)
        end_membership(world.seat("kato", PRO), world.membership("sato").pk)

        assert self.seen_by(world, file_id) == ["kato"]

    def test_what_does_not_exist_nobody(self, world: World) -> None:
        assert self.seen_by(world, uuid7()) == []

    def test_a_download_ends_when_the_membership_ends(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("carestation.kernel.downloads.LOOK_SECONDS", 0.0)
        noise = Image.effect_noise((400, 400), 90).convert("RGB")
        file_id = hand_in(world, "kato", encoded(noise, "PNG"))
        a_post(world, "kato", PRO, file_id)
        opened = take_file(world.actor("sato"), file_id)
        assert opened.content.pieces > 1
        pieces = bytes_of(opened, opened.content, 0, opened.file.size_bytes)
        first = [next(pieces)]
        end_membership(world.seat("kato", PRO), world.membership("sato").pk)

        with pytest.raises(NotVisible):
            next(pieces)

        assert sum(map(len, first)) < opened.file.size_bytes


class TestThrowingAway:
    def test_ones_own_file_goes_with_its_bytes_and_leaves_a_fact(
        self, world: World, folder: Path
    ) -> None:
        file_id = hand_in(world, "kato")

        discard_file(world.actor("kato"), file_id)

        assert kept_files(folder) == []
        assert fact_kinds(file_id) == ["timeline.FileUploaded", "timeline.FileDiscarded"]
        with pytest.raises(NotVisible):
            discard_file(world.actor("kato"), file_id)

    def test_someone_elses_and_a_posted_file_stay(self, world: World) -> None:
        file_id = hand_in(world, "kato")
        with pytest.raises(NotVisible):
            discard_file(world.actor("sato"), file_id)
        a_post(world, "kato", PRO, file_id)

        with pytest.raises(NotVisible):
            discard_file(world.actor("kato"), file_id)

        assert content_of(take_file(world.actor("kato"), file_id))

    def test_after_a_day_forgotten_files_go_and_no_others(self, world: World, folder: Path) -> None:
        forgotten, posted, fresh = (hand_in(world, "kato") for _ in range(3))
        a_post(world, "kato", PRO, posted)
        yesterday = timezone.now() - timedelta(hours=25)
        Attachment.objects.filter(pk__in=[forgotten, posted]).update(uploaded_at=yesterday)

        assert discard_forgotten_files() == 1
        assert discard_forgotten_files() == 0

        assert {path.name.split(".")[0] for path in kept_files(folder)} == {posted.hex, fresh.hex}
        fact = LoggedFact.objects.get(object_id=forgotten, kind="timeline.FileDiscarded")
        assert fact.actor_id is None

    def test_the_timetable_calls_it(self, world: World) -> None:
        file_id = hand_in(world, "kato")
        Attachment.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))

        discard_forgotten(timestamp=0)

        assert not Attachment.objects.filter(pk=file_id).exists()


class TestRaces:
    def test_of_many_posts_at_once_one_carries_the_file(self, committed_world: World) -> None:
        world = committed_world
        file_id, start = hand_in(world, "kato"), threading.Barrier(4)

        def publish() -> str:
            try:
                seat = world.seat("kato", PRO)
                start.wait()
                draft = Draft(id=uuid7(), body="", attachments=(file_id,))
                return str(publish_post(seat, draft).post.pk)
            except DomainError as error:
                return error.reason
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: publish(), range(4)))

        assert sorted(answers)[1:] == ["files_gone"] * 3
        assert world.timeline(PRO).posts == world.timeline(PRO).seq - 4 == 1

    def test_throwing_away_and_posting_at_once_leaves_one_of_them(
        self, committed_world: World
    ) -> None:
        world = committed_world
        for _ in range(5):
            file_id, start = hand_in(world, "kato"), threading.Barrier(2)
            answers = _both(world, file_id, start)

            row = Attachment.objects.filter(pk=file_id).first()
            assert answers.count("done") == 1
            if row is not None:
                assert content_of(take_file(world.actor("kato"), file_id))


def _both(world: World, file_id: UUID, start: threading.Barrier) -> list[str]:
    def publish() -> None:
        a_post(world, "kato", PRO, file_id)

    def discard() -> None:
        discard_file(world.actor("kato"), file_id)

    def run(act: Callable[[], None]) -> str:
        try:
            start.wait()
            act()
        except (DomainError, NotVisible):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (publish, discard)))
