"""What those who work for the provider did, as they may read it themselves. No patient, no post.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from carestation.accounts.models import Operator
from carestation.accounts.rules import Console
from carestation.audit.choices import OPERATED, Act
from carestation.audit.models import Entry
from carestation.audit.queries.people import names_of
from carestation.audit.rules import words_of
from carestation.facilities.models.facilities import Facility
from carestation.factlog.models import LoggedFact
from carestation.support.choices import Command
from carestation.support.queries.clocks import Doubted, doubted_facts
from carestation.support.queries.typed import Typed, typed_at_machine
from carestation.vault.models import OPERATOR

PAGE_SIZE: Final = 50
# What an operator does as someone who also works in a facility is the facility's to read.
OWN: Final = Q(kind__startswith="accounts.") | Q(kind__in=OPERATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAct:
    """One act; `who` is empty for the machine; `facility`: which it was about.

    `command`: what was typed at the machine; `typed`: by whom and why, as was said there;
    `typed_at`: when, where nothing ran that could write it down then.
    `is_time_doubted`: nobody vouched for the time when it was written.
    """

    number: int
    kind: str
    at: datetime
    who: str
    what: str
    command: str
    typed: Typed | None
    typed_at: datetime | None
    facility: str
    is_refused: bool
    is_time_doubted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsPage:
    """A page of them, the newest first; `before` leads to the next."""

    acts: list[OperatorAct]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Who and what stands on a page."""

    names: Mapping[UUID, str]
    facilities: Mapping[UUID, Facility]
    commands: Mapping[int, LoggedFact]
    typed: Mapping[UUID, Typed]
    doubted: Doubted


def operator_acts(console: Console, before: int | None, *, most: int = PAGE_SIZE) -> ActsPage:
    """Return what operators did at the console, at the machine and with their accounts."""
    people = set(Operator.objects.values_list("user_id", flat=True))
    own = Entry.objects.there().filter(OWN, actor_id__in={*people, OPERATOR}).behind(before)
    found = list(own.order_by("-at", "-number")[: most + 1])
    names = names_of(people, console.actor)
    about = Facility.objects.in_bulk([one.facility_id for one in found if one.facility_id])
    commands = _commands(found)
    known = _Known(
        names=names,
        facilities=about,
        commands=commands,
        typed=typed_at_machine(console, {one.object_id for one in commands.values()}),
        doubted=doubted_facts(),
    )
    return ActsPage(
        acts=[_act(one, at, known) for one in found[:most] if (at := one.at)],
        before=found[most - 1].number if len(found) > most else None,
    )


def _commands(found: Sequence[Entry]) -> dict[int, LoggedFact]:
    """Return the facts of what was typed at the machine: of the months of those entries."""
    typed = [one for one in found if one.kind == Act.SUPPORT_COMMAND_TYPED]
    if not typed:
        return {}
    facts = LoggedFact.objects.filter(
        pk__in=[one.fact_id for one in typed], at__range=(typed[-1].at, typed[0].at)
    )
    return {fact.pk: fact for fact in facts}


def _act(entry: Entry, at: datetime, known: _Known) -> OperatorAct:
    facility = known.facilities.get(entry.facility_id) if entry.facility_id else None
    fact = known.commands.get(entry.fact_id)
    typed = known.typed.get(fact.object_id) if fact else None
    who = known.names.get(entry.actor_id, "") if entry.actor_id else ""
    return OperatorAct(
        number=entry.number,
        kind=entry.kind,
        at=at,
        who=typed.name if typed else who,
        what=words_of(entry.kind),
        command=str(Command(fact.detail["command"]).label) if fact else "",
        typed=typed,
        typed_at=_typed_at(fact) if fact else None,
        facility=facility.name if facility else "",
        is_refused=entry.kind == Act.ACCOUNTS_SIGN_IN_REFUSED,
        is_time_doubted=entry.fact_id in known.doubted,
    )


def _typed_at(fact: LoggedFact) -> datetime | None:
    said = fact.detail.get("typed_at")
    return datetime.fromisoformat(said) if said else None
