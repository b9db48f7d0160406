"""The session's cookie: for this host alone, out of reach of scripts.

Controls: ISO/IEC 27017 8.5; white paper 「認証情報の管理」.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token

from carestation.accounts.commands.sessions import OpenedSession

KEYS: Final = "keys"


def token_of_cookie(request: HttpRequest) -> str:
    """Return the token that a browser sent, or nothing."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def device_in(request: HttpRequest) -> str:
    """Return what a browser shows as a remembered device, or nothing."""
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def hand_cookie(
    request: HttpRequest, response: HttpResponse, opened: OpenedSession
) -> HttpResponse:
    """Give a browser its token; on a shared device the cookie goes with the window.

    A device that is remembered is given what it shows next time, too.
    """
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        opened.token,
        expires=None if opened.is_shared else opened.expires_at,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    if opened.remembered:
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            opened.remembered.token,
            expires=opened.remembered.until,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
            path="/",
        )
    rotate_token(request)
    return response


def hand_keys(response: HttpResponse, *, on: bool) -> HttpResponse:
    """Keep in a browser that single keys do something there, or forget it."""
    if not on:
        response.delete_cookie(KEYS, path="/", samesite="Lax")
        return response
    response.set_cookie(
        KEYS,
        "on",
        max_age=timedelta(days=365),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def drop_cookie(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Take the token away again."""
    if token_of_cookie(request):
        response.delete_cookie(settings.SESSION_COOKIE_NAME, path="/", samesite="Lax")
    return response
