"""Letting a browser in: it is handed its token and led on.

Controls: ISO/IEC 27017 8.5; white paper 「認証情報の管理」.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from carestation.accounts.choices import Proof, SessionKind, Standing
from carestation.accounts.commands.sessions import OpenedSession, open_session
from carestation.accounts.gate.cookies import hand_cookie
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.gate.returning import with_next
from carestation.accounts.gate.where import where_of


def entered(request: HttpRequest, opened: OpenedSession, onward: str) -> HttpResponse:
    """Give the browser its token and lead on: to the second step, or to where it was going."""
    target = with_next(reverse("accounts:second_step"), onward) if opened.is_half else onward
    return hand_cookie(request, redirect(target), opened)


def entered_as_new(request: EnteredRequest, user_id: UUID, onward: str) -> HttpResponse:
    """Let someone who has just registered in, and lead them on."""
    where = where_of(request, SessionKind.BROWSER)
    opened = open_session(user_id, where, proof=Proof.PASSWORD, request_id=request.request_id)
    return hand_cookie(request, redirect(onward), opened)


def as_whom(request: EnteredRequest, person_id: UUID | None) -> str:
    """Return how the holder of a link goes on, which came to the address of `person_id`.

    `new` (nobody has it), `known` (sign in first), `own` (agree), `other` (sign out).
    """
    if standing_in(request) is Standing.FULL and request.entry:
        return "own" if request.entry.user_id == person_id else "other"
    return "new" if person_id is None else "known"
