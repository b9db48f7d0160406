"""Posts, for programs: written, read, paged, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carestation.accounts.models import Session
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.groups import archive_group
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.changes import edit_post, withdraw_post
from carestation.timeline.commands.posts import publish_post
from tests.api.callers import Program, program_of, said
from tests.world import World, a_draft

NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER no_room BEFORE UPDATE ON accounts_session FOR EACH ROW EXECUTE FUNCTION no_room();
"""
FIELDS = {
    "id", "number", "seq", "author", "body", "published_at", "parent", "urgency",
    "acknowledged_by", "read_by", "attachments", "edited_at", "withdrawn_at",
}  # fmt: skip


def posts_of(world: World, side: str = "professional") -> str:
    return f"groups/{world.group.pk}/{side}/posts"


def a_post(body: str = "お変わりありません。", **more: object) -> dict[str, object]:
    return {"draft_id": str(uuid7()), "body": body} | more


def kinds() -> list[str]:
    return list(LoggedFact.objects.order_by("id").values_list("kind", flat=True))


def write(
    program: Program, world: World, body: str = "お変わりありません。", **more: object
) -> dict[str, object]:
    answer = program.post(posts_of(world), a_post(body, **more))
    assert answer.status_code == 201, answer.content
    post: dict[str, object] = said(answer)
    return post


