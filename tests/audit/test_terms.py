"""What is over its term goes from the record, and nothing else can go with it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from carestation.audit import verifier
from carestation.audit.choices import Wrong
from carestation.audit.commands.checkpoints import sign_parts, sign_whole
from carestation.audit.commands.terms import remove_what_is_over
from carestation.audit.models import WHOLE, Entry
from carestation.audit.queries.record import Asked, read_record
from carestation.audit.queries.verification import Verdict, verify_log
from carestation.audit.tasks import remove
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.rules import Rules
from carestation.factlog.models import LoggedFact
from carestation.factlog.months import drop_months
from carestation.groups.choices import Side
from carestation.kernel.sql import rows_of
from carestation.timeline.commands.posts import publish_post
from carestation.ui.times import TOKYO
from tests.accounts.people import clock_at
from tests.audit.sealed import change, seal_all, seal_and_sign, undone
from tests.audit.test_verifier import taken_away
from tests.facilities.people import a_manager
from tests.world import World, a_draft

AGE: Final = "UPDATE factlog_loggedfact SET at = '{}' WHERE id <= %(last)s"
TAKE: Final = "DELETE FROM factlog_loggedfact WHERE id = %(one)s"
BLANK: Final = (
    "UPDATE audit_entry SET at = NULL, kind = '', actor_id = NULL, group_id = NULL"
    " WHERE fact_id = %(one)s"
)
FORGED: Final = """
INSERT INTO factlog_loggedfact SELECT id + 1, era, xid, '{at}', 'audit.FactsRemoved', NULL,
  facility_id, NULL, NULL, facility_id, request_id, '{detail}' FROM factlog_loggedfact
  WHERE id = %(one)s
"""
BEND: Final = "UPDATE factlog_loggedfact SET detail = '{}' WHERE id = %(one)s"
KEPT_SINCE: Final = "SELECT audit_kept_since(%(of)s, %(now)s) AS since"
MONTH: Final = "CREATE TABLE {} PARTITION OF factlog_loggedfact FOR VALUES FROM ('{}') TO ('{}')"


def months_first() -> datetime:
    """Return when this month began in Japan."""
    return (
        timezone.now().astimezone(TOKYO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )


def years_before(day: datetime, years: int) -> datetime:
    return day.replace(year=day.year - years)


def aged(at: datetime) -> int:
    """Let everything so far have happened at a time; return how much that is."""
    last = LoggedFact.objects.order_by("-id").values_list("id", flat=True)[0]
    change(AGE.format(at.isoformat()), last=last)
    return LoggedFact.objects.count()


def an_old_log(world: World) -> tuple[int, datetime]:
    """Return how many facts are over their term now, and since when what is kept is kept."""
    since = years_before(months_first(), 5)
    count = aged(since - timedelta(microseconds=1))
    for _ in range(5):
        publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    seal_and_sign()
    return count, since


def kept_since(of: UUID | None, now: datetime) -> datetime:
    [row] = rows_of(KEPT_SINCE, {"of": of, "now": now})
    since: datetime = row["since"]
    return since


def found() -> tuple[Wrong, int] | None:
    finding = verify_log().finding
    return (finding.wrong, finding.number) if finding else None


@pytest.mark.control("8.15")
def test_a_term_ends_with_the_month_and_the_seal_holds(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count, since = an_old_log(committed_world)
    facility_id, edge = committed_world.facility.pk, months_first()
    own = LoggedFact.objects.filter(facility_id=facility_id, at__lt=since).count()

    with clock_at(edge - timedelta(seconds=1)):
        before = remove_what_is_over()
    with clock_at(edge):
        remove(timestamp=0)
        again = remove_what_is_over()
    seal_and_sign()
    verdict = verify_log()
    code = verifier.main([str(taken_away(committed_world, tmp_path / "part"))])

    told = LoggedFact.objects.filter(kind="audit.FactsRemoved").order_by("-facility_id")
    assert (before, again) == (0, 0)
    assert not LoggedFact.objects.filter(at__lt=since).exists()
    assert verdict == Verdict(
        facts=count + 5 + 2,
        checkpoints=verdict.checkpoints,
        finding=None,
        removed=count,
        removed_before=since,
    )
    assert [(one.object_id, one.detail["total"]) for one in told] == [
        (WHOLE, count - own),
        (facility_id, own),
    ]
    gone = Entry.objects.filter(number__lt=count).values_list("at", "kind", "actor_id", "group_id")
    assert set(gone) == {(None, "", None, None)}
    assert f"Intact; {own} facts before {since:%Y-%m-%d} were" in capsys.readouterr().out
    assert code == 0


@pytest.mark.control("8.15")
def test_what_goes_beside_what_is_over_its_term_is_named(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count, _ = an_old_log(committed_world)
    remove_what_is_over()
    seal_and_sign()
    removal = LoggedFact.objects.get(kind="audit.FactsRemoved", object_id=WHOLE).pk
    taken = Entry.objects.get(number=count + 2).fact_id
    lines, places = [], []
    for statements, one in (((TAKE,), taken), ((TAKE, BLANK), taken), ((TAKE, BLANK), removal)):
        with undone():
            change(*statements, one=one)
            places.append(found())
            verifier.main([str(taken_away(committed_world, tmp_path / "part"))])
            lines.append(capsys.readouterr().out)

    first = Entry.objects.filter(facility_id=None).order_by("number")[0]
    assert places == [(Wrong.MISSING, count + 2)] * 2 + [(Wrong.MISSING, first.number)]
    own = Entry.objects.filter(
        facility_id=committed_world.facility.pk, number__lt=count + 2
    ).count()
    assert [f"WRONG at line {own + 1}: this fact was taken away" in one for one in lines[:2]] == [
        True,
        True,
    ]
    assert "were removed by policy" in lines[2], "of no facility: not in this part"
    assert found() is None


@pytest.mark.control("8.15")
def test_a_removal_that_says_it_happens_in_years_lets_nothing_go_now(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the database in hand writes such a fact; it is sealed and signed like another."""
    seal_and_sign()
    now, facility_id = timezone.now(), committed_world.facility.pk
    before = now - timedelta(days=32)
    told = {"before": before.isoformat(), "count": 1, "total": 1, "part_id": str(facility_id)}
    change(
        FORGED.format(at=(before + timedelta(days=5 * 366)).isoformat(), detail=json.dumps(told)),
        one=Entry.objects.order_by("-number")[0].fact_id,
    )
    seal_and_sign()
    assert found() is None
    gone = Entry.objects.filter(facility_id=facility_id).order_by("number")[1]

    change(TAKE, BLANK, one=gone.fact_id)

    assert found() == (Wrong.MISSING, gone.number)
    assert verifier.main([str(taken_away(committed_world, tmp_path / "part"))]) == 1
    assert "WRONG at line 2: this fact was taken away" in capsys.readouterr().out


