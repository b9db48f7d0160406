"""A real session, its second factor done, in one call."""

from typing import Final

from django.conf import settings
from django.test import Client

from carestation.accounts.choices import Device, Proof, SessionKind
from carestation.accounts.commands.sessions import OpenedSession, Where, open_session
from carestation.accounts.models import User
from carestation.kernel.ids import uuid7

BROWSER: Final = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER)
PROGRAM: Final = Where(kind=SessionKind.PROGRAM, device=Device.PROGRAM)


def sign_in_client(
    client: Client, user: User, *, proof: Proof = Proof.TOTP, is_half: bool = False
) -> OpenedSession:
    """Put a session of this person into a test client; `PASSWORD` leaves the second factor out."""
    opened = open_session(user.pk, BROWSER, proof=proof, request_id=uuid7(), is_half=is_half)
    client.cookies[settings.SESSION_COOKIE_NAME] = opened.token
    return opened


def a_token(user: User, *, proof: Proof = Proof.TOTP) -> str:
    """Return a token of this person for `Authorization: Bearer …`."""
    return open_session(user.pk, PROGRAM, proof=proof, request_id=uuid7()).token