def test_a_draft_sent_twice_is_one_post(world: World) -> None:
    kato, draft = program_of(world, "kato"), a_post()

    first, again = (kato.post(posts_of(world), draft) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert said(first) == said(again)
    assert len(said(kato.get(posts_of(world)))["posts"]) == 1


def test_a_post_has_the_fields_of_the_contract(world: World) -> None:
    post = write(program_of(world, "kato"), world, body="  よく\r\n眠れた\u202e \n")

    assert set(post) >= FIELDS
    assert (post["number"], post["body"], post["parent"]) == (1, "よく\n眠れた", None)
    assert str(post["published_at"]).endswith("+09:00")
    assert post["author"] == {
        "id": str(world.people["kato"].pk),
        "name": "加藤 恵子",
        "profession": "visiting_nurse",
        "facility": "月見坂在宅クリニック",
    }


def test_the_family_has_neither_profession_nor_facility(world: World) -> None:
    answer = program_of(world, "mori").post(posts_of(world, "patient"), a_post())

    assert said(answer)["author"]["profession"] is None
    assert said(answer)["author"]["facility"] is None


def test_readers_are_counted_without_the_author(world: World) -> None:
    kato, sato = program_of(world, "kato"), program_of(world, "sato")
    post = write(kato, world)

    sato.put(f"groups/{world.group.pk}/professional/read", {"number": 1})

    assert post["read_by"] == 0
    assert said(sato.get(posts_of(world)))["posts"][0]["read_by"] == 1


def test_a_mark_stays_between_what_was_read_and_what_is_there(world: World) -> None:
    kato, sato = program_of(world, "kato"), program_of(world, "sato")
    write(kato, world)
    place = f"groups/{world.group.pk}/professional/read"

    answers = [said(sato.put(place, {"number": number})) for number in (2**53 - 1, 0)]

    assert answers == [{"number": 1}, {"number": 1}]


def test_pages_join_to_the_whole(world: World) -> None:
    kato = program_of(world, "kato")
    written = [write(kato, world)["number"] for _ in range(7)]

    pages, before = [], ""
    while True:
        page = said(kato.get(f"{posts_of(world)}?limit=3{before}"))
        pages += [post["number"] for post in page["posts"]]
        before = f"&before={pages[-1]}"
        if not page["more"]:
            break

    assert pages == written[::-1] == [7, 6, 5, 4, 3, 2, 1]


def test_after_a_seq_come_the_changes_oldest_first(world: World) -> None:
    kato, seat = program_of(world, "kato"), world.seat("kato", Side.PROFESSIONAL)
    first, second, third = (publish_post(seat, a_draft()).post for _ in range(3))
    edit_post(seat, second.pk, "よく眠れた。")
    withdraw_post(seat, first.pk)

    page = said(kato.get(f"{posts_of(world)}?after={second.seq}&limit=2"))
    rest = said(kato.get(f"{posts_of(world)}?after={page['posts'][-1]['seq']}"))

    changed = [*page["posts"], *rest["posts"]]
    assert [post["id"] for post in changed] == [str(one.pk) for one in (third, second, first)]
    assert [page["more"], rest["more"]] == [True, False]
    assert changed[1]["edited_at"] is not None
    assert [changed[1]["body"], changed[2]["body"]] == ["よく眠れた。", ""]
    assert changed[2]["withdrawn_at"] is not None


def test_what_is_written_at_one_side_is_not_read_at_the_other(world: World) -> None:
    write(program_of(world, "kato"), world, body="ひみつ")
    mori = program_of(world, "mori")

    assert mori.get(posts_of(world)).status_code == 404
    assert said(mori.get(posts_of(world, "patient")))["posts"] == []


def test_absent_and_not_yours_look_alike(world: World) -> None:
    ito = program_of(world, "ito")

    foreign = ito.post(posts_of(world), a_post())
    absent = ito.post(f"groups/{uuid7()}/professional/posts", a_post())

    assert foreign.status_code == absent.status_code == 404
    assert set(said(foreign)) == set(said(absent)) == {"type", "title", "status", "request_id"}


def test_an_archived_group_is_read_and_not_written(world: World) -> None:
    archive_group(world.seat("kato", Side.PROFESSIONAL))
    kato = program_of(world, "kato")

    answer = kato.post(posts_of(world), a_post())

    assert (answer.status_code, said(answer)["reason"]) == (403, "archived")
    assert kato.get(posts_of(world)).status_code == 200


def test_a_reply_belongs_to_its_thread(world: World) -> None:
    kato = program_of(world, "kato")
    post = write(kato, world)

    reply = write(kato, world, parent=post["id"])

    assert reply["parent"] == post["id"]


def test_foreign_ids_are_refused(world: World) -> None:
    ito, kato = program_of(world, "ito"), program_of(world, "kato")
    elsewhere = f"groups/{world.elsewhere.pk}/all/posts"
    foreign = said(ito.post(elsewhere, a_post()))["id"]

    parent = kato.post(posts_of(world), a_post(parent=foreign))
    mention = kato.post(posts_of(world), a_post(mentions=[str(world.people["ito"].pk)]))
    attachment = kato.post(posts_of(world), a_post(attachments=[str(uuid7())]))

    assert parent.status_code == 404
    assert (mention.status_code, said(mention)["fields"]) == (422, {"mentions": "not_a_member"})
    assert attachment.status_code == 422
    assert said(attachment)["fields"] == {"attachments": "files_gone"}
    assert said(kato.get(posts_of(world)))["posts"] == []


def test_the_familys_side_is_not_hurried(world: World) -> None:
    answer = program_of(world, "kato").post(posts_of(world, "patient"), a_post(urgency="urgent"))

    assert (answer.status_code, said(answer)["fields"]) == (422, {"urgency": "calm_side"})


def test_a_mention_and_an_urgent_post_are_said_back(world: World) -> None:
    sato = str(world.people["sato"].pk)

    post = write(
        program_of(world, "kato"), world, urgency="urgent", asks_acknowledgement=True,
        mentions=[sato],
    )  # fmt: skip

    assert (post["urgency"], post["asks_acknowledgement"], post["mentions"]) == (
        "urgent",
        True,
        [sato],
    )


@pytest.mark.control("8.15")
def test_a_look_leaves_its_fact(world: World) -> None:
    kato = program_of(world, "kato")
    post = write(kato, world)
    before = len(kinds())

    kato.get(posts_of(world))
    kato.get(f"posts/{post['id']}/acknowledgement")
    kato.get("groups")

    assert kinds()[before:] == [
        "timeline.TimelineViewed",
        "timeline.PostViewed",
        "patients.PatientsListed",
    ]


def test_statements_do_not_grow_with_posts(world: World) -> None:
    kato = program_of(world, "kato")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert kato.get(f"{posts_of(world)}?limit=100").status_code == 200
        return len(asked)

    write(kato, world)
    statements()  # opens the keys of those who sit there
    few = statements()
    for _ in range(10):
        write(kato, world)

    # The session, the seat, the posts, the members with their marks, the fact of the look.
    assert few == statements() == 5


def test_publishing_is_two_statements(world: World) -> None:
    kato = program_of(world, "kato")
    write(kato, world)

    with CaptureQueriesContext(connection) as asked:
        write(kato, world)

    # Session; seat and post. The push is sent after the commit.
    assert len(asked) == 2


def test_that_a_session_is_used_is_noted_when_all_else_is_done(world: World) -> None:
    kato = program_of(world, "kato")
    write(kato, world)
    a_while_ago = Session.objects.update(last_used_at=F("last_used_at") - timedelta(minutes=2))

    with CaptureQueriesContext(connection) as asked:
        write(kato, world)

    assert a_while_ago == 1
    assert "UPDATE accounts_session" in asked[-1]["sql"]
    assert Session.objects.filter(last_used_at__gt=timezone.now() - timedelta(minutes=1)).exists()


def test_a_use_that_cannot_be_noted_takes_nothing_back(committed_world: World) -> None:
    kato = program_of(committed_world, "kato")
    Session.objects.update(last_used_at=F("last_used_at") - timedelta(minutes=2))

    with a_full_disk_for_sessions():
        write(kato, committed_world)

    assert committed_world.timeline(Side.PROFESSIONAL).posts == 1


@contextmanager
def a_full_disk_for_sessions() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room CASCADE")