@pytest.mark.control("8.15")
@pytest.mark.parametrize("detail", ["{}", '{"before": "x", "total": 1}', '{"before": null}'])
def test_a_removal_whose_words_were_bent_is_named_like_any_fact(
    committed_world: World, detail: str
) -> None:
    count, _ = an_old_log(committed_world)
    remove_what_is_over()
    seal_and_sign()
    removal = LoggedFact.objects.get(kind="audit.FactsRemoved", object_id=WHOLE)
    with undone():
        change(BEND.format(detail), one=removal.pk)
        bent = found()

    first = Entry.objects.filter(facility_id=None, number__lt=count).order_by("number")[0]
    assert bent == (Wrong.MISSING, first.number), "what it explained is not explained any more"


@pytest.mark.control("8.15")
def test_nobody_lets_go_what_is_within_its_term(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        aged(years_before(months_first(), 5))
        cursor.execute("SET LOCAL ROLE carestation_app")
        for statement in (
            "DELETE FROM factlog_loggedfact",
            "UPDATE audit_entry SET at = NULL",
            "SELECT 1 FROM factlog_loggedfact_other",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(statement)
        for until in ("clock_timestamp()", "audit_kept_since(NULL, now()) + interval '1 second'"):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(f"SELECT audit_remove_facts(NULL, {until})")
        cursor.execute("RESET ROLE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM factlog_loggedfact")


@pytest.mark.control("8.15")
def test_each_facility_has_its_own_term_and_a_milder_rule_waits_a_month(world: World) -> None:
    desk = a_manager(world)
    facility_id, first, now = world.facility.pk, months_first(), timezone.now()
    nothing_decided = kept_since(facility_id, now)
    change_policy(desk, Rules(retention_years=10), version=0)
    longer = kept_since(facility_id, now)
    change_policy(desk, Rules(retention_years=5), version=1)

    later = now + timedelta(days=32)

    assert nothing_decided == years_before(first, 5)
    assert longer == kept_since(facility_id, now) == kept_since(None, now)
    assert longer == years_before(first, 10)
    month = later.astimezone(TOKYO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert kept_since(facility_id, later) == years_before(month, 5)


def test_what_was_never_sealed_stays(committed_world: World) -> None:
    aged(years_before(months_first(), 6))

    removed = remove_what_is_over()
    seal_all()
    sign_parts()
    sign_whole()

    assert removed == 0
    assert remove_what_is_over() > 0


def test_what_went_is_not_on_the_page_and_that_it_went_is(committed_world: World) -> None:
    desk = a_manager(committed_world)
    an_old_log(committed_world)
    remove_what_is_over()
    seal_all()

    lines = read_record(desk, Asked()).lines

    assert {line.what for line in lines} == {"投稿した", "保存の期限が過ぎた記録を消した"}
    assert all(line.at for line in lines)


@pytest.mark.django_db
def test_an_old_month_goes_when_nothing_is_left_in_it() -> None:
    with connection.cursor() as cursor:
        for name, year in (("empty", 2001), ("held", 2002), ("young", 2100)):
            part = f"factlog_loggedfact_{name}"
            cursor.execute(MONTH.format(part, f"{year}-01-01+09", f"{year}-02-01+09"))
        cursor.execute(
            "INSERT INTO factlog_loggedfact (at, kind, object_id, request_id, detail)"
            " VALUES ('2002-01-05', 'x', gen_random_uuid(), gen_random_uuid(), '{}')"
        )

    dropped = drop_months()

    left = rows_of("SELECT to_regclass('factlog_loggedfact_empty') IS NULL AS gone", {})
    assert (dropped, left) == (1, [{"gone": True}])
    assert LoggedFact.objects.count() == 1
