"""Refused sign-ins: one row for the log, one for the owner's own history.

The same is written whether or not the account is known, so that the work tells nothing.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」, 「ログ」.
"""

import json
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter

from carestation.accounts.choices import RefusalReason
from carestation.accounts.commands.sessions import AGENT_LENGTH, Where
from carestation.accounts.facts import SignInRefused
from carestation.accounts.models import RefusedSignIn
from carestation.accounts.queries.history import refused_place
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import operator_bundle

KEPT: Final = timedelta(days=90)
REFUSALS: Final = Counter("carestation_refused_sign_ins", "Refused sign-ins.", ["reason"])


@transaction.atomic
def note_refusal(
    reason: RefusalReason,
    person_id: UUID | None,
    *,
    request_id: UUID,
    where: Where | None = None,
    session_id: UUID | None = None,
) -> None:
    """Note that someone was refused, from where, or through which session."""
    attempt_id = uuid7()
    REFUSALS.labels(reason.value).inc()
    RefusedSignIn.objects.create(
        id=attempt_id,
        user_id=person_id,
        session_id=session_id,
        at=timezone.now(),
        reason=reason,
        where_sealed=_sealed(where, attempt_id) if where else None,
    )
    announce(
        SignInRefused(
            attempt_id=attempt_id, person_id=person_id, reason=reason, request_id=request_id
        )
    )


def note_own_refusal(reason: RefusalReason, actor: Actor, where: Where | None = None) -> None:
    """Note that a known person was refused the next step."""
    note_refusal(
        reason,
        actor.user_id,
        request_id=actor.request_id,
        where=where,
        session_id=actor.session_id,
    )


def forget_refusals() -> int:
    """Drop what is older than any history shows; return how many. The log keeps its facts."""
    return RefusedSignIn.objects.filter(at__lte=timezone.now() - KEPT).delete()[0]


def _sealed(where: Where, attempt_id: UUID) -> bytes:
    said = {"device": where.device, "agent": where.agent[:AGENT_LENGTH], "address": where.address}
    return operator_bundle().seal(json.dumps(said), refused_place(attempt_id))
