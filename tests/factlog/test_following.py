import hashlib
import threading
import time
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from carestation.factlog.commands import (
    FOLLOWERS,
    Follower,
    FollowerOfAll,
    announce,
    follow,
    pass_by,
)
from carestation.factlog.facts import KINDS, Fact, fact_of
from carestation.factlog.models import Cursor, LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.facts import MembershipBegan
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
from carestation.timeline.choices import Urgency
from carestation.timeline.facts import PostPublished
from tests.factlog.posted import posted

ids = st.uuids()
INSERT = """
INSERT INTO factlog_loggedfact (kind, {}, object_id, request_id, detail)
VALUES ('x', {}, gen_random_uuid(), gen_random_uuid(), '{{}}')
"""


facts = st.builds(
    PostPublished,
    actor_id=ids,
    request_id=ids,
    group_id=ids,
    post_id=ids,
    parent_id=st.none() | ids,
    facility_id=st.none() | ids,
    side=st.sampled_from(Side),
    urgency=st.sampled_from(Urgency),
)


@given(facts)
def test_a_fact_comes_back_from_its_row_as_it_was(fact: PostPublished) -> None:

    assert fact_of(fact.columns()) == fact


def follow_until(one: Follower, is_done: Callable[[], bool]) -> None:
    """Follow as the worker does: a transaction anywhere in the cluster keeps facts unsure."""
    until = time.monotonic() + 20
    while not is_done() and time.monotonic() < until:
        if not follow(one):
            threading.Event().wait(0.05)


def began() -> MembershipBegan:
    return MembershipBegan(
        actor_id=uuid7(),
        request_id=uuid7(),
        group_id=uuid7(),
        membership_id=uuid7(),
        person_id=uuid7(),
        role=Role.PROFESSIONAL,
    )


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_is_not_passed_by() -> None:
    seen: list[Fact] = []
    one = Follower(name="test", kind=MembershipBegan, act=seen.extend)
    first, second = began(), began()
    may_commit, has_written = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            announce(first)
            has_written.set()
            may_commit.wait()
        connection.close()

    thread = threading.Thread(daemon=True, target=slow)
    thread.start()
    has_written.wait()
    announce(second)
    early = follow(one)
    may_commit.set()
    thread.join()
    follow_until(one, lambda: len(seen) == 2)

    assert early == 0
    assert seen == [first, second]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_early_and_wrote_late_is_not_missed() -> None:
    seen: list[Fact] = []
    one = Follower(name="test", kind=MembershipBegan, act=seen.extend)
    first, second = began(), began()
    go, done, started = threading.Event(), threading.Event(), threading.Event()

    def early_xid_late_id() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            started.set()
            go.wait()
            announce(first)
        done.set()
        connection.close()

    thread = threading.Thread(daemon=True, target=early_xid_late_id)
    thread.start()
    started.wait()
    with transaction.atomic():
        announce(second)
        go.set()
        done.wait()
    thread.join()
    follow_until(one, lambda: len(seen) == 2)

    assert seen == [first, second]
    by_id = list(LoggedFact.objects.order_by("id").values_list("object_id", flat=True))
    assert by_id == [second.membership_id, first.membership_id]


@pytest.mark.django_db(transaction=True)
def test_a_restore_begins_a_new_era_and_nothing_is_passed_by() -> None:
    seen: list[Fact] = []
    one = Follower(name="test", kind=MembershipBegan, act=seen.extend)
    first, second = began(), began()
    announce(first)
    follow_until(one, lambda: len(seen) == 1)
    Cursor.objects.filter(follower="test").update(xid="99999999999")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE factlog_loggedfact ALTER era SET DEFAULT 2")

    try:
        announce(second)
        follow_until(one, lambda: len(seen) == 2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE factlog_loggedfact ALTER era SET DEFAULT 1")

    assert seen == [first, second]


@pytest.mark.control("8.15")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE factlog_loggedfact SET kind = 'x'", "DELETE FROM factlog_loggedfact"]
)
def test_a_fact_is_final_even_for_the_owner(change: str) -> None:
    announce(began())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.control("8.15")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE factlog_loggedfact SET kind = 'x'",
        "DELETE FROM factlog_loggedfact",
        "TRUNCATE factlog_loggedfact",
        "ALTER TABLE factlog_loggedfact DISABLE TRIGGER ALL",
        "DROP TABLE factlog_loggedfact",
        INSERT.format("at", "now()"),
        INSERT.format("xid", "'7'"),
        INSERT.format("era", "7"),
    ],
)
def test_the_applications_role_may_only_add_and_read(change: str) -> None:
    announce(began())

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE carestation_app")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(change)
    announce(began())

    assert LoggedFact.objects.count() == 2


