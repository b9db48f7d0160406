"""The second wall: what the database itself shows, whatever was forgotten above it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.signals import request_finished
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from psycopg import sql
from pytest_django.fixtures import Settings

from carestation.accounts.choices import Proof
from carestation.accounts.queries.sessions import find_entry
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import pause_place
from carestation.groups.commands.talks import open_talk
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import NotVisible
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.models import Patient
from carestation.search.commands.documents import keep_words
from carestation.search.commands.index import index_posts
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Acknowledgement, Attachment, Post, PostVersion
from carestation.vault.counting import count_values
from carestation.vault.resealing import look_through
from config.database import as_app_role
from tests.accounts.signing_in import sign_in_client
from tests.conftest import act_as, act_as_the_test_again, as_the_application
from tests.facilities.people import desk_of
from tests.live import process
from tests.matrix.forgetful import what_is_there
from tests.matrix.requests import a_picture, set_stage
from tests.patients.emergencies import an_emergency
from tests.settled import Settling
from tests.world import FACE_SHEET, World, a_draft, settle

pytestmark = [pytest.mark.control("8.3"), pytest.mark.control("CLD.9.5.1")]
# Tables that name a group and are no group's: each with its reason.
OUTSIDE: Final = {
    "factlog.LoggedFact": "ids and closed words; insert-only, and read by followers for all groups",
    "audit.Entry": "the same, as it was sealed",
}


def tables_of_a_group() -> list[type[models.Model]]:
    """Return every table whose rows belong to a group: by a reference, or by one's reference."""
    found: set[type[models.Model]] = {Group}
    ours = [one for one in apps.get_models() if one.__module__.startswith("carestation.")]
    while True:
        more = {one for one in ours if one not in found and belongs(one, found)}
        if not more:
            return sorted(found, key=lambda one: one._meta.db_table)
        found |= more


def belongs(model: type[models.Model], found: set[type[models.Model]]) -> bool:
    if model._meta.label in OUTSIDE:
        return False
    fields = model._meta.fields
    return any(one.name == "group_id" or one.related_model in found for one in fields)


NOTHING: Final = {"posts": 0, "messages": 0, "patients": 0}
TABLES: Final = tables_of_a_group()


def names(tables: list[type[models.Model]]) -> list[str]:
    return [one._meta.db_table for one in tables]


def rows_seen(table: str) -> int:
    """Return how many rows a statement finds that names no group, no person and no side."""
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return int(connection.connection.execute(statement).fetchone()[0])


