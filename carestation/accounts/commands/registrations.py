"""Registrations: an address is proven by a link before a person takes something up.

What is taken up belongs to a context above (an application, an invitation): it begins a
registration, and its own command completes it, in one transaction with what follows:

    claimed = claim_registration(token, RegistrationPurpose.JOIN_FACILITY)
    user = register_claimed(claimed, draft, is_professional=True, request_id=…)
    begin_staff(…, user.pk, …)

or, for someone who has an account and has signed in, `match_claimed(actor, claimed, …)`.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「認証情報の管理」.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Purpose, RegistrationPurpose
from carestation.accounts.commands.brakes import count_try
from carestation.accounts.commands.links import (
    MailedLink,
    fresh_token,
    key_of_nobody,
    locked_link,
)
from carestation.accounts.commands.passwords import require_strong
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.facts import (
    RegistrationBegan,
    RegistrationCompleted,
    RegistrationEnded,
    RegistrationSent,
)
from carestation.accounts.models import Registration, User
from carestation.accounts.queries.links import read_registered_email, registered_email_place
from carestation.accounts.queries.people import email_index, find_by_email
from carestation.accounts.queries.sessions import token_key
from carestation.accounts.rules import Binding, kept_password, shortest_password
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, Refused
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
from carestation.vault.scopes import operator_bundle

# By hand: where there is no row yet, there is none to lock. Held to the end of the transaction.
STAND_IN_LINE: Final = "SELECT pg_advisory_xact_lock(%(key)s)"
DAY: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """Who someone says they are when they complete a registration."""

    name: str
    kana: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationLink(MailedLink):
    """What the mail needs; `is_known`: there is an account under the address already."""

    is_known: bool
    purpose: RegistrationPurpose
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A registration that was taken, in the transaction that is under way."""

    registration_id: UUID
    purpose: RegistrationPurpose
    subject_id: UUID | None
    email: str


@transaction.atomic
def begin_registration(
    actor: Actor | None,
    email: str,
    purpose: RegistrationPurpose,
    *,
    subject_id: UUID | None,
    page: str,
    request_id: UUID,
    lasts: timedelta = DAY,
) -> Registration:
    """Let a link be mailed to an address; one for the same thing that was open ends.

    `page` names the address of the page that completes it. Whether there is an account, only the
    worker finds out: here, the same is done for every address. `actor` is None where someone asks
    for themselves.

    Raises:
        DomainError: it would last longer than a week.
    """
    if not timedelta() < lasts <= LONGEST:
        raise DomainError("lasts")
    registration = _newest(email, purpose, subject_id, lasts)
    announce(
        RegistrationBegan(
            actor_id=actor.user_id if actor else None,
            request_id=request_id,
            registration_id=registration.pk,
            purpose=purpose,
        )
    )
    job = jobs.configure_task(Job.MAIL_REGISTRATION)
    job.defer(registration_id=str(registration.pk), page=page)
    return registration


@transaction.atomic
def make_registration_link(registration_id: UUID, *, request_id: UUID) -> RegistrationLink | None:
    """Make the link of a registration; None: it is open no more, or was asked for too often."""
    waiting = Registration.objects.open(timezone.now()).select_for_update()
    row = waiting.filter(pk=registration_id).first()
    if row is None:
        return None
    if count_try(Purpose.REGISTRATION_ADDRESS, bytes(row.email_index).hex()).left < 0:
        return None
    token, address = fresh_token(), read_registered_email(row)
    row.key = token_key(token)
    row.save(update_fields=["key"])
    announce(RegistrationSent(registration_id=row.pk, request_id=request_id))
    return RegistrationLink(
        address=address,
        token=token,
        is_known=find_by_email(address) is not None,
        purpose=RegistrationPurpose(row.purpose),
        expires_at=row.expires_at,
    )


