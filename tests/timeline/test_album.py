"""The pictures of a side by month, of everyone or one person, and one by itself."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Kind, Role, Side
from carestation.groups.commands.groups import open_group
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Post
from carestation.timeline.queries import album as queries
from carestation.timeline.queries.album import album_of, caption_of, picture_of
from tests.accounts.signing_in import sign_in_client
from tests.timeline.pictures import a_jpeg, a_pdf, written
from tests.world import World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.BLOB_URL = f"file://{tmp_path}/files"


def show(
    world: World, name: str, side: Side, body: str = "両足のむくみ", *, at: datetime | None = None
) -> UUID:
    file_id = upload_file(world.actor(name), "足の写真.jpg", a_jpeg()).file.id
    draft = Draft(id=uuid7(), body=body, attachments=(file_id,))
    post = publish_post(world.seat(name, side), draft).post
    if at is not None:
        Post.objects.filter(pk=post.pk).update(published_at=at)
    return file_id


def shown_in(world: World, name: str, side: Side) -> list[UUID]:
    album = album_of(world.seat(name, side))
    return [one.file.id for month in album.months for one in month.pictures]


def page_of(world: World, name: str, view: str, *args: object, query: str = "") -> "Response":
    client = Client()
    sign_in_client(client, world.people[name])
    return client.get(reverse(f"timeline:{view}", args=args) + query)


class TestAlbum:
    def test_pictures_stand_by_month_in_japan_newest_first(self, world: World) -> None:
        may_here = show(world, "kato", PRO, at=datetime(2026, 5, 31, 14, 59, tzinfo=UTC))
        june_here = show(world, "kato", PRO, at=datetime(2026, 5, 31, 15, 0, tzinfo=UTC))

        months = album_of(world.seat("sato", PRO)).months

        assert [one.first_day.month for one in months] == [6, 5]
        assert [one.pictures[0].file.id for one in months] == [june_here, may_here]

    @pytest.mark.control("8.3")
    def test_each_side_has_its_own(self, world: World) -> None:
        staff, family = show(world, "kato", PRO), show(world, "mori", PAT)

        assert shown_in(world, "sato", PRO) == [staff]
        assert shown_in(world, "mori", PAT) == [family]

    def test_what_was_withdrawn_or_waits_is_not_there(self, world: World) -> None:
        show(world, "kato", PRO)
        withdraw_post(world.seat("kato", PRO), Post.objects.get().pk)
        upload_file(world.actor("kato"), "a.jpg", a_jpeg())

        assert shown_in(world, "kato", PRO) == []

    def test_one_persons_alone_can_be_asked_for(self, world: World) -> None:
        show(world, "kato", PRO)
        satos = show(world, "sato", PRO)
        sato = world.people["sato"].pk

        album = album_of(world.seat("kato", PRO), person_id=sato)

        assert [one.file.id for month in album.months for one in month.pictures] == [satos]
        assert {one.name for one in album.people} == {"加藤 恵子", "佐藤 一郎"}

    def test_documents_stand_apart(self, world: World) -> None:
        file_id = upload_file(world.actor("kato"), "指示書.pdf", written(a_pdf())).file.id
        draft = Draft(id=uuid7(), body="指示書です", attachments=(file_id,))
        publish_post(world.seat("kato", PRO), draft)

        album = album_of(world.seat("sato", PRO))

        assert album.months == []
        assert [one.file.name for one in album.documents] == ["指示書.pdf"]

    def test_pages_join_to_the_whole(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queries, "PAGE_SIZE", 2)
        files = [show(world, "kato", PRO) for _ in range(5)]
        seat, found, after = world.seat("sato", PRO), [], None

        while True:
            page = album_of(seat, after=after)
            found += [one.file.id for month in page.months for one in month.pictures]
            if page.older is None:
                break
            after = page.older

        assert found == files[::-1]

    def test_the_queries_do_not_grow_with_the_pictures(self, world: World) -> None:
        show(world, "kato", PRO)
        seat = world.seat("kato", PRO)
        with CaptureQueriesContext(
            connection,
        ) as few:
            album_of(seat)
        for _ in range(3):
            show(world, "sato", PRO)

        with CaptureQueriesContext(connection) as many:
            album_of(seat)

        assert len(many) == len(few) == 3

    def test_a_talk_of_two_has_no_album(self, world: World) -> None:
        kato = Newcomer(
            user_id=world.people["kato"].pk, role=Role.MANAGER, staff_id=world.staff["kato"].pk
        )
        talk = open_group(world.actor("kato"), Kind.DIRECT, kato, facility_id=world.facility.pk)

        with pytest.raises(NotVisible):
            album_of(take_seat(world.actor("kato"), talk.pk, Side.ALL))

    def test_a_caption_is_how_the_post_begins(self) -> None:
        assert caption_of("両足のむくみ\n続き") == "両足のむくみ"
        assert caption_of("あ" * 50) == "あ" * 40 + "…"
        assert caption_of("") == ""


class TestOnePicture:
    def test_its_neighbours_are_those_of_the_album(self, world: World) -> None:
        old, middle, new = (show(world, "kato", PRO) for _ in range(3))
        seat = world.seat("sato", PRO)

        shown = {one: picture_of(seat, one) for one in (old, middle, new)}

        assert (shown[middle].newer, shown[middle].older) == (new, old)
        assert (shown[new].newer, shown[new].older) == (None, middle)
        assert (shown[old].newer, shown[old].older) == (middle, None)

    def test_within_one_post_they_stand_in_its_order(self, world: World) -> None:
        files = tuple(upload_file(world.actor("kato"), "a.jpg", a_jpeg()).file.id for _ in range(3))
        publish_post(world.seat("kato", PRO), Draft(id=uuid7(), body="", attachments=files))

        shown = picture_of(world.seat("sato", PRO), files[1])

        assert (shown.newer, shown.older) == (files[0], files[2])

    def test_of_another_side_there_is_none(self, world: World) -> None:
        file_id = show(world, "kato", PRO)

        with pytest.raises(NotVisible):
            picture_of(world.seat("mori", PAT), file_id)

    @pytest.mark.control("8.3")
    def test_of_another_side_there_is_none_to_compare_with(self, world: World) -> None:
        of_staff, of_family = show(world, "kato", PRO), show(world, "mori", PAT)

        with pytest.raises(NotVisible):
            picture_of(world.seat("mori", PAT), of_family, beside=of_staff)

    def test_two_are_compared_the_older_first_whichever_was_chosen_first(
        self, world: World
    ) -> None:
        old, new = show(world, "kato", PRO), show(world, "sato", PRO)
        seat = world.seat("sato", PRO)

        both = [picture_of(seat, one, beside=two) for one, two in ((old, new), (new, old))]

        assert [[one.file.id for one in shown.pictures] for shown in both] == [[old, new]] * 2
        assert len(picture_of(seat, old, beside=old).pictures) == 1


class TestPages:
    def test_a_second_picture_is_chosen_from_the_album_and_both_looks_leave_facts(
        self, world: World
    ) -> None:
        old, new = show(world, "kato", PRO), show(world, "sato", PRO)
        group_id, beside = world.group.pk, f"?beside={old}"
        one = page_of(world, "sato", "photo", group_id, PRO, old).text
        album = page_of(world, "sato", "album", group_id, PRO, query=beside).text
        seen = LoggedFact.objects.filter(kind="timeline.PostViewed").count()

        two = page_of(world, "sato", "photo", group_id, PRO, new, query=beside).text

        assert reverse("timeline:album", args=[group_id, PRO]) + beside in one
        assert reverse("timeline:photo", args=[group_id, PRO, new]) + beside in album
        assert [two.count(reverse("timeline:file", args=[file_id])) for file_id in (old, new)] == [
            1,
            1,
        ]
        assert LoggedFact.objects.filter(kind="timeline.PostViewed").count() == seen + 2

    def test_the_album_shows_pictures_with_words_and_leaves_a_fact(self, world: World) -> None:
        file_id = show(world, "kato", PRO)

        page = page_of(world, "sato", "album", world.group.pk, PRO).content.decode()

        assert 'alt="写真：両足のむくみ"' in page
        assert reverse("timeline:photo", args=[world.group.pk, PRO, file_id]) in page
        fact = LoggedFact.objects.get(kind="timeline.AlbumViewed")
        assert (fact.actor_id, fact.detail) == (world.people["sato"].pk, {"side": "professional"})

    def test_an_empty_album_says_so(self, world: World) -> None:
        page = page_of(world, "mori", "album", world.group.pk, PAT).content.decode()

        assert "写真はまだありません。" in page

    def test_one_picture_is_moved_and_made_larger_by_links(self, world: World) -> None:
        old, new = show(world, "kato", PRO), show(world, "kato", PRO, "")

        page = page_of(world, "sato", "photo", world.group.pk, PRO, new).content.decode()
        larger = page_of(world, "sato", "photo", world.group.pk, PRO, new, query="?zoom=2")

        assert reverse("timeline:photo", args=[world.group.pk, PRO, old]) in page
        assert "zoom=2" in page
        assert reverse("timeline:file", args=[new]) in page
        assert 'alt="写真・加藤 恵子・' in page
        assert "onephoto__picture--2" in larger.content.decode()
        assert "zoom=1" in larger.content.decode()
        assert LoggedFact.objects.filter(kind="timeline.PostViewed").exists()

    @pytest.mark.parametrize("query", ["?person=x&after=y&zoom=99", "?zoom=-1", "?person="])
    def test_nonsense_counts_as_not_said(self, world: World, query: str) -> None:
        file_id = show(world, "kato", PRO)
        for view, args in (("album", []), ("photo", [file_id])):
            answer = page_of(world, "kato", view, world.group.pk, PRO, *args, query=query)

            assert answer.status_code == 200

    def test_whoever_does_not_sit_there_sees_neither(self, world: World) -> None:
        file_id = show(world, "kato", PRO)
        for name in ("mori", "ito", "ueda"):
            album = page_of(world, name, "album", world.group.pk, PRO)
            photo = page_of(world, name, "photo", world.group.pk, PRO, file_id)

            assert (album.status_code, photo.status_code) == (404, 404)
