"""The twin of the session's statement, in the ORM: slower, and plain to read."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from carestation.accounts.choices import SessionKind, Standing
from carestation.accounts.models import Operator, PersonBinding, Session
from carestation.accounts.queries.sessions import Entry, token_key


def find_entry_twin(token: str) -> Entry | None:
    now = timezone.now()
    alive = Session.objects.alive(now).select_related("user")
    session = alive.filter(key=token_key(token), user__ended_at=None).first()
    if session is None:
        return None
    is_operator = Operator.objects.active().filter(user_id=session.user_id).exists()
    standing = _standing(session, is_operator=is_operator)
    if standing is None:
        return None
    return Entry(
        session_id=session.pk,
        user_id=session.user_id,
        kind=SessionKind(session.kind),
        standing=standing,
        confirmed_at=session.confirmed_at,
        proof=session.proof,
        idle_seconds=session.idle_seconds,
        is_due=standing is not Standing.IDLE and now - session.last_used_at >= timedelta(minutes=1),
        is_professional=session.user.is_professional,
        is_operator=is_operator,
        is_shared=session.is_shared,
    )


def _standing(session: Session, *, is_operator: bool) -> Standing | None:
    idle_at = session.last_used_at + timedelta(seconds=session.idle_seconds)
    is_idle = timezone.now() >= idle_at
    factors = Authenticator.objects.filter(user_id=session.user_id).exclude(type="recovery_codes")
    if session.second_factor_at is None and factors.exists():
        return None if is_idle else Standing.CODE_DUE
    if is_idle:
        return Standing.IDLE
    bound = PersonBinding.objects.filter(user=session.user).first()
    is_must = bound.second_factor if bound else session.user.is_professional
    if session.second_factor_at is None and (is_must or is_operator):
        return Standing.ENROLMENT_DUE
    return Standing.FULL
