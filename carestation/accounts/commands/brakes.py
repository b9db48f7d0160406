"""Brakes on guessing: per account, per network address, and for all together.

A try is counted before it is made, in a transaction of its own, so that many at once count as
many; a right one is taken off again, and with it what the same person mistyped there before. It
counts the same whether or not the account exists.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Purpose
from carestation.accounts.models import Brake
from carestation.accounts.rules import network_of
from carestation.kernel.errors import TooMany
from carestation.kernel.sql import row_of, rows_of
from carestation.vault.scopes import operator_bundle

QUARTER: Final = timedelta(minutes=15)
# By hand: one statement counts and starts anew; reaching the limit makes the wait a whole one. None
# is longer: what lasts beyond that was begun before the clock was set back, and lasts no more (a
# minute is left to nodes whose clocks differ).
COUNT: Final = """
INSERT INTO accounts_brake AS b (key, count, until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN b.until > %(now)s AND b.until <= %(until)s + interval '1 minute'
    THEN b.count + 1 ELSE 1 END,
  until = CASE WHEN b.until > %(now)s AND b.until <= %(until)s + interval '1 minute'
    AND b.count + 1 <> %(limit)s THEN b.until ELSE %(until)s END
RETURNING count, until
"""
TAKE_OFF: Final = """
UPDATE accounts_brake SET count = greatest(count - %(tries)s, 0) WHERE key = %(key)s
"""
FORGIVE: Final = "DELETE FROM accounts_brake WHERE key = %(key)s RETURNING count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many wrong tries are let through in which time."""

    tries: int
    within: timedelta


LIMITS: Final = {
    Purpose.ACCOUNT: Limit(tries=5, within=QUARTER),
    Purpose.NETWORK: Limit(tries=30, within=QUARTER),
    # Refuses nobody: how many of a network's tries are one person's, who may come in yet.
    Purpose.ACCOUNT_AT_NETWORK: Limit(tries=5, within=QUARTER),
    Purpose.EVERYWHERE: Limit(tries=1_000, within=QUARTER),
    Purpose.CODE: Limit(tries=5, within=QUARTER),
    Purpose.CONFIRMATION: Limit(tries=5, within=QUARTER),
    Purpose.PASSKEY: Limit(tries=30, within=QUARTER),
    Purpose.CHALLENGE: Limit(tries=1, within=QUARTER),
    Purpose.RESET_ACCOUNT: Limit(tries=3, within=timedelta(hours=1)),
    Purpose.RESET_NETWORK: Limit(tries=20, within=timedelta(hours=1)),
    Purpose.REGISTRATION_ADDRESS: Limit(tries=10, within=timedelta(hours=1)),
    Purpose.REGISTRATION_NETWORK: Limit(tries=20, within=timedelta(hours=1)),
    Purpose.ADDRESS_CHANGE: Limit(tries=5, within=timedelta(hours=1)),
    Purpose.INVITATION: Limit(tries=30, within=timedelta(hours=1)),
    Purpose.EMERGENCY: Limit(tries=5, within=timedelta(hours=1)),
    Purpose.CONNECTION: Limit(tries=20, within=timedelta(hours=1)),
}
# While all together fail more often than ever by mistake, a network has this many tries.
TRIES_UNDER_ATTACK: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A try that was counted: the how-manieth, how many are left, and how long until anew."""

    count: int
    left: int
    wait_seconds: int

    @property
    def is_first_too_many(self) -> bool:
        """Whether this is the one try that is told of; those behind it would only fill the log."""
        return self.left == -1


def count_try(purpose: Purpose, subject: str) -> Tried:
    """Count a try and say how it stands; nothing is refused here."""
    limit, now = LIMITS[purpose], timezone.now()
    asked = {
        "key": _key(purpose, subject),
        "now": now,
        "until": now + limit.within,
        "limit": limit.tries,
    }
    row = row_of(COUNT, asked)
    assert row is not None  # noqa: S101 - RETURNING of an insert that always writes
    wait = max(1, round((row["until"] - now).total_seconds()))
    return Tried(count=row["count"], left=limit.tries - row["count"], wait_seconds=wait)


def brake(purpose: Purpose, subject: str) -> Tried:
    """Count a try.

    Raises:
        TooMany: there were too many of late.
    """
    tried = count_try(purpose, subject)
    if tried.left < 0:
        raise TooMany(purpose.value, retry_after_seconds=tried.wait_seconds)
    return tried


def brake_network(purpose: Purpose, address: str) -> None:
    """Count a try from a network; this machine itself is none.

    Raises:
        TooMany: there were too many of late.
    """
    if not is_own(address):
        brake(purpose, network_of(address))


@transaction.atomic
def count_sign_in(index: bytes, address: str) -> Tried:
    """Count a try to sign in, by whom, where and for all together; return the tightest.

    The rows are locked in one order: account, account at the network, network, everywhere. From
    this machine itself only the account counts: whoever sits at it has other ways.
    """
    account = count_try(Purpose.ACCOUNT, index.hex())
    if is_own(address):
        return account
    count_try(Purpose.ACCOUNT_AT_NETWORK, _at_network(index, address))
    network = count_try(Purpose.NETWORK, network_of(address))
    everywhere = count_try(Purpose.EVERYWHERE, "")
    if everywhere.left < 0 and network.count > TRIES_UNDER_ATTACK:
        return everywhere
    return account if account.left < 0 or network.left >= 0 else network


@transaction.atomic
def forgive_sign_in(index: bytes, address: str) -> None:
    """Take a right try off again, and what the account mistyped there before it.

    The account's count begins anew. Tries of others from the same network stay: who guesses at
    many accounts and owns one of them takes nothing off but what was tried at that one.
    """
    forgive(Purpose.ACCOUNT, index.hex())
    if is_own(address):
        return
    tries = forgive(Purpose.ACCOUNT_AT_NETWORK, _at_network(index, address))
    take_off(Purpose.NETWORK, network_of(address), tries=tries)
    take_off(Purpose.EVERYWHERE, "", tries=tries)


def take_off(purpose: Purpose, subject: str, *, tries: int = 1) -> None:
    """Take tries off again that were no guesses."""
    rows_of(TAKE_OFF, {"key": _key(purpose, subject), "tries": tries})


def forgive(purpose: Purpose, subject: str) -> int:
    """Let a count begin anew; return how far it was."""
    row = row_of(FORGIVE, {"key": _key(purpose, subject)})
    return int(row["count"]) if row else 0


def forget_brakes() -> int:
    """Drop what no longer brakes; return how many."""
    return Brake.objects.filter(until__lte=timezone.now()).delete()[0]


def is_own(address: str) -> bool:
    """Whether this machine asks itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _at_network(index: bytes, address: str) -> str:
    return f"{index.hex()}@{network_of(address)}"


def _key(purpose: Purpose, subject: str) -> bytes:
    return operator_bundle().derive(f"{purpose}:{subject}", "accounts_brake")
