"""Letting a browser in: it is handed its token and led on.

Controls: ISO/IEC 27017 8.5; white paper 「認証情報の管理」.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from carestation.accounts.commands.sessions import OpenedSession
from carestation.accounts.gate.cookies import hand_cookie
from carestation.accounts.gate.returning import with_next


def entered(request: HttpRequest, opened: OpenedSession, onward: str) -> HttpResponse:
    """Give the browser its token and lead on: to the second step, or to where it was going."""
    target = with_next(reverse("accounts:second_step"), onward) if opened.is_half else onward
    return hand_cookie(request, redirect(target), opened)
