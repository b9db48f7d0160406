"""The record of a facility's acts, as its desk reads it.

A patient's name is the desk's to read only where the reader sits in the group; otherwise a group is
known by its kind and the day when it was opened.

Controls: ISO/IEC 27017 8.15, 8.3; white paper 「ログ」.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.audit.choices import Act, Deed
from carestation.audit.models import Entry, EntryQuerySet
from carestation.audit.queries.people import names_of_staff, operators_among
from carestation.audit.rules import Fold, Noted, acts_of, folded, last_of, words_of
from carestation.facilities.rules import Desk
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Kind, Side
from carestation.groups.models.groups import Group
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.patients.queries.face_sheets import patients_of
from carestation.support.queries.clocks import Doubted, doubted_facts

PAGE_SIZE: Final = 50
READ_AT_ONCE: Final = 400  # so that folded looks still make a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader looks for; `before`: the number behind which the last page ended."""

    since: datetime | None = None
    until: datetime | None = None
    person_id: UUID | None = None
    deed: Deed | None = None
    group_id: UUID | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTold:
    """A group in the record; `patient`: the name, for who sits there."""

    id: UUID
    kind: str
    opened_at: datetime
    patient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act, or looks that are folded into one; `about`: whom it was done to.

    `is_time_doubted`: nobody vouched for the time when it was written.
    """

    at: datetime
    times: int
    who: str
    by_operator: bool
    what: str
    about: str
    side: str
    group: GroupTold | None
    is_refused: bool
    is_time_doubted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A page of the record, the newest first; `before` leads to the next."""

    lines: list[Line]
    people: Mapping[UUID, str]
    groups: list[GroupTold]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Who and what stands on a page, by their ids."""

    facts: Mapping[int, LoggedFact]
    people: Mapping[UUID, str]
    operators: frozenset[UUID]
    groups: Mapping[UUID, GroupTold]
    doubted: Doubted


def read_record(desk: Desk, asked: Asked) -> RecordPage:
    """Return what happened in the desk's facility, and how its people signed in."""
    entries = _entries(desk, asked)
    facts = {fact.pk: fact for fact in _facts(entries)}
    pairs = [(entry, facts[entry.fact_id]) for entry in entries if entry.fact_id in facts]
    read = [_noted(entry, fact) for entry, fact in pairs[:READ_AT_ONCE]]
    folds = folded(read, most=PAGE_SIZE)
    known = _Known(
        facts={entry.number: fact for entry, fact in pairs},
        people=names_of_staff(desk.facility_id, desk.actor),
        operators=operators_among({entry.actor_id for entry in entries if entry.actor_id}),
        groups=groups_told(desk.actor, {one.group_id for one in read if one.group_id}),
        doubted=doubted_facts(),
    )
    shown = sum(len(fold.noted) for fold in folds)
    return RecordPage(
        lines=[_line(fold, known) for fold in folds],
        people=known.people,
        groups=own_groups(desk.actor),
        before=last_of(folds) if 0 < shown < len(pairs) else None,
    )


def groups_told(actor: Actor, group_ids: Collection[UUID]) -> dict[UUID, GroupTold]:
    """Return groups as the reader may know them."""
    patients = patients_of(actor)
    with acting_as(Work.CUSTODY):
        groups = Group.objects.in_bulk(list(group_ids))
    return {
        group.pk: GroupTold(
            id=group.pk,
            kind=str(Kind(group.kind).label),
            opened_at=group.created_at,
            patient=patients[group.pk].face_sheet.name if group.pk in patients else "",
        )
        for group in groups.values()
    }


def own_groups(actor: Actor) -> list[GroupTold]:
    """Return the patients' groups in which the reader sits: what the record is sifted by."""
    told = groups_told(actor, patients_of(actor))
    return sorted(told.values(), key=lambda one: one.patient)


def sifted(entries: EntryQuerySet, asked: Asked) -> EntryQuerySet:
    """Return those that were asked for, newest first."""
    rows = entries.within(asked.since, asked.until).order_by("-at", "-number")
    if asked.person_id:
        rows = rows.filter(actor_id=asked.person_id)
    if asked.deed:
        rows = rows.filter(kind__in=acts_of(asked.deed))
    if asked.group_id:
        rows = rows.filter(group_id=asked.group_id)
    return rows.behind(asked.before)


def _entries(desk: Desk, asked: Asked) -> list[Entry]:
    """Return what was asked for, newest first: the facility's part, and its people's sign-ins."""
    part = sifted(Entry.objects.of_facility(desk.facility_id), asked)
    own = sifted(Entry.objects.own_of_staff(desk.facility_id), asked)
    most = READ_AT_ONCE + 1  # the last one says that there is more
    found = list(part[:most]) + ([] if asked.group_id else list(own[:most]))
    return sorted(found, key=lambda one: (one.at, one.number), reverse=True)[:most]


def _facts(entries: Sequence[Entry]) -> Iterable[LoggedFact]:
    """Return the facts of entries, newest first: of the months between the last and the first."""
    if not entries:
        return []
    within = (entries[-1].at, entries[0].at)
    return LoggedFact.objects.filter(pk__in=[one.fact_id for one in entries], at__range=within)


def _noted(entry: Entry, fact: LoggedFact) -> Noted:
    return Noted(
        number=entry.number,
        at=fact.at,
        kind=fact.kind,
        actor_id=entry.actor_id,
        object_id=fact.object_id,
        group_id=fact.group_id,
    )


def _line(fold: Fold, known: _Known) -> Line:
    newest = fold.noted[0]
    detail = known.facts[newest.number].detail
    about = detail.get("person_id")
    about_id = UUID(about) if about else None
    return Line(
        at=newest.at,
        times=len(fold.noted),
        who=known.people.get(newest.actor_id, "") if newest.actor_id else "",
        by_operator=newest.actor_id in known.operators and newest.actor_id not in known.people,
        what=words_of(newest.kind),
        about=known.people.get(about_id, "") if about_id and about_id != newest.actor_id else "",
        side=str(Side(detail["side"]).label) if "side" in detail else "",
        group=known.groups.get(newest.group_id) if newest.group_id else None,
        is_refused=newest.kind == Act.ACCOUNTS_SIGN_IN_REFUSED,
        is_time_doubted=any(known.facts[one.number].pk in known.doubted for one in fold.noted),
    )
