"""The people of the demo world, whom its sign-in page offers.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from carestation.accounts.queries.people import address_of
from carestation.accounts.rules import current_code
from carestation.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Someone of the demo world, whom its sign-in page fills in."""

    email: str
    password: str
    totp_secret: str
    name: str
    words: str


def demo_people() -> tuple[DemoPerson, ...]:
    """Return whom the sign-in page of a demo offers; nobody elsewhere."""
    people: tuple[DemoPerson, ...] = settings.DEMO_PEOPLE
    return () if settings.IS_PRODUCTION else people


def demo_code(actor: Actor) -> str:
    """Return the code that a person of the demo world would read off their telephone."""
    known = {person.email: person.totp_secret for person in demo_people()}
    secret = known.get(address_of(actor.user_id), "") if known else ""
    return current_code(secret, at=timezone.now()) if secret else ""
