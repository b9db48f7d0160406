"""The gate: every request is let in by a session that has come far enough, or led elsewhere.

Default deny: a view is open to `Standing.FULL` alone unless it says otherwise, by `Door.PUBLIC` or
`@open_to`. A professional without a second factor stands at `ENROLMENT_DUE` and sees nothing but
its enrolment; whoever owes a code stands at `CODE_DUE`. An operator's console wants a passkey as
the last proof of who they are, whatever they signed in with.

Controls: ISO/IEC 27017 5.17, 8.3, 8.5; white paper 「認証情報の管理」.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from carestation.accounts.choices import Proof, Standing
from carestation.accounts.commands.sessions import touch_session
from carestation.accounts.gate.cookies import drop_cookie, token_of_cookie
from carestation.accounts.gate.returning import way_back, with_next
from carestation.accounts.gate.store import SessionStore
from carestation.accounts.models import User
from carestation.accounts.queries.factors import has_passkey
from carestation.accounts.queries.sessions import Entry, find_entry
from carestation.kernel.acting import act_as_nobody
from carestation.kernel.actor import Actor
from carestation.kernel.doors import Door, door_of
from carestation.kernel.errors import Unavailable
from carestation.kernel.http import answer_for
from carestation.kernel.problems import API, problem_json

if TYPE_CHECKING:
    from uuid import UUID

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)
# What we need and what does not answer now: the way to say so is the edge's.
AWAY: Final = (InterfaceError, InternalError, OperationalError, Unavailable)
BEARER: Final = "bearer"
FULL_ALONE: Final = frozenset({Standing.FULL})
FRESH: Final = timedelta(minutes=10)
# A page that asks by itself (catching up) says so: it keeps no unattended screen open.
BACKGROUND: Final = "X-Background"
LEADS_TO: Final = {
    Standing.CODE_DUE: "accounts:second_step",
    Standing.ENROLMENT_DUE: "accounts:enrolment",
    Standing.IDLE: "accounts:reopening",
}


def open_to(*standings: Standing) -> Callable[[V], V]:
    """Say to which standings a view is open, if not to a full one alone."""

    def say(view: V) -> V:
        view.standings = frozenset(standings)  # type: ignore[attr-defined]  # as Django's login_required
        return view

    return say


def freshly_confirmed(view: V) -> V:
    """Say that a view wants a proof of the person that is at most ten minutes old."""
    view.is_freshly_confirmed = True  # type: ignore[attr-defined]  # as Django's login_required
    return view


class GateMiddleware:
    """Set `request.session`, `request.user`, `request.entry` and `request.actor`; or lead away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        token = _token_of(request)
        # Looked up when it is asked for, and once; false while nobody is there.
        entry: Any = SimpleLazyObject(lambda: _entered(token))
        store = SessionStore(entry)
        request.entry = entry  # type: ignore[attr-defined]  # what the token opened
        request.session = store
        request.user = SimpleLazyObject(lambda: _user_of(entry))  # type: ignore[assignment]  # looked up when asked for
        request.used = None  # type: ignore[attr-defined]  # the session whose use is to be noted
        response = self._get_response(request)
        _note_use(request, response)
        return _put_aside(request, store) or response

    def process_view(
        self, request: HttpRequest, view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the request in, or say where to go first."""
        try:
            return self._led_away(request, view)
        except AWAY as error:
            # Django asks `process_exception` about what a view raises, not about us.
            return _told(request, error)

    def _led_away(self, request: HttpRequest, view: View) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            act_as_nobody()
            return None
        entry: Entry | None = request.entry  # type: ignore[attr-defined]  # set above
        if not entry:
            return _led(request, "accounts:sign_in", HTTPStatus.UNAUTHORIZED, "session")
        if entry.standing not in getattr(view, "standings", FULL_ALONE):
            return _led_by_standing(request, entry.standing)
        if entry.is_due and BACKGROUND not in request.headers:
            request.used = entry.session_id  # type: ignore[attr-defined]  # set above
        request.actor = Actor(  # type: ignore[attr-defined]  # CareRequest has it
            user_id=entry.user_id,
            request_id=request.request_id,  # type: ignore[attr-defined]  # CareRequest has it
            session_id=entry.session_id,
        )
        return _asked_again(request, view, entry)


def is_fresh(entry: Entry) -> bool:
    """Whether the last proof of the person is young enough for what is hard to undo."""
    return timezone.now() - entry.confirmed_at < FRESH


def _asked_again(request: HttpRequest, view: View, entry: Entry) -> HttpResponse | None:
    # A console is entered by a passkey alone; whoever is no operator finds none there.
    is_stale = getattr(view, "is_freshly_confirmed", False) and not is_fresh(entry)
    if entry.is_operator and door_of(view) is Door.CONSOLE:
        if is_stale or entry.proof != Proof.PASSKEY:
            has_one = has_passkey(entry.user_id)
            name = "accounts:passkey_showing" if has_one else "accounts:passkey_making"
            return _led(request, name, HTTPStatus.FORBIDDEN, "passkey")
    elif is_stale:
        return _led(request, "accounts:reopening", HTTPStatus.FORBIDDEN, "confirmation")
    return None


def _note_use(request: HttpRequest, response: HttpResponse) -> None:
    """Note that the session was used: when the view is over, so that a post is shown before."""
    session_id: UUID | None = request.used  # type: ignore[attr-defined]  # set above
    if session_id is None or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    # What the view did is done, whatever happens to the note: the next request makes one.
    with suppress(*AWAY):
        touch_session(session_id)


def _put_aside(request: HttpRequest, store: SessionStore) -> HttpResponse | None:
    """Keep what the page has put aside; return an answer where that cannot be kept now."""
    try:
        if store.modified:
            store.save()
    except AWAY as error:
        # The view is over, so of this, too, Django asks nobody.
        return _told(request, error)
    return None


def _told(request: HttpRequest, error: Exception) -> HttpResponse:
    answer = answer_for(request, error)
    if answer is None:
        raise error
    return answer


def _entered(token: str) -> Entry | None:
    # Either way it is said anew who acts on this connection.
    if token:
        return find_entry(token)
    act_as_nobody()
    return None


def _token_of(request: HttpRequest) -> str:
    # A token in the header is no cookie: no other site can make a browser send it.
    authorization = request.headers.get("Authorization", "")
    scheme, _, token = authorization.partition(" ")
    if request.path.startswith(API) and scheme.casefold() == BEARER:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
        return token.strip()
    return token_of_cookie(request)


def _user_of(entry: Entry | None) -> User | AnonymousUser:
    return User.objects.get(pk=entry.user_id) if entry else AnonymousUser()


def _led_by_standing(request: HttpRequest, standing: Standing) -> HttpResponse:
    if standing is Standing.FULL:
        return _to(request, "/")
    reason = "session" if standing is Standing.IDLE else "second_factor"
    status = HTTPStatus.UNAUTHORIZED if standing is Standing.IDLE else HTTPStatus.FORBIDDEN
    return _led(request, LEADS_TO[standing], status, reason)


def _led(request: HttpRequest, name: str, status: HTTPStatus, reason: str) -> HttpResponse:
    if request.path.startswith(API):
        return problem_json(request, status, reason=reason)
    response = _to(request, with_next(reverse(name), way_back(request)))
    if not request.entry:  # type: ignore[attr-defined]  # set above
        drop_cookie(request, response)
    return response


def _to(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)
