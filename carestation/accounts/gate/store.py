"""Django's `request.session` over our own table: what a page puts aside between two requests.

A session is opened and ended by commands; here is only its `data`, sealed under the person's
scope, read when it is asked for.

Controls: ISO/IEC 27017 5.17, 8.24; white paper 「認証情報の管理」.
"""

import json
from typing import Any

from django.contrib.sessions.backends.base import SessionBase, UpdateError

from carestation.accounts.commands.sessions import keep_session_data
from carestation.accounts.queries.sessions import Entry, read_session_data


class SessionStore(SessionBase):
    """The data of the session that a token opened; without one it holds nothing."""

    def __init__(self, entry: Entry | None = None) -> None:
        super().__init__(None)
        self._entry = entry

    def load(self) -> dict[str, Any]:
        """Return what was put aside."""
        text = read_session_data(self._entry.user_id, self._entry.session_id) if self._entry else ""
        return json.loads(text) if text else {}

    def save(self, must_create: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        """Put it aside.

        Raises:
            UpdateError: nobody has signed in.
        """
        if not self._entry:
            raise UpdateError
        text = json.dumps(self._get_session(), ensure_ascii=False)
        keep_session_data(self._entry.user_id, self._entry.session_id, text)
        self.modified = False

    def _get_session(self, no_load: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - Django's signature
        # Django looks for a key first; ours never leaves the cookie.
        self.accessed = True
        if not hasattr(self, "_session_cache"):
            self._session_cache = {} if no_load else self.load()
        return self._session_cache

    _session = property(_get_session)
