"""People who lose their seat while things break, and one who never had one: all go on listening."""

import hashlib
import http.client
import secrets
import threading
import time
from itertools import cycle
from typing import Final
from urllib.parse import urlencode

import psycopg

from tests.durability.ordeal import Acknowledged, Place, connection_to
from tests.nodes.watching import Watcher

AGAIN_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 90.0
MEMBERSHIPS: Final = """
SELECT s.key, m.id::text FROM groups_membership m JOIN accounts_session s ON s.user_id = m.user_id
WHERE m.group_id = %s
"""


class Removals:
    """A group whose manager ends one membership after the other, and who listened meanwhile."""

    def __init__(
        self, urls: list[str], database_url: str, people: list[Place], stranger: Place
    ) -> None:
        self.manager, *self._left = people
        self.at: dict[str, float] = {}
        self._urls = urls
        self._memberships = _memberships(database_url, self.manager.group_id)
        self._pages: dict[str, Watcher] = {}
        # Knows where the group is, and sits in another.
        asks = Place(group_id=self.manager.group_id, side=stranger.side, token=stranger.token)
        self._stranger = Watcher(urls[0], asks, *urls[1:])
        self._hand: threading.Thread | None = None

    def seat_next(self) -> None:
        """Open the page of whoever is to leave next."""
        place = self._left[0]
        self._pages[place.token] = Watcher(self._urls[0], place, *self._urls[1:])

    def begin_next(self) -> None:
        """Let the manager end the next membership, from a thread, until that is acknowledged."""
        self._hand = threading.Thread(target=self._remove, args=[self._left.pop(0)], daemon=True)
        self._hand.start()

    def await_it(self) -> None:
        """Wait until the last removal was acknowledged.

        Raises:
            TimeoutError: it was not.
        """
        if self._hand is not None:
            self._hand.join(PATIENCE_SECONDS + 10)
        if len(self.at) < len(self._pages):
            raise TimeoutError("a membership was not ended")

    def shown_without_a_seat(self, told: list[Acknowledged]) -> int:
        """Return how many posts reached someone who had no seat when they were written."""
        sent = {one.post_id: one.sent_at for one in told}
        after = [
            post_id
            for token, page in self._pages.items()
            for post_id in list(page.seen)
            if sent.get(post_id, 0.0) > self.at[token]
        ]
        return len(after) + len(self._stranger.seen)

    def end(self) -> None:
        """Let nobody listen any more."""
        for page in [*self._pages.values(), self._stranger]:
            page.end()

    def _remove(self, place: Place) -> None:
        membership_id = self._memberships[hashlib.sha256(place.token.encode()).digest()]
        path = f"/groups/{place.group_id}/{place.side}/members/{membership_id}/end/"
        until, ways = time.monotonic() + PATIENCE_SECONDS, cycle(self._urls)
        while time.monotonic() < until:
            if self._has_ended(next(ways), path):
                self.at[place.token] = time.monotonic()
                return
            time.sleep(AGAIN_SECONDS)

    def _has_ended(self, url: str, path: str) -> bool:
        form = secrets.token_hex(16)
        headers = {
            "Cookie": f"session={self.manager.token}; csrf={form}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = connection_to(url)
        try:
            connection.request("POST", path, urlencode({"csrfmiddlewaretoken": form}), headers)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        else:
            # Whose session idles is led elsewhere, to open it again.
            led = answer.getheader("Location", "")
            return answer.status == http.client.NOT_FOUND or led.startswith("/groups/")
        finally:
            connection.close()


def _memberships(database_url: str, group_id: str) -> dict[bytes, str]:
    """Return the memberships of a group by what its people's tokens are stored as."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(MEMBERSHIPS, [group_id]).fetchall()
    return {bytes(key): str(membership_id) for key, membership_id in rows}