def views_of_ours() -> list[str]:
    """Return every view: it sees the tables as their owner does, so it must ask by itself."""
    found = connection.connection.execute(
        "SELECT viewname FROM pg_views WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    assert len(found) > 5
    return [name for (name,) in found]


def rows_touched(statement: str, model: type[models.Model]) -> int:
    table, key = model._meta.db_table, model._meta.pk.column or ""
    filled = sql.SQL(statement).format(table=sql.Identifier(table), key=sql.Identifier(key))
    return int(connection.connection.execute(filled).rowcount)


def a_full_world() -> World:
    """Fill every table of the group: what `set_stage` leaves empty, here."""
    stage = set_stage(settle())
    world = stage.world
    for side in (Side.PROFESSIONAL, Side.PATIENT):
        acknowledge_post(world.seat("sato", side), stage.posts[side])
        edit_post(world.seat("kato", side), stage.posts[side], "訂正します。")
    upload_file(world.actor("kato"), "b.png", a_picture())
    two = [
        Newcomer(user_id=world.people[one].pk, role=Role.PROFESSIONAL, staff_id=world.staff[one].pk)
        for one in ("kato", "sato")
    ]
    open_talk(world.actor("kato"), *two)
    for file in Attachment.objects.exclude(post=None).select_related("post"):
        assert file.post
        keep_words(file, file.post.pk, "読まれた文")
    index_posts(list(Post.objects.values_list("group_id", "pk")))
    return world


FULL: Final = Settling(a_full_world)


@pytest.fixture
def full_world(db: None) -> Iterator[World]:
    yield from as_the_application(FULL)


@acting_as(Work.CONTENT)
def failing_work() -> None:
    assert Post.objects.count() == 4
    raise NotVisible


def acts(world: World, name: str) -> None:
    act_as(str(world.people[name].pk) if name else "")


def test_every_table_of_a_group_stands_behind_the_wall(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relrowsecurity AND pg_get_userbyid(relowner)"
            " <> 'carestation_app' AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
        )
        walled = {name for (name,) in cursor.fetchall()}

    assert [one for one in names(TABLES) if one not in walled] == []


def test_the_test_finds_the_tables_and_each_reason_has_its_table() -> None:
    assert {"groups_readmark", "timeline_post", "patients_consent"} <= set(names(TABLES))
    assert OUTSIDE.keys() <= {one._meta.label for one in apps.get_models()}


@pytest.mark.parametrize("who", ["", "ueda", "abe", "oka"], ids=lambda one: one or "nobody")
def test_who_sits_nowhere_is_shown_no_row_and_changes_none(who: str, full_world: World) -> None:
    views = views_of_ours()
    empty = [one for one in (*names(TABLES), *views) if rows_seen(one) == 0]
    assert empty == [], "what is empty is not tried"

    acts(full_world, who)

    for model in TABLES:
        table = model._meta.db_table
        assert rows_seen(table) == 0, table
        assert rows_touched("UPDATE {table} SET {key} = {key}", model) == 0, table
        assert rows_touched("DELETE FROM {table}", model) == 0, table
    assert [one for one in views if rows_seen(one)] == []


def test_the_family_is_shown_its_side_alone(full_world: World) -> None:
    both = {model: model.objects.count() for model in (Post, PostVersion, Acknowledgement)}

    acts(full_world, "mori")

    for model, count in both.items():
        assert model.objects.count() == count / 2 > 0
    assert set(Post.objects.values_list("side", flat=True)) == {Side.PATIENT}
    assert Attachment.objects.count() == 1
    assert [one.side for one in Timeline.objects.all()] == [Side.PATIENT]
    assert {one.timeline.side for one in ReadMark.objects.select_related("timeline")} == {
        Side.PATIENT
    }
    assert rows_seen("groups_group") == rows_seen("patients_patient") == 1
    assert rows_seen("patients_consent") == 0
    assert Post.objects.filter(side=Side.PROFESSIONAL).update(edited_at=timezone.now()) == 0


def test_a_seat_that_was_taken_opens_its_group_and_no_other(full_world: World) -> None:
    other = take_seat(full_world.actor("ito"), full_world.elsewhere.pk, Side.ALL)
    publish_post(other, a_draft())
    posts = Post.objects.filter(group=full_world.group)

    acts(full_world, "ito")
    take_seat(full_world.actor("ito"), full_world.elsewhere.pk, Side.ALL)

    assert Post.objects.count() == 1
    assert posts.count() == 0


@pytest.mark.parametrize("how", ["ended", "paused"])
def test_a_seat_that_stands_no_more_opens_nothing(how: str, full_world: World) -> None:
    acts(full_world, "sato")
    assert Post.objects.count() == 4
    act_as(Work.CONTENT)
    if how == "ended":
        end_membership(full_world.seat("kato", Side.PROFESSIONAL), full_world.membership("sato").pk)
    else:
        pause_place(desk_of(full_world, "abe"), full_world.staff["sato"].pk)

    acts(full_world, "sato")

    assert Post.objects.count() == 0


def test_a_group_that_is_opened_now_is_open_to_who_opens_it(world: World) -> None:
    staff = world.staff["ueda"]
    acts(world, "ueda")

    other = replace(FACE_SHEET, name="原 道子", kana="はら みちこ")
    patient = register_patient(world.actor("ueda"), staff, other)

    assert [one.pk for one in Patient.objects.all()] == [patient.pk]


def test_an_emergency_opens_the_group_for_as_long_as_it_lasts(world: World) -> None:
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    acts(world, "ito")
    assert Post.objects.count() == 0

    access = an_emergency(world, "ito")
    assert Post.objects.count() == 1

    over = access.membership.began_at - timedelta(minutes=1)
    Membership.objects.filter(pk=access.membership_id).update(expires_at=over)
    assert Post.objects.count() == 0


def test_a_work_opens_what_it_is_for_and_who_acted_before_acts_again(full_world: World) -> None:
    acts(full_world, "abe")

    with acting_as(Work.LIKENESS):
        assert (Patient.objects.count(), Post.objects.count()) == (1, 0)
    with pytest.raises(NotVisible):
        failing_work()

    assert (Patient.objects.count(), Post.objects.count()) == (0, 0)


def test_keys_are_not_turned_by_who_does_not_see_every_row(world: World) -> None:
    acts(world, "kato")

    with pytest.raises(PermissionError):
        next(look_through(None))
    with pytest.raises(PermissionError):
        next(count_values())


@pytest.fixture
def unhelped(settings: Settings) -> Iterator[None]:
    """Pages that forgot to take a seat, and a connection that is left as an answer leaves it."""
    settings.ROOT_URLCONF = "tests.matrix.forgetful"
    request_finished.disconnect(act_as_the_test_again)
    yield
    request_finished.connect(act_as_the_test_again)
    act_as(Work.CONTENT)


@pytest.mark.parametrize("who", ["mori", "ito", "ueda", "abe"])
def test_a_page_that_forgot_to_take_a_seat_shows_what_its_reader_may_see_anyway(
    who: str, full_world: World, unhelped: None
) -> None:
    seen = {"posts": 2, "messages": 2, "patients": 1} if who == "mori" else NOTHING
    client = Client()
    sign_in_client(client, full_world.people[who])

    answer = client.get("/forgetful/").json()

    assert answer == seen | {"acts": str(full_world.people[who].pk)}


def test_nothing_of_a_request_is_left_for_the_next_on_the_same_connection(
    full_world: World, unhelped: None
) -> None:
    kato, nobody = Client(raise_request_exception=False), Client()
    sign_in_client(kato, full_world.people["kato"])
    stale = Client()
    stale.cookies[settings.SESSION_COOKIE_NAME] = "ended-long-ago"
    half = Client()
    sign_in_client(half, full_world.people["sato"], proof=Proof.PASSWORD)

    for before in ("/forgetful/", "/failing/"):
        for next_one in (nobody, stale, half):
            assert kato.get(before).status_code in {200, 500}
            assert kato.get("/forgetful/").json()["posts"] == 4
            assert next_one.get("/public/").json() == NOTHING | {"acts": ""}


def test_a_half_signed_in_person_acts_as_nobody(world: World, unhelped: None) -> None:
    kato = Client()
    sign_in_client(kato, world.people["kato"])
    assert kato.get("/forgetful/").json()["acts"]
    opened = sign_in_client(Client(), world.people["sato"], proof=Proof.PASSWORD)

    entry = find_entry(opened.token)

    assert entry is not None
    assert what_is_there()["acts"] == ""


def test_a_new_connection_acts_as_nobody_by_itself(committed_world: World) -> None:
    with psycopg.connect(as_app_role(process.test_database_url())) as fresh:
        acts = fresh.execute("SELECT current_setting('carestation.person', true)").fetchone()
        patients = fresh.execute("SELECT count(*) FROM patients_patient").fetchone()

    assert acts in {(None,), ("",)}
    assert patients == (0,)
