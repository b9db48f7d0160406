"""Whoever has the database in hand and bends the log is found out, at the first wrong place."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import F
from django.utils import timezone

from carestation.audit.choices import Bent, Wrong
from carestation.audit.commands.checkpoints import sign_parts, sign_whole
from carestation.audit.commands.keeping import keep_outside
from carestation.audit.commands.verifications import verify_and_keep
from carestation.audit.models import WHOLE, Checkpoint, Entry, Mark, SigningKey, Tree
from carestation.audit.queries import stretches
from carestation.audit.queries.checkpoints import kept_note
from carestation.audit.queries.verification import Finding, verify_log
from carestation.factlog.checkpoints import NotACheckpointError
from carestation.factlog.commands import FOLLOWERS, follow
from carestation.factlog.merkle import Frontier
from carestation.factlog.models import Cursor, LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from tests.accounts.people import clock_at
from tests.audit.sealed import COPY, SEALER, change, seal_all, seal_and_sign, undone
from tests.world import World, a_draft

PLACE: Final = 7  # of the fact that is tampered with
SET: Final = "UPDATE factlog_loggedfact SET {} WHERE id = %(one)s"
LATER: Final = "xid = (xid::text::bigint + 1000000)::text::xid8"
BENDS: Final = ("DELETE FROM {}", "UPDATE {} SET {} = NULL", "TRUNCATE {}")
SEALED: Final = {
    "audit_entry": "leaf",
    "audit_mark": "marks",
    "audit_checkpoint": "note",
    "audit_signingkey": "name",
}


def fact_at(number: int) -> int:
    return Entry.objects.get(number=number).fact_id


def changed(statement: str) -> None:
    change(statement, one=fact_at(PLACE))


def swapped() -> None:
    """Two rows change their numbers."""
    change(
        "UPDATE factlog_loggedfact SET id = -1 WHERE id = %(one)s",
        "UPDATE factlog_loggedfact SET id = %(one)s WHERE id = %(other)s",
        "UPDATE factlog_loggedfact SET id = %(other)s WHERE id = -1",
        one=fact_at(PLACE),
        other=fact_at(PLACE + 5),
    )


def exchanged(first: int = PLACE) -> None:
    """Two rows change what they say, and their entries with them."""
    change(
        "UPDATE factlog_loggedfact f SET object_id = o.object_id FROM factlog_loggedfact o WHERE"
        " (f.id, o.id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
        "UPDATE audit_entry e SET leaf = factlog_leaf(f) FROM factlog_loggedfact f"
        " WHERE f.id = e.fact_id",
        one=fact_at(first),
        other=fact_at(PLACE + 5),
    )


def taken_away_with_its_entry() -> None:
    """A fact and its entry are no more, and all that comes after moves up."""
    change("DELETE FROM factlog_loggedfact WHERE id = %(one)s", one=fact_at(PLACE))
    Entry.objects.filter(number=PLACE).delete()
    for later in Entry.objects.filter(number__gt=PLACE).order_by("number"):
        Entry.objects.filter(number=later.number).update(number=later.number - 1)


def seal_cut_off() -> None:
    Entry.objects.filter(number__gte=PLACE).delete()


def found_otherwise(**said: object) -> None:
    """The fact and its leaf stay; only by what pages find it is another."""
    Entry.objects.filter(number=PLACE).update(**said)


def entry_bent() -> None:
    """The fact stays what it was; what the seal says of it does not."""
    Entry.objects.filter(number=PLACE).update(leaf=b"x" * 32)


def last_checkpoint_taken_away() -> None:
    newest = Checkpoint.objects.of_tree(WHOLE).last()
    assert newest is not None
    newest.delete()


def signature_bent() -> None:
    row = Checkpoint.objects.of_tree(WHOLE).get(size=PLACE)
    text, _, signature = row.note.rpartition(" ")
    row.note = f"{text} {'A' * 12}{signature[12:]}"
    row.save()


def root_bent() -> None:
    row = Checkpoint.objects.of_tree(WHOLE).get(size=PLACE)
    lines = row.note.split("\n")
    row.note = "\n".join([*lines[:2], b64encode(bytes(32)).decode(), *lines[3:]])
    row.save()


def checkpoint_taken_away() -> None:
    Checkpoint.objects.of_tree(WHOLE).filter(size=PLACE).delete()


def checkpoint_forged() -> None:
    row = Checkpoint.objects.of_tree(WHOLE).filter(size=PLACE)
    row.update(note=row.get().note.replace(f"\n{PLACE}\n", f"\n{PLACE + 1}\n"), size=PLACE + 1)


def checkpoint_not_ours() -> None:
    row = Checkpoint.objects.of_tree(WHOLE).filter(size=PLACE)
    row.update(note="the log is fine")


BENT: Final[dict[Callable[[], None], tuple[Wrong, int]]] = {
    lambda: changed(SET.format("actor_id = gen_random_uuid()")): (Wrong.CHANGED, PLACE),
    lambda: changed(SET.format("at = at + interval '1 second'")): (Wrong.CHANGED, PLACE),
    lambda: changed(SET.format("detail = '{}'")): (Wrong.CHANGED, PLACE),
    lambda: changed(SET.format(LATER)): (Wrong.MOVED, PLACE),
    lambda: changed(SET.format("kind = 'x'")): (Wrong.CHANGED, PLACE),
    lambda: changed("DELETE FROM factlog_loggedfact WHERE id = %(one)s"): (Wrong.MISSING, PLACE),
    lambda: changed("DELETE FROM factlog_loggedfact WHERE id >= %(one)s"): (Wrong.MISSING, PLACE),
    lambda: changed(COPY): (Wrong.ADDED, PLACE + 1),
    swapped: (Wrong.MOVED, PLACE),
    # Whoever bends the seal too has the signatures against them, and the mark says where.
    exchanged: (Wrong.SEAL, PLACE),
    lambda: exchanged(PLACE + 2): (Wrong.SEAL, PLACE + 2),
    taken_away_with_its_entry: (Wrong.SEAL, PLACE),
    entry_bent: (Wrong.SEAL, PLACE),
    # Pages look for entries: who hides a look from them leaves leaf and fact as they are.
    lambda: found_otherwise(group_id=UUID(int=1)): (Wrong.SEAL, PLACE),
    lambda: found_otherwise(actor_id=None): (Wrong.SEAL, PLACE),
    lambda: found_otherwise(facility_id=UUID(int=1)): (Wrong.SEAL, PLACE),
    lambda: found_otherwise(kind="x"): (Wrong.SEAL, PLACE),
    lambda: found_otherwise(at=F("at") + timedelta(seconds=1)): (Wrong.SEAL, PLACE),
    lambda: found_otherwise(at=None): (Wrong.MISSING, PLACE),
    seal_cut_off: (Wrong.SEAL, PLACE),
    checkpoint_taken_away: (Wrong.CHECKPOINT, 0),
    checkpoint_forged: (Wrong.CHECKPOINT, 0),
    checkpoint_not_ours: (Wrong.CHECKPOINT, 0),
}
# Which checkpoint is named by its size (None: the newest), and what is said of it.
BENT_CHECKPOINTS: Final[dict[Callable[[], None], tuple[Bent, int | None]]] = {
    checkpoint_taken_away: (Bent.UNLINKED, None),
    last_checkpoint_taken_away: (Bent.LOST, None),
    checkpoint_forged: (Bent.UNSIGNED, PLACE + 1),
    checkpoint_not_ours: (Bent.UNREADABLE, PLACE),
    signature_bent: (Bent.UNSIGNED, PLACE),
    root_bent: (Bent.UNSIGNED, PLACE),
}


@pytest.mark.control("8.15")
def test_what_was_bent_is_named_at_its_first_wrong_place(fresh_world: World) -> None:
    seal_all()
    first_signed_at(PLACE)
    sign_whole()
    whole = verify_log()
    found = []
    for bend in BENT:
        with undone():
            bend()
            found.append(verify_log().finding)

    assert whole.finding is None
    assert whole.facts == LoggedFact.objects.count() > 2 * PLACE
    assert [(one.wrong, one.number) if one else None for one in found] == list(BENT.values())
    assert all(one.fact_id for one in found if one and one.wrong in {Wrong.CHANGED, Wrong.MISSING})
    assert verify_log() == whole


@pytest.mark.control("8.15")
def test_a_checkpoint_that_was_bent_is_named_and_the_facts_below_it_are_read_all_the_same(
    fresh_world: World,
) -> None:
    seal_all()
    first_signed_at(PLACE)
    newest = sign_whole()
    found, with_a_fact = [], []
    for bend in BENT_CHECKPOINTS:
        with undone():
            bend()
            found.append(verify_log())
            changed(SET.format("kind = 'x'"))
            with_a_fact.append(verify_log())

    assert newest is not None
    whole = {one.size for one in Checkpoint.objects.of_tree(WHOLE)}
    assert [(one.finding.bent, one.finding.size) if one.finding else None for one in found] == [
        (bent, size or newest.size) for bent, size in BENT_CHECKPOINTS.values()
    ]
    assert {one.finding.tree_id for one in found if one.finding} == {WHOLE}
    assert [one.rows for one in found] == [None] * len(found)
    assert {one.facts for one in found} == {LoggedFact.objects.count()}
    assert all(one.checkpoints == len(whole) - 1 for one in found), "the other root is met"
    expected = Finding(wrong=Wrong.CHANGED, number=PLACE, fact_id=fact_at(PLACE))
    assert [one.rows for one in with_a_fact] == [expected] * len(found)
    assert [one.finding for one in with_a_fact] == [one.finding for one in found]


@pytest.mark.control("8.15")
def test_a_seal_that_was_bent_says_whether_the_fact_is_what_was_signed(
    fresh_world: World,
) -> None:
    seal_all()
    first_signed_at(PLACE)
    newest = sign_whole()
    with undone():
        entry_bent()
        entry = verify_log().finding
    with undone():
        exchanged()
        both = verify_log().finding

    assert newest is not None
    assert entry == Finding(wrong=Wrong.SEAL, number=PLACE, until=PLACE, fact_id=fact_at(PLACE)), (
        "the fact is what was signed"
    )
    assert both == Finding(
        wrong=Wrong.SEAL,
        number=PLACE,
        fact_id=fact_at(PLACE),
        tree_id=WHOLE,
        size=newest.size,
    )


@pytest.mark.control("8.15")
def test_where_nothing_is_kept_of_marks_a_stretch_is_named_from_the_last_signed_root_on(
    fresh_world: World,
) -> None:
    seal_all()
    first_signed_at(PLACE)
    newest = sign_whole()
    few_at_once = stretches.ENTRIES.replace("LIMIT 5000", "LIMIT 3")
    with undone(), patch.object(stretches, "ENTRIES", few_at_once):
        exchanged(PLACE + 2)
        marked = verify_log().finding
        Mark.objects.all().delete()
        unmarked = verify_log().finding

    assert newest is not None
    assert marked is not None
    assert (marked.number, marked.until) == (PLACE + 2, None)
    assert unmarked == Finding(
        wrong=Wrong.SEAL, number=PLACE, until=newest.size - 1, tree_id=WHOLE, size=newest.size
    )


@pytest.mark.control("8.15")
def test_checkpoints_of_a_facility_that_were_all_taken_away_are_missed_by_the_whole(
    fresh_world: World,
) -> None:
    seal_and_sign()
    parts = Tree.objects.exclude(pk=WHOLE).values_list("pk", flat=True)
    publish_post(fresh_world.seat("kato", Side.PROFESSIONAL), a_draft("次の署名の前に"))
    seal_all()
    whole = sign_whole()
    intact, found = verify_log(), []
    for part in parts:
        with undone():
            Checkpoint.objects.of_tree(part).delete()
            Tree.objects.filter(pk=part).update(signed_size=0)
            found.append(verify_log())
            sign_parts()
            found.append(verify_log())

    assert whole is not None
    assert intact.finding is None
    assert found
    assert {one.finding and (one.finding.bent, one.finding.size) for one in found} == {
        (Bent.PARTLESS, whole.size)
    }
    assert {one.rows for one in found} == {None}


@pytest.mark.control("8.15")
def test_a_bent_checkpoint_that_left_the_machine_is_replaced_by_what_left(
    fresh_world: World,
) -> None:
    kept = seal_and_sign()
    Checkpoint.objects.filter(pk=kept.pk).update(note="the log is fine")

    verdict = verify_log([kept.note])

    assert verdict.finding is not None
    assert (verdict.finding.bent, verdict.rows) == (Bent.UNREADABLE, None)


def first_signed_at(size: int) -> None:
    """Let a first checkpoint stand at a size, as if it had been signed then."""
    entries = Entry.objects.filter(number__lt=size).order_by("number")
    tree = Frontier()
    tree.extend(bytes(entry.leaf) for entry in entries)
    now = Tree.objects.get(pk=WHOLE)
    Tree.objects.filter(pk=WHOLE).update(size=size, peaks=tree.to_bytes())
    sign_whole()
    Tree.objects.filter(pk=WHOLE).update(size=now.size, peaks=now.peaks)


@pytest.mark.control("8.15")
def test_an_older_state_that_was_put_back_is_found_by_a_checkpoint_that_left(
    fresh_world: World,
) -> None:
    earlier = seal_and_sign()
    put_back = older_state()
    publish_post(fresh_world.seat("kato", Side.PROFESSIONAL), a_draft())
    later = seal_and_sign()
    before = [verify_log([one.note]).finding for one in (earlier, later)]

    put_back()

    assert before == [None, None]
    assert verify_log([earlier.note]).finding is None, "in itself it is whole"
    found = Finding(wrong=Wrong.ROLLED_BACK, number=earlier.size, tree_id=WHOLE, size=later.size)
    assert verify_log([later.note]).finding == found


@pytest.mark.control("8.15")
def test_a_log_that_was_put_back_and_grew_on_leaves_what_is_kept_beside_it(
    fresh_world: World, kept_in: Path
) -> None:
    seal_and_sign()
    put_back = older_state()
    seat = fresh_world.seat("kato", Side.PROFESSIONAL)
    publish_post(seat, a_draft())
    keep_outside(seal_and_sign())
    kept = kept_note()
    put_back()
    publish_post(seat, a_draft())
    publish_post(seat, a_draft())
    grown = seal_and_sign()

    keep_outside(grown)

    assert kept is not None
    assert kept_note() == kept
    assert kept_in.stat().st_mode & 0o777 == 0o600
    finding = verify_log([kept]).finding
    assert finding is not None
    assert finding.wrong is Wrong.ROLLED_BACK


@pytest.mark.control("8.15")
def test_a_sealer_that_was_led_past_the_facts_is_found_within_the_hour(
    fresh_world: World,
) -> None:
    size = seal_and_sign().size
    Cursor.objects.filter(pk=SEALER).update(xid=str(2**62))
    publish_post(fresh_world.seat("kato", Side.PROFESSIONAL), a_draft())
    fact = LoggedFact.objects.order_by("-id")[0]
    follow(FOLLOWERS[SEALER])
    at_once = verify_log().finding

    with clock_at(timezone.now() + timedelta(hours=1, seconds=1)):
        later = verify_log().finding

    assert at_once is None, "it may be on its way"
    assert later == Finding(wrong=Wrong.UNSEALED, number=size, fact_id=fact.pk)


@pytest.mark.control("8.15")
def test_keys_that_were_put_in_the_place_of_ours_are_found_by_the_clock_too(
    fresh_world: World, kept_in: Path
) -> None:
    keep_outside(seal_and_sign())
    assert verify_and_keep().wrong == ""
    Checkpoint.objects.all().delete()
    SigningKey.objects.all().delete()
    Tree.objects.update(signed_size=0)
    sign_whole()

    kept = verify_and_keep()

    assert kept_in.exists()
    assert (kept.wrong, kept.number, kept.tree_id) == (Wrong.CHECKPOINT, 0, WHOLE)


def test_a_checkpoint_of_another_log_is_no_evidence(fresh_world: World) -> None:
    note = seal_and_sign().note
    forged = note.replace("\n\n", "\nmore words\n\n")

    for other in (forged, note[:-10] + "AAAAAAAA=\n", ""):
        with pytest.raises(NotACheckpointError):
            verify_log([other])


def test_the_application_cannot_change_what_is_sealed(fresh_world: World) -> None:
    seal_and_sign()

    for table, column in SEALED.items():
        for bend in BENDS:
            with pytest.raises(ProgrammingError, match="permission denied"):
                as_the_application(bend.format(table, column))


def as_the_application(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE carestation_app")
        cursor.execute(statement)


def older_state() -> Callable[[], None]:
    """Remember the log as it stands; what is returned puts it back, the seal and all."""
    last = LoggedFact.objects.order_by("id").last()
    trees = list(Tree.objects.all())
    checkpoints = set(Checkpoint.objects.values_list("pk", flat=True))
    cursor = Cursor.objects.get(pk=SEALER)

    def put_back() -> None:
        whole = next(tree for tree in trees if tree.pk == WHOLE)
        change("DELETE FROM factlog_loggedfact WHERE id > %(last)s", last=last.pk if last else 0)
        Entry.objects.filter(number__gte=whole.size).delete()
        Checkpoint.objects.exclude(pk__in=checkpoints).delete()
        for row in (*trees, cursor):
            row.save()

    return put_back
