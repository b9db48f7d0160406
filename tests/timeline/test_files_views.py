"""Files over HTTP: handing in, sending out in parts, and words for what is not taken."""

from dataclasses import replace
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from carestation.accounts.commands.sessions import sign_out
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.kernel import downloads
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Attachment, Post
from carestation.timeline.queries.files import bytes_of, take_file
from carestation.vault.files import PIECE_BYTES
from tests.accounts.signing_in import sign_in_client
from tests.timeline.pictures import a_jpeg, a_pdf, a_picture, encoded, written
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
EVERYONE = ("kato", "sato", "mori", "ito", "ueda")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    return tmp_path / "files"


class Clients:
    """A browser for each of the cast; with no name, nobody's."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name:
            sign_in_client(client, self.world.people[name])
        return client


@pytest.fixture
def client_of(world: World) -> Clients:
    return Clients(world)


def a_file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def a_noise(side: int) -> bytes:
    return encoded(Image.effect_noise((side, side), 90).convert("RGB"), "PNG")


def posted(world: World, name: str, side: Side, data: bytes) -> UUID:
    file_id = upload_file(world.actor(name), "足の写真.jpg", data).file.id
    draft = Draft(id=uuid7(), body="両足のむくみ", attachments=(file_id,))
    publish_post(world.seat(name, side), draft)
    return file_id


def path_of(file_id: UUID, what: str = "file") -> str:
    return reverse(f"timeline:{what}", args=[file_id])


class TestHandingIn:
    def test_a_taken_file_is_answered_with_its_row(self, client_of: Clients) -> None:
        answer = client_of("kato").post(
            reverse("timeline:upload"), {"file": a_file("足の写真.heic", a_jpeg())}
        )

        row, file = answer.content.decode(), Attachment.objects.get()
        assert answer.status_code == 201
        assert f'value="{file.pk}"' in row
        assert "足の写真.jpg" in row
        assert path_of(file.pk, "thumbnail") in row
        assert path_of(file.pk, "discard_file") in row

    @pytest.mark.parametrize(
        ("data", "status", "words"),
        [
            (b"GIF89a", 415, "「足の写真.jpg」は送れない種類です。"),
            (
                b"\xff\xd8\xff" + b"\x00" * 53_000_000,
                413,
                "は大きすぎます（51MB）。50MBまで送れます。",
            ),
            (b"\xff\xd8\xff" + b"\x00" * 50, 422, "を読めませんでした。"),
            (b"", 422, "は空です。"),
        ],
    )
    def test_a_refused_file_says_why_and_what_to_do(
        self, client_of: Clients, data: bytes, status: int, words: str
    ) -> None:
        answer = client_of("kato").post(
            reverse("timeline:upload"), {"file": a_file("足の写真.jpg", data)}
        )

        assert answer.status_code == status
        assert words in unescape(answer.content.decode())
        assert 'name="attachments"' not in answer.content.decode()

    def test_55_megabytes_are_read_and_more_are_refused_early(
        self, client_of: Clients, settings: Settings
    ) -> None:
        client, url = client_of("kato"), reverse("timeline:upload")
        read = client.post(url, {"file": a_file("a.jpg", b"\xff\xd8\xff" * 18_400_000)})
        early = client.post(url, {"file": a_file("a.jpg", b"\xff\xd8\xff" * 20_400_000)})

        assert read.status_code == 413
        assert "50MBまで" in read.content.decode()
        assert early.status_code == 413
        assert "大きすぎて受け取れません" in early.content.decode()
        assert settings.FILE_UPLOAD_HANDLERS == ["carestation.kernel.uploads.BoundedUploadHandler"]

    def test_without_a_file_nothing_is_taken(self, client_of: Clients) -> None:
        assert client_of("kato").post(reverse("timeline:upload")).status_code == 422

    def test_nobody_hands_in_without_signing_in(self, client_of: Clients) -> None:
        answer = client_of("").post(reverse("timeline:upload"), {"file": a_file("a.jpg", a_jpeg())})

        assert answer.status_code in {302, 403}
        assert Attachment.objects.count() == 0

    def test_what_was_attached_by_mistake_can_be_thrown_away(
        self, world: World, client_of: Clients
    ) -> None:
        file_id = upload_file(world.actor("kato"), "a.jpg", a_jpeg()).file.id

        others = client_of("sato").post(path_of(file_id, "discard_file"))
        own = client_of("kato").post(path_of(file_id, "discard_file"))

        assert (others.status_code, own.status_code) == (404, 204)
        assert Attachment.objects.count() == 0


class TestWithoutAScript:
    def test_files_come_with_the_form_of_the_post(self, world: World, client_of: Clients) -> None:
        url = reverse("timeline:publish", args=[world.group.pk, PRO])
        form = {
            "draft_id": uuid7(),
            "body": "",
            "files": [a_file("a.jpg", a_jpeg()), a_file("b.pdf", written(a_pdf()))],
        }

        answer = client_of("kato").post(url, form)

        assert answer.status_code == 302
        assert list(Attachment.objects.order_by("place").values_list("place", flat=True)) == [0, 1]
        assert Attachment.objects.filter(post=Post.objects.get()).count() == 2

    def test_one_that_is_refused_keeps_the_text_and_the_others(
        self, world: World, client_of: Clients
    ) -> None:
        url = reverse("timeline:publish", args=[world.group.pk, PRO])
        files = [a_file("a.jpg", a_jpeg()), a_file("b.gif", b"GIF89a")]
        form = {"draft_id": uuid7(), "body": "むくみが強いです", "files": files}

        answer = client_of("kato").post(url, form)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "むくみが強いです" in page
        assert "「b.gif」は送れない種類です。" in unescape(page)
        assert f'value="{Attachment.objects.get().pk}" checked' in page
        assert Post.objects.count() == 0

    def test_an_answer_stays_an_answer_when_its_file_is_refused(
        self, world: World, client_of: Clients
    ) -> None:
        posted(world, "sato", PRO, a_jpeg())
        url, parent = reverse("timeline:publish", args=[world.group.pk, PRO]), Post.objects.get()
        form = {"draft_id": uuid7(), "body": "はい", "parent_id": parent.pk}

        answer = client_of("kato").post(url, form | {"files": [a_file("b.gif", b"GIF89a")]})

        page = answer.content.decode()
        assert f'name="parent_id" value="{parent.pk}"' in page

    def test_the_eleventh_is_refused_by_name(self, world: World, client_of: Clients) -> None:
        url = reverse("timeline:publish", args=[world.group.pk, PRO])
        held = [upload_file(world.actor("kato"), "a.jpg", a_jpeg()).file.id for _ in range(10)]
        form = {"draft_id": uuid7(), "attachments": held, "files": [a_file("十一.jpg", a_jpeg())]}

        answer = client_of("kato").post(url, form)

        assert answer.status_code == 422
        assert "「十一.jpg」は付けられません。1つの投稿に10件までです。" in unescape(
            answer.content.decode()
        )

    def test_a_file_that_is_gone_is_said_and_the_text_stays(
        self, world: World, client_of: Clients
    ) -> None:
        url = reverse("timeline:publish", args=[world.group.pk, PRO])
        form = {"draft_id": uuid7(), "body": "残る文", "attachments": [uuid7()]}

        answer = client_of("kato").post(url, form)

        assert answer.status_code == 422
        assert "残る文" in answer.content.decode()
        assert "24時間でなくなります" in answer.content.decode()

    def test_the_family_side_shows_the_pictures_once_more(
        self, world: World, client_of: Clients
    ) -> None:
        url = reverse("timeline:publish", args=[world.group.pk, PAT])
        form = {"draft_id": uuid7(), "body": "庭です", "files": [a_file("庭.jpg", a_jpeg())]}

        page = client_of("mori").post(url, form).content.decode()

        file_id = Attachment.objects.get().pk
        assert path_of(file_id, "thumbnail") in page
        assert f'name="attachments" value="{file_id}"' in page


class TestSendingOut:
    def test_a_picture_is_shown_and_its_look_is_a_fact(
        self, world: World, client_of: Clients
    ) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg())

        answer = client_of("sato").get(path_of(file_id))

        assert answer.status_code == 200
        assert answer.getvalue().startswith(b"\xff\xd8\xff")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
        assert "sandbox" in answer["Content-Security-Policy"]
        fact = LoggedFact.objects.get(kind="timeline.FileViewed", object_id=file_id)
        assert (fact.actor_id, fact.group_id) == (world.people["sato"].pk, world.group.pk)

    def test_a_document_is_saved_and_runs_nowhere(self, world: World, client_of: Clients) -> None:
        file_id = posted(world, "kato", PRO, written(a_pdf()))

        answer = client_of("sato").get(path_of(file_id))

        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "filename*=utf-8''%E8%B6%B3" in answer["Content-Disposition"]
        assert "sandbox" in answer["Content-Security-Policy"]
        assert client_of("sato").get(path_of(file_id, "thumbnail")).status_code == 404

    def test_a_thumbnail_leaves_no_fact_of_its_own(self, world: World, client_of: Clients) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg((900, 600)))

        answer = client_of("sato").get(path_of(file_id, "thumbnail"))

        assert answer.content[8:12] == b"WEBP"
        assert answer["Cache-Control"] == "no-store"
        assert not LoggedFact.objects.filter(kind="timeline.FileViewed").exists()

    @pytest.mark.parametrize(
        ("asked", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            (f"bytes={PIECE_BYTES - 5}-{PIECE_BYTES + 4}", PIECE_BYTES - 5, PIECE_BYTES + 5),
            ("bytes=-7", -7, None),
            ("bytes=300000-", 300_000, None),
            ("bytes=10-99999999999", 10, None),
        ],
    )
    def test_a_part_can_be_asked_for(
        self,
        world: World,
        client_of: Clients,
        asked: str,
        start: int,
        stop: int | None,
    ) -> None:
        file_id = posted(world, "kato", PRO, a_noise(400))
        whole = client_of("kato").get(path_of(file_id)).getvalue()
        assert len(whole) > PIECE_BYTES + 100_000

        answer = client_of("kato").get(path_of(file_id), headers={"Range": asked})

        part = whole[start:stop]
        first = len(whole) + start if start < 0 else start
        assert answer.status_code == 206
        assert answer.getvalue() == part
        assert answer["Content-Length"] == str(len(part))
        last = first + len(part) - 1
        assert answer["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"

    def test_long_answers_leave_threads_for_others(
        self, world: World, client_of: Clients, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(downloads, "TAKEN_AT_ONCE_BYTES", 1_000)
        path = path_of(posted(world, "kato", PRO, a_noise(400)))
        client = client_of("kato")
        slow = [client.get(path) for _ in range(downloads.LONG_AT_ONCE)]

        refused = client.get(path)
        part = client.get(path, headers={"Range": "bytes=0-99"})

        assert refused.status_code == 429
        assert refused["Retry-After"]
        assert part.status_code == 206
        looks = LoggedFact.objects.filter(kind="timeline.FileViewed")
        assert looks.count() == len(slow) + 1
        slow[0].getvalue()
        assert client.get(path).status_code == 200

    def test_what_lies_behind_the_end_is_not_there(self, world: World, client_of: Clients) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg())
        size = Attachment.objects.get().size_bytes

        answer = client_of("kato").get(path_of(file_id), headers={"Range": f"bytes={size}-"})

        assert answer.status_code == 416
        assert answer["Content-Range"] == f"bytes */{size}"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Range": "bytes=5-1"},
            {"Range": "bytes=-"},
            {"Range": "bytes=0-1,5-6"},
            {"Range": "lines=0-1"},
            {"Range": "bytes=0-1", "If-Range": '"another"'},
        ],
    )
    def test_what_makes_no_sense_is_the_whole(
        self, world: World, client_of: Clients, headers: dict[str, str]
    ) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg())

        answer = client_of("kato").get(path_of(file_id), headers=headers)

        assert answer.status_code == 200
        assert len(answer.getvalue()) == Attachment.objects.get().size_bytes

    def test_where_the_head_alone_is_asked_for_nothing_is_opened(
        self, world: World, client_of: Clients, folder: Path
    ) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg())
        whole = client_of("kato").get(path_of(file_id))
        path = next(folder.rglob(f"{file_id.hex}.content"))
        path.write_bytes(path.read_bytes()[:-1])

        head = client_of("kato").head(path_of(file_id))

        own = ("Content-Type", "Content-Length", "ETag", "Accept-Ranges", "Content-Disposition")
        assert head.status_code == 200
        assert {name: head[name] for name in own} == {name: whole[name] for name in own}

    def test_a_damaged_file_is_an_error_and_not_half_a_file(
        self, world: World, client_of: Clients, folder: Path
    ) -> None:
        file_id = posted(world, "kato", PRO, a_jpeg())
        path = next(folder.rglob(f"{file_id.hex}.content"))
        path.write_bytes(path.read_bytes()[:-1])

        answer = client_of("kato").get(path_of(file_id))

        assert answer.status_code == 500


@pytest.mark.control("8.3")
class TestWhoGetsWhat:
    @pytest.mark.parametrize(
        ("poster", "side", "seeing"),
        [("sato", PRO, {"kato", "sato"}), ("mori", PAT, {"kato", "sato", "mori"})],
    )
    def test_whoever_sits_at_that_side_now(
        self, client_of: Clients, poster: str, side: Side, seeing: set[str]
    ) -> None:
        world = client_of.world
        file_id = posted(world, poster, side, a_jpeg())
        for what in ("file", "thumbnail"):
            path = path_of(file_id, what)

            codes = {name: client_of(name).get(path).status_code for name in EVERYONE}

            assert codes == {name: 200 if name in seeing else 404 for name in EVERYONE}
            assert client_of("").get(path).status_code == 302

    def test_nobody_after_it_was_withdrawn(self, world: World, client_of: Clients) -> None:
        file_id = posted(world, "sato", PRO, a_jpeg())
        withdraw_post(world.seat("sato", PRO), Post.objects.get().pk)

        codes = [client_of(name).get(path_of(file_id)).status_code for name in EVERYONE]

        assert codes == [404] * 5

    def test_a_download_ends_with_the_membership(
        self, world: World, client_of: Clients, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(downloads, "LOOK_SECONDS", 0.0)
        file_id = posted(world, "kato", PRO, a_noise(400))
        answer = client_of("sato").get(path_of(file_id))
        pieces = iter(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
        begun = next(pieces)
        with acting_as(Work.CONTENT):
            end_membership(world.seat("kato", PRO), world.membership("sato").pk)

        begun += b"".join(pieces)

        assert len(begun) < Attachment.objects.get().size_bytes

    def test_a_download_ends_with_the_session(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(downloads, "LOOK_SECONDS", 0.0)
        file_id = posted(world, "kato", PRO, a_noise(400))
        opened_session = sign_in_client(Client(), world.people["sato"])
        actor = replace(world.actor("sato"), session_id=opened_session.session_id)
        opened = take_file(actor, file_id)
        pieces = bytes_of(opened, opened.content, 0, opened.file.size_bytes)
        next(pieces)
        sign_out(actor)

        with pytest.raises(NotVisible):
            list(pieces)

    def test_a_picture_of_the_staff_side_is_no_part_of_the_familys_page(
        self, world: World, client_of: Clients
    ) -> None:
        file_id = posted(world, "sato", PRO, encoded(a_picture(), "PNG"))
        own = posted(world, "mori", PAT, a_jpeg())

        page = client_of("mori").get(reverse("timeline:timeline", args=[world.group.pk, PAT]))

        assert str(own) in page.content.decode()
        assert str(file_id) not in page.content.decode()
