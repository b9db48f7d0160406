import http.client
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.commands.devices import cut_off_session
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import Session
from carestation.facilities.choices import EndCause
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.commands.places import end_place
from carestation.groups.rules import Newcomer
from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.timeline.commands.posts import publish_post
from tests.accounts.signing_in import BROWSER, a_token
from tests.facilities.people import a_manager
from tests.groups.test_expiring import seated_until
from tests.live.process import LiveProcess, bearer, cookie, live_process, tell
from tests.world import World, a_draft

OK = http.HTTPStatus.OK
PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
pytestmark = pytest.mark.xdist_group("live")


@pytest.fixture(scope="module")
def process(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[LiveProcess]:
    with live_process(beat_seconds=0.3, tick_seconds=0.1) as live:
        yield live


@pytest.fixture
def live(fresh_world: World, process: LiveProcess) -> Iterator[LiveProcess]:
    yield process
    process.hang_up()


def posted(world: World, name: str = "kato", side: Side = PRO, *, is_told: bool = True) -> int:
    """Publish a post and tell live, as the view does; return its number among the changes."""
    post = publish_post(world.seat(name, side), a_draft()).post
    html = f'<li id="post-{post.pk}">お変わりありません。</li>'
    push = Push(
        kind="post", group_id=world.group.pk, side=side.value, seq=post.changed_seq,
        object_id=post.pk, html=html, json=f'{{"id": "{post.pk}"}}',
    )  # fmt: skip
    if is_told:
        tell(push)
    return post.changed_seq


def ended(world: World, name: str, *, is_told: bool = True) -> None:
    seat = world.seat("kato", PRO)
    end_membership(seat, world.membership(name).pk)
    if is_told:
        reseated(world)


def reseated(world: World) -> None:
    for side in (PRO, PAT):
        tell(
            Push(
                kind="membership",
                group_id=world.group.pk,
                side=side.value,
                seq=world.timeline(side).seq,
                reseats=True,
            )
        )


def test_a_post_reaches_an_open_page_and_an_open_program(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    page = live.opens(cookie(a_token(world.people["sato"]), **{"Sec-Fetch-Site": "same-origin"}))
    program = live.opens(bearer(a_token(world.people["mori"])), "?form=json")

    seq = posted(world, "mori", PAT)

    assert page.hears_post(seq)
    assert program.hears_post(seq)
    assert page.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-store"
    assert "お変わりありません。" in str(page.events[1].data["html"])
    assert program.events[1].data["post"] == {"id": page.events[1].data["id"]}
    assert "html" not in program.events[1].data


@pytest.mark.control("8.3")
def test_the_family_hears_nothing_of_the_other_side(live: LiveProcess, fresh_world: World) -> None:
    world = fresh_world
    mori = live.opens(bearer(a_token(world.people["mori"])))
    kato = live.opens(bearer(a_token(world.people["kato"])))

    secret, open_one = posted(world, side=PRO), posted(world, side=PAT)

    assert kato.hears_post(secret)
    assert mori.hears_post(open_one)
    assert "professional" not in mori.text


@pytest.mark.control("8.3")
def test_who_is_removed_hears_so_at_once_and_then_nothing_more(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    sato = live.opens(bearer(a_token(world.people["sato"])))
    kato = live.opens(bearer(a_token(world.people["kato"])))

    ended(world, "sato")
    seq = posted(world)

    assert kato.hears_post(seq)
    assert sato.hears_kinds("catchup", "membership", "membership")
    assert {event.data["side"] for event in sato.events[1:]} == {"professional", "patient"}
    assert all(event.data["ended"] for event in sato.events[1:])
    assert not sato.is_over


@pytest.mark.control("8.3")
def test_with_the_last_professional_the_family_hears_nothing_more(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    desk = a_manager(world)
    mori = live.opens(bearer(a_token(world.people["mori"])))

    for who in ("sato", "kato"):
        end_place(desk, world.staff[who].pk, EndCause.MOVED)
    reseated(world)

    assert mori.hears_kinds("catchup", "membership")
    assert (mori.events[1].data["side"], mori.events[1].data["ended"]) == ("patient", True)


@pytest.mark.control("8.3")
def test_who_was_removed_while_the_bus_slept_gets_nothing_either(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    sato = live.opens(bearer(a_token(world.people["sato"])))
    kato = live.opens(bearer(a_token(world.people["kato"])))

    ended(world, "sato", is_told=False)
    seq = posted(world)

    assert kato.hears_post(seq)
    assert sato.hears_kinds("catchup", "membership")
    assert sato.events[1].data["ended"] is True


def test_who_is_seated_hears_so_on_the_open_page(live: LiveProcess, fresh_world: World) -> None:
    world = fresh_world
    ito = live.opens(bearer(a_token(world.people["ito"])))
    newcomer = Newcomer(
        user_id=world.people["ito"].pk, role=Role.PROFESSIONAL, staff_id=world.staff["ito"].pk
    )

    begin_membership(world.seat("kato", PRO), newcomer)
    reseated(world)
    heard = ito.hears_kinds("catchup", "membership", "membership")
    seq = posted(world)

    assert heard
    assert all(event.data["began"] for event in ito.events[1:3])
    assert ito.hears_post(seq)


@pytest.mark.control("8.3")
def test_a_session_that_is_cut_off_ends_its_stream_at_once(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    sato = world.people["sato"]
    opened = open_session(sato.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    lost_phone = live.opens(cookie(opened.token))
    other = live.opens(bearer(a_token(sato)))

    cut_off_session(world.actor("sato"), opened.session_id)
    ending = lost_phone.hears_the_end()
    seq = posted(world)

    assert ending
    assert lost_phone.events[-1].data == {"reason": "session"}
    assert other.hears_post(seq)
    assert live.refuses(cookie(opened.token))[0] == http.HTTPStatus.UNAUTHORIZED


def test_without_a_full_session_no_stream_opens(live: LiveProcess, fresh_world: World) -> None:
    sato = fresh_world.people["sato"]
    now = timezone.now()
    tokens = {
        "unknown": "x" * 43,
        "nobody's": "",
        "half": a_token(sato, proof=Proof.PASSWORD),
        "idle": _token_with(sato.pk, last_used_at=now - timedelta(minutes=16)),
        "over": _token_with(
            sato.pk, created_at=now - timedelta(hours=13), expires_at=now - timedelta(hours=1)
        ),
    }

    answers = {name: live.refuses(cookie(token)) for name, token in tokens.items()}

    assert {status for status, _ in answers.values()} == {http.HTTPStatus.UNAUTHORIZED}
    for _, problem in answers.values():
        assert problem.keys() == {"type", "title", "status", "request_id"}


@pytest.mark.control("8.5")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_opens_no_stream_with_our_cookie(
    live: LiveProcess, fresh_world: World, headers: dict[str, str]
) -> None:
    token = a_token(fresh_world.people["sato"])

    status, _ = live.refuses(cookie(token, **headers))

    assert status == http.HTTPStatus.FORBIDDEN
    assert live.opens(cookie(token, Origin=f"http://127.0.0.1:{live.port}")).status == OK
    assert live.opens(bearer(token) | headers).status == OK


def test_two_streams_of_one_person_hear_the_same(live: LiveProcess, fresh_world: World) -> None:
    token = a_token(fresh_world.people["sato"])
    first, second = live.opens(cookie(token)), live.opens(cookie(token))

    seq = posted(fresh_world)

    assert first.hears_post(seq)
    assert second.hears_post(seq)


def test_a_draft_that_comes_again_is_shown_though_who_wrote_it_told_nobody(
    live: LiveProcess, fresh_world: World
) -> None:
    world, draft = fresh_world, a_draft()
    sato = live.opens(bearer(a_token(world.people["sato"])))
    # Web was killed between its commit and its push.
    seq = publish_post(world.seat("kato", PRO), draft).post.changed_seq

    answer = Client().post(
        f"/api/v1/groups/{world.group.pk}/{PRO}/posts",
        json.dumps({"draft_id": str(draft.id), "body": draft.body}),
        content_type="application/json",
        headers=bearer(a_token(world.people["kato"])),
    )

    assert answer.status_code == OK
    assert sato.hears_post(seq)


def test_a_silent_stream_is_kept_open_by_beats(live: LiveProcess, fresh_world: World) -> None:
    sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

    assert sato.hears(lambda ear: ear.text.count("event: beat") >= 2)


def test_after_the_database_cut_us_off_everyone_catches_up(
    live: LiveProcess, fresh_world: World
) -> None:
    sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'carestation live' AND datname = current_database()"
        )
    missed = posted(fresh_world)
    caught_up = sato.hears(lambda ear: ear.kinds().count("catchup") >= 2)
    seq = posted(fresh_world)

    assert missed < seq
    assert caught_up
    assert sato.hears_post(seq)


def test_what_does_not_open_on_the_bus_is_nothing(live: LiveProcess, fresh_world: World) -> None:
    sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

    with connection.cursor() as cursor:
        for message in ("", "!!!", "aGVsbG8="):
            cursor.execute("SELECT pg_notify('live', %s)", [message])
    seq = posted(fresh_world)

    assert sato.hears_post(seq)


def test_it_answers_nothing_else(live: LiveProcess) -> None:
    asked = [
        ("/health", "GET"),
        ("/live", "POST"),
        ("/live", "HEAD"),
        ("/", "GET"),
        ("/live/", "GET"),
    ]
    answers = [live.ask(path, method=method).status for path, method in asked]

    assert answers == [200, 405, 405, 404, 404]


def _token_with(user_id: object, **columns: object) -> str:
    opened = open_session(user_id, BROWSER, proof=Proof.TOTP, request_id=uuid7())  # type: ignore[arg-type]  # a user's id
    Session.objects.filter(pk=opened.session_id).update(**columns)
    return opened.token


@pytest.mark.control("8.3")
def test_who_sits_for_a_time_hears_that_it_is_over_and_then_nothing_more(
    live: LiveProcess, fresh_world: World
) -> None:
    world = fresh_world
    seated_until(world, timezone.now() + timedelta(seconds=3))
    ito = live.opens(bearer(a_token(world.people["ito"])))
    kato = live.opens(bearer(a_token(world.people["kato"])))
    first = posted(world)
    heard_while = ito.hears_post(first)

    # Nobody ends the row, and nothing is pushed: the time alone is over.
    assert ito.hears_kinds("catchup", "post", "membership", "membership")
    last = posted(world)

    assert heard_while
    assert kato.hears_post(last)
    assert [event.kind for event in ito.events].count("post") == 1
    assert not ito.is_over