@transaction.atomic
def end_registrations(actor: Actor, purpose: RegistrationPurpose, subject_id: UUID) -> int:
    """Cancel what is open for one thing; return how many links work no more."""
    own = Registration.objects.unused().about(purpose, subject_id)
    ended = list(own.select_for_update().order_by("id"))
    for row in ended:
        row.cancelled_at = timezone.now()
        row.save(update_fields=["cancelled_at"])
        announce(
            RegistrationEnded(
                actor_id=actor.user_id, request_id=actor.request_id, registration_id=row.pk
            )
        )
    return len(ended)


def claim_registration(token: str, purpose: RegistrationPurpose) -> Claimed:
    """Take a registration, inside the caller's transaction: of many at once, one gets it.

    Raises:
        NotVisible: no such link for this purpose, or it was used, replaced, cancelled, or is past
            its time.
    """
    now = timezone.now()
    row = locked_link(Registration.objects.open(now).filter(purpose=purpose), token)
    row.used_at = now
    row.save(update_fields=["used_at"])
    return Claimed(
        registration_id=row.pk,
        purpose=purpose,
        subject_id=row.subject_id,
        email=read_registered_email(row),
    )


def register_claimed(
    claimed: Claimed,
    draft: PersonDraft,
    *,
    is_professional: bool,
    request_id: UUID,
    binding: Binding | None = None,
) -> User:
    """Give whoever claimed a registration their account. Inside the caller's transaction.

    `binding`: what will bind them (`bind_person`), asked of the password already. When that is
    refused, the transaction is undone, so the link stays open.

    Raises:
        Conflict: there is an account under this address; its owner signs in (reason `known`).
        WeakPassword: the password is not taken.
    """
    if find_by_email(claimed.email) is not None:
        raise Conflict("known")
    asked, user_id = binding or Binding(), uuid7()
    require_strong(
        kept_password(draft.password),
        shortest=shortest_password(has_factor=False, asked=asked.shortest_password),
        known_words=(draft.name, draft.kana, claimed.email, *asked.facility_words),
    )
    user = register_person(
        Actor(user_id=user_id, request_id=request_id),
        NewPerson(
            email=claimed.email,
            name=draft.name,
            kana=draft.kana,
            password=draft.password,
            is_professional=is_professional,
        ),
        user_id=user_id,
    )
    _announce_completion(user.pk, claimed, request_id, is_new=True)
    return user


def match_claimed(actor: Actor, claimed: Claimed, *, is_professional: bool) -> User:
    """Return the signed-in person if the link came to their address. Inside the same transaction.

    Who takes up a place as a professional is one from then on.

    Raises:
        Refused: it came to another address (reason `other_address`).
    """
    user = find_by_email(claimed.email)
    if user is None or user.pk != actor.user_id:
        raise Refused("other_address")
    if is_professional and not user.is_professional:
        user.is_professional = True
        user.save(update_fields=["is_professional"])
    _announce_completion(user.pk, claimed, actor.request_id, is_new=False)
    return user


def _newest(
    email: str, purpose: RegistrationPurpose, subject_id: UUID | None, lasts: timedelta
) -> Registration:
    now, registration_id, index = timezone.now(), uuid7(), email_index(email)
    row_of(STAND_IN_LINE, {"key": int.from_bytes(index[:8], signed=True)})
    same = Registration.objects.unused().about(purpose, subject_id)
    same.filter(email_index=index).update(replaced_at=now)
    place = registered_email_place(registration_id)
    return Registration.objects.create(
        id=registration_id,
        key=key_of_nobody(),
        purpose=purpose,
        subject_id=subject_id,
        email_index=index,
        email_sealed=operator_bundle().seal(email.strip(), place),
        created_at=now,
        expires_at=now + lasts,
    )


def _announce_completion(
    user_id: UUID, claimed: Claimed, request_id: UUID, *, is_new: bool
) -> None:
    announce(
        RegistrationCompleted(
            actor_id=user_id,
            request_id=request_id,
            registration_id=claimed.registration_id,
            purpose=claimed.purpose,
            is_new=is_new,
        )
    )
