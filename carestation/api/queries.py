"""What the pages do not ask: one's own account in one piece.

Controls: ISO/IEC 27017 5.16; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.bindings import binding_of, must_have_factor
from carestation.accounts.queries.people import Person, read_email, read_person
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import places_of
from carestation.kernel.actor import Actor
from carestation.timeline.rules import EDITABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person, ready to show to themselves, and what binds them."""

    person: Person
    email: str
    places: tuple[Staff, ...]
    must_have_factor: bool
    session_seconds: int
    edit_seconds: int


def read_account(user_id: UUID, actor: Actor | None) -> Account:
    """Return the account of the one who acts, or who signs in just now (no actor yet)."""
    user = User.objects.get(pk=user_id)
    return Account(
        person=read_person(user, actor),
        email=read_email(user, actor),
        places=tuple(places_of(user_id)),
        must_have_factor=must_have_factor(user),
        session_seconds=int(binding_of(user).lasts.total_seconds()),
        edit_seconds=int(EDITABLE.total_seconds()),
    )
