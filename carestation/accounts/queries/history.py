"""A person's own sign-ins: those that were let in, and those that were refused.

Controls: ISO/IEC 27017 5.17, 8.5, 8.15; white paper 「認証情報の管理」, 「ログ」.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count

from carestation.accounts.choices import Device, RefusalReason
from carestation.accounts.models import RefusedSignIn, Session
from carestation.accounts.queries.devices import Origin, origin_of, unusual_sessions
from carestation.accounts.rules import browser_of
from carestation.kernel.actor import Actor
from carestation.vault.scopes import operator_bundle
from carestation.vault.sealing import Place

SHOWN: Final = 50
OFTEN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInNote:
    """One sign-in, as its owner sees it.

    `refused`: why it was not let in. `is_proven`: by a second factor. `is_unusual`: from a network
    from which this person had never come in before.
    """

    at: datetime
    origin: Origin
    refused: RefusalReason | None
    is_proven: bool
    is_unusual: bool


def history_of(actor: Actor) -> list[SignInNote]:
    """Return the actor's last sign-ins, newest first."""
    sessions = list(Session.objects.of_person(actor.user_id).order_by("-id")[: SHOWN + 1])
    refusals = RefusedSignIn.objects.filter(user_id=actor.user_id).select_related("session")
    notes = [*_let_in(sessions), *(_refused(row) for row in refusals.order_by("-id")[:SHOWN])]
    return sorted(notes, key=lambda note: note.at, reverse=True)[:SHOWN]


def often_refused(people: Collection[UUID], *, since: datetime) -> int:
    """Return how many of these people were refused so often that someone should ask them."""
    refused = RefusedSignIn.objects.filter(user_id__in=people, at__gte=since)
    often = refused.values("user_id").annotate(times=Count("id")).filter(times__gte=OFTEN)
    return often.count()


def refused_place(attempt_id: UUID) -> Place:
    """Return where it is sealed from where a refused sign-in came."""
    return Place("accounts_refusedsignin", "where", attempt_id)


def _let_in(sessions: list[Session]) -> Iterable[SignInNote]:
    unusual = unusual_sessions(sessions)
    for session in sessions[:SHOWN]:
        yield SignInNote(
            at=session.created_at,
            origin=origin_of(session),
            refused=None,
            is_proven=session.second_factor_at is not None,
            is_unusual=session.pk in unusual,
        )


def _refused(row: RefusedSignIn) -> SignInNote:
    return SignInNote(
        at=row.at,
        origin=origin_of(row.session) if row.session else _sealed_origin(row),
        refused=RefusalReason(row.reason),
        is_proven=False,
        is_unusual=False,
    )


def _sealed_origin(row: RefusedSignIn) -> Origin:
    if row.where_sealed is None:
        return Origin(device=Device.UNKNOWN, browser="", address="")
    said = json.loads(operator_bundle().unseal(row.where_sealed, refused_place(row.pk)))
    return Origin(
        device=Device(said["device"]), browser=browser_of(said["agent"]), address=said["address"]
    )
