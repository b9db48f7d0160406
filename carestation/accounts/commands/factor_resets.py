"""A lost second factor: a manager starts, and only the owner can finish.

Whoever may start it is checked above, where the rights of a manager are known. The link goes to the
owner's address and wants their password, too; the manager sees neither.

Controls: ISO/IEC 27017 5.17, 8.2; white paper 「認証情報の管理」.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import EndReason, Job, Purpose
from carestation.accounts.commands.brakes import forgive
from carestation.accounts.commands.devices import forget_devices
from carestation.accounts.commands.factors import lock_person
from carestation.accounts.commands.links import MailedLink, fresh_token, locked_link
from carestation.accounts.commands.sessions import Where, end_sessions_of
from carestation.accounts.commands.sign_in import check_own_password, lock_checked
from carestation.accounts.facts import FactorResetSent, FactorResetStarted, FactorsReset
from carestation.accounts.models import FactorReset, User
from carestation.accounts.queries.links import owner_of_factor_link
from carestation.accounts.queries.people import read_email
from carestation.accounts.queries.sessions import token_key
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor

LASTS: Final = timedelta(hours=24)


@transaction.atomic
def start_factor_reset(actor: Actor, user_id: UUID) -> None:
    """Let a link be mailed by which a person gives up the factors that they lost.

    Raises:
        NotVisible: the account has ended.
    """
    lock_person(user_id)
    announce(
        FactorResetStarted(actor_id=actor.user_id, request_id=actor.request_id, person_id=user_id)
    )
    jobs.configure_task(Job.MAIL_FACTOR_RESET).defer(user_id=str(user_id))


@transaction.atomic
def make_factor_link(user_id: UUID, *, request_id: UUID) -> MailedLink:
    """Make the link for a person; an earlier one ends.

    Raises:
        NotVisible: the account has ended.
    """
    user, now, token = lock_person(user_id), timezone.now(), fresh_token()
    FactorReset.objects.unused().filter(user=user).update(replaced_at=now)
    reset = FactorReset.objects.create(
        key=token_key(token), user=user, created_at=now, expires_at=now + LASTS
    )
    announce(FactorResetSent(reset_id=reset.pk, person_id=user.pk, request_id=request_id))
    return MailedLink(address=read_email(user, None), token=token)


def finish_factor_reset(token: str, password: str, where: Where, *, request_id: UUID) -> None:
    """Give up every second factor, by link and password: once; every session ends.

    A wrong password is counted in a transaction of its own and leaves the link open.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its day.
        WrongSignIn: the password is wrong.
        TooMany: too many wrong ones of late.
    """
    owner_id = owner_of_factor_link(token)
    actor = Actor(user_id=owner_id, request_id=request_id)
    checked = check_own_password(actor, password, where)
    _give_up_factors(actor, checked, token)


@transaction.atomic
def _give_up_factors(actor: Actor, checked: User, token: str) -> None:
    user = lock_checked(checked)
    reset = locked_link(FactorReset.objects.open(timezone.now()).filter(user=user), token)
    reset.used_at = timezone.now()
    reset.save(update_fields=["used_at"])
    Authenticator.objects.filter(user=user).delete()
    forget_devices(actor, user.pk)
    end_sessions_of(actor, user.pk, EndReason.FACTORS_RESET)
    forgive(Purpose.CODE, user.pk.hex)
    announce(FactorsReset(actor_id=user.pk, request_id=actor.request_id, person_id=user.pk))
