"""What is common to links that come by mail: their tokens, and taking one.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

import secrets
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import QuerySet

from carestation.accounts.models import Link, PasswordReset, User
from carestation.accounts.queries.sessions import token_key
from carestation.kernel.errors import NotVisible

TOKEN_BYTES: Final = 32
L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedLink:
    """What a mail with a link needs; the token is told once and stored nowhere."""

    address: str
    token: str


def fresh_token() -> str:
    """Return a new token: 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def key_of_nobody() -> bytes:
    """Return the key of a link whose mail is not made yet: its token is thrown away at once."""
    return token_key(fresh_token())


def locked_link(links: QuerySet[L], token: str) -> L:
    """Return an open link, locked: of many at once the others find it used.

    Raises:
        NotVisible: there is none.
    """
    found = links.select_for_update().filter(key=token_key(token)).first()
    if found is None:
        raise NotVisible("link")
    return found


def lock_owner(links: QuerySet[PasswordReset], token: str) -> User:
    """Return whose link it is, locked: a person is locked before their links.

    Raises:
        NotVisible: there is no such link, or the account has ended.
    """
    found = links.filter(key=token_key(token)).first()
    people = User.objects.select_for_update().filter(ended_at=None)
    user = people.filter(pk=found.user_id).first() if found else None
    if user is None:
        raise NotVisible("link")
    return user
