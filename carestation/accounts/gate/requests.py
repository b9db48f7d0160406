"""What a request holds behind the gate."""

from base64 import b64encode
from uuid import UUID

from carestation.accounts.choices import Standing
from carestation.accounts.queries.sessions import Entry
from carestation.kernel.http import CareRequest
from carestation.vault.scopes import open_scope


class EnteredRequest(CareRequest):
    """A request that came through the gate; `entry` is None, or false, where nobody signed in."""

    entry: Entry | None


def standing_in(request: EnteredRequest) -> Standing | None:
    """Return how far the session of a request has come, if there is one."""
    return request.entry.standing if request.entry else None


def session_in(request: CareRequest) -> UUID | None:
    """Return the session that a request came with, if there is one."""
    entry: Entry | None = getattr(request, "entry", None)
    return entry.session_id if entry else None


def device_key_in(request: CareRequest) -> str:
    """Return what seals a person's drafts on their own device; nothing where others use it too.

    The device has the key on loan, while a page is open: what it keeps is opened by signing in.
    """
    entry: Entry | None = getattr(request, "entry", None)
    if not entry or entry.is_shared:
        return ""
    return b64encode(open_scope(entry.user_id, None).derive("", "accounts.device")).decode()