@pytest.mark.control("8.15")
@pytest.mark.django_db
def test_time_and_leaf_are_the_databases_own() -> None:
    fact = began()
    announce(fact)

    row = LoggedFact.objects.get()
    leaf = row_of("SELECT factlog_leaf(f) AS leaf FROM factlog_loggedfact f", {})

    micros = int(row.at.timestamp() * 1_000_000 + 0.5)
    parts = (
        row.era,
        row.xid,
        row.pk,
        micros,
        fact.kind,
        fact.actor_id,
        "",
        fact.group_id,
        "",
        fact.membership_id,
        fact.request_id,
        '{"role": "professional", "person_id": "' + str(fact.person_id) + '"}',
    )
    expected = hashlib.sha256(b"\x00" + "|".join(map(str, parts)).encode()).digest()
    assert leaf == {"leaf": expected}


def test_every_kind_of_fact_has_a_name_of_its_own() -> None:
    kinds = {cls.kind for cls in KINDS.values()}

    assert len(kinds) == len(KINDS)


@pytest.mark.django_db(transaction=True)
def test_only_who_has_something_to_read_is_asked_to_read() -> None:
    seen: list[Fact] = []
    one = Follower(name="tests.asked", kind=MembershipBegan, act=seen.extend)
    with patch.dict(FOLLOWERS, {one.name: one}, clear=True):
        never_read = pass_by()
        announce(began())
        follow_until(one, lambda: len(seen) == 1)
        at_the_end = pass_by()
        announce(posted())
        follow_until(one, lambda: not pass_by())
        announce(began())
        heard = any(sure_soon() for _ in range(200))

    assert (never_read, at_the_end, len(seen)) == ([one], [], 1)
    assert heard, "what is new is heard of once it is sure"


@pytest.mark.django_db(transaction=True)
def test_whoever_finds_nothing_of_their_kind_passes_by_and_reads_nothing() -> None:
    seen: list[Fact] = []
    reader = Follower(name="tests.reader", kind=MembershipBegan, act=seen.extend)
    passer = Follower(name="tests.passer", kind=PostPublished, act=seen.extend)
    everything = FollowerOfAll(name="tests.everything", read=lambda _: [])
    for one in (reader, passer, everything):
        Cursor.objects.create(follower=one.name)
    announce(began())
    last = LoggedFact.objects.order_by("-id").values_list("id", flat=True)[0]

    with patch.dict(FOLLOWERS, {one.name: one for one in (reader, passer, everything)}, clear=True):
        until = time.monotonic() + 20
        while not (due := pass_by()) and time.monotonic() < until:
            threading.Event().wait(0.05)

    assert due == [reader, everything]
    assert dict(Cursor.objects.values_list("follower", "fact_id")) == {
        reader.name: 0,
        passer.name: last,
        everything.name: 0,
    }
    assert seen == []


@pytest.mark.django_db(transaction=True)
def test_of_many_facts_a_follower_gets_its_own_and_passes_the_others() -> None:
    seen: list[Fact] = []
    one = Follower(name="tests.passes", kind=MembershipBegan, act=seen.extend)
    own = [began() for _ in range(3)]
    for fact in own:
        announce(fact)
        announce(posted())
    last = LoggedFact.objects.order_by("-id").values_list("id", flat=True)[0]

    follow_until(one, lambda: Cursor.objects.filter(pk=one.name, fact_id=last).exists())

    assert seen == own
    assert (follow(one), seen) == (0, own)


def sure_soon() -> bool:
    threading.Event().wait(0.05)
    return bool(pass_by())
