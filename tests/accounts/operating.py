"""Operators, for tests that need a console."""

from typing import Final

from carestation.accounts.choices import Proof
from carestation.accounts.commands.operators import begin_operator
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import User
from carestation.accounts.queries.consoles import take_console, take_first_console
from carestation.accounts.rules import Console
from carestation.kernel.ids import uuid7
from tests.accounts.people import BROWSER, a_person, acting

OPERATOR_ADDRESS: Final = "unei@carestation.example"


def an_operator(email: str = OPERATOR_ADDRESS, *, name: str = "運営 さくら") -> User:
    """Let someone work for the provider, the first of all."""
    user = a_person(email, name=name)
    begin_operator(take_first_console(), user.pk)
    return user


def a_console(email: str = OPERATOR_ADDRESS) -> Console:
    """Let someone work for the provider, and return their console, entered by a passkey."""
    user_id = an_operator(email).pk
    return take_console(
        acting(open_session(user_id, BROWSER, proof=Proof.PASSKEY, request_id=uuid7()))
    )
