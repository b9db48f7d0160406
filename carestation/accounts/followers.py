"""What follows from facts of accounts: mails to the person whom they concern.

A follower defers its jobs in the transaction of its cursor, so each mail is asked for once.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.accounts.facts import (
    AddressChangeAsked,
    AddressChanged,
    DeviceRemembered,
    FactorsReset,
    PasswordChanged,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorEnrolled,
    SecondFactorRemoved,
    SignedIn,
)
from carestation.accounts.queries.devices import is_from_new_device
from carestation.factlog.commands import follower


@follower(PasswordChanged)
def tell_of_password(facts: Sequence[PasswordChanged]) -> None:
    """Tell people that their password changed."""
    for fact in facts:
        _write(fact.person_id, Letter.PASSWORD_CHANGED)


@follower(SecondFactorEnrolled)
def tell_of_factor(facts: Sequence[SecondFactorEnrolled]) -> None:
    """Tell people that they have a second factor more."""
    for fact in facts:
        _write(fact.person_id, Letter.FACTOR_ADDED)


@follower(SecondFactorRemoved)
def tell_of_missing_factor(facts: Sequence[SecondFactorRemoved]) -> None:
    """Tell people that they have a second factor less."""
    for fact in facts:
        _write(fact.person_id, Letter.FACTOR_REMOVED)


@follower(RecoveryCodesMade)
def tell_of_codes(facts: Sequence[RecoveryCodesMade]) -> None:
    """Tell people that their recovery codes are new."""
    for fact in facts:
        _write(fact.person_id, Letter.CODES_MADE)


@follower(RecoveryCodeUsed)
def tell_of_used_code(facts: Sequence[RecoveryCodeUsed]) -> None:
    """Tell people that a recovery code was used."""
    for fact in facts:
        _write(fact.person_id, Letter.CODE_USED)


@follower(FactorsReset)
def tell_of_reset_factors(facts: Sequence[FactorsReset]) -> None:
    """Tell people that all their second factors are gone."""
    for fact in facts:
        _write(fact.person_id, Letter.FACTORS_RESET)


@follower(AddressChangeAsked)
def tell_of_asked_address(facts: Sequence[AddressChangeAsked]) -> None:
    """Tell people, at the address that still holds, that another was asked for."""
    for fact in facts:
        _write(fact.actor_id, Letter.ADDRESS_ASKED)


@follower(AddressChanged)
def tell_of_changed_address(facts: Sequence[AddressChanged]) -> None:
    """Tell people of their new address, at both."""
    for fact in facts:
        _write(fact.actor_id, Letter.ADDRESS_CHANGED)
        jobs.configure_task(Job.MAIL_FORMER_ADDRESS).defer(change_id=str(fact.change_id))


@follower(SignedIn)
def tell_of_new_device(facts: Sequence[SignedIn]) -> None:
    """Tell people that they signed in from a device that they had not used before."""
    for fact in facts:
        if is_from_new_device(fact.actor_id, fact.session_id):
            _write(fact.actor_id, Letter.NEW_DEVICE)


@follower(DeviceRemembered)
def tell_of_remembered_device(facts: Sequence[DeviceRemembered]) -> None:
    """Tell people that a device of theirs need not show the second factor any more."""
    for fact in facts:
        _write(fact.actor_id, Letter.DEVICE_REMEMBERED)


def _write(user_id: UUID, letter: Letter) -> None:
    jobs.configure_task(Job.MAIL_LETTER).defer(user_id=str(user_id), letter=letter.value)
