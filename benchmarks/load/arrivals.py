"""Start of shift: within a minute 2,000 people come, each to their group, and stay.

Each signs in with address, password and code, looks at home, opens their group, and opens a stream
that stays. Whoever is not answered as they should be has failed, and none may.
"""

import json
import selectors
import time
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from benchmarks.clients import Client, connected, request
from benchmarks.figures import Figures, shares_of
from benchmarks.processes import spent_on
from benchmarks.scene import Group, Scene

SECONDS: Final = 60
LEFT_SECONDS: Final = 120
PASSWORD: Final = "asa-no-moushiokuri-2026"  # noqa: S105 - of people made here
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the same
SIGN_IN, HOME, PAGE, STREAM = STEPS = ("sign_in", "home", "page", "stream")
BEGUN: Final = b"catchup"


@dataclass(kw_only=True)
class Arrival:
    """One who comes. `token`: of the session, once there is one."""

    url: str
    due: float
    group: Group
    email: str
    token: str = ""
    failure: str = ""
    taken: dict[str, float] = field(default_factory=dict)

    def begin(self, selector: selectors.BaseSelector) -> None:
        """Come in."""
        self._client = Client(peer=connected(self.url), ask=self._request)
        self._to(SIGN_IN)
        selector.register(self._client.peer, selectors.EVENT_READ, self)

    def go_on(self) -> bool:
        """Read what came, and ask for what is next; return whether this one has arrived."""
        if not (self._has_begun() if self._step == STREAM else self._client.read()):
            return False
        self.taken[self._step] = time.perf_counter() - self._client.began
        if self._step == STREAM:
            return True
        if self._step == SIGN_IN:
            said = self._client.got
            self.token = json.loads(said[said.index(b"{") : said.rindex(b"}") + 1])["token"]
        self._to(STEPS[STEPS.index(self._step) + 1])
        return False

    def close(self) -> None:
        """Go again."""
        self._client.peer.close()

    def _to(self, step: str) -> None:
        self._step = step
        self._client.send()

    def _request(self) -> bytes:
        if self._step == SIGN_IN:
            said = {"email": self.email, "password": PASSWORD, "code": _code_now()}
            return request("POST", "/api/v1/sessions", "", json.dumps(said).encode())
        if self._step == STREAM:
            return request("GET", "/live", self.token)
        path = "/" if self._step == HOME else self.group.page
        return request("GET", path, self.token, cookie=True)

    def _has_begun(self) -> bool:
        self._client.got += self._client.peer.recv(1 << 16)
        status = self._client.got[9:12]
        if status != b"200":
            raise ValueError(f"no stream: {status.decode('latin-1')}")
        return BEGUN in self._client.got


def measure(scene: Scene) -> Figures:
    """Let everyone come; return who failed, and how long each step took."""
    arrivals = _arrivals(scene)
    began = time.perf_counter()
    try:
        spent, count = spent_on(scene.data, lambda: _come(arrivals))
        whole = time.perf_counter() - began
    finally:
        for one in arrivals:
            one.close()
    for reason in sorted({one.failure for one in arrivals if one.failure}):
        print(f"  {sum(one.failure == reason for one in arrivals)} times: {reason}")
    figures = {
        "people": len(arrivals),
        "signed_in": sum(SIGN_IN in one.taken for one in arrivals),
        "streams": sum(STREAM in one.taken for one in arrivals),
        "failed": len(arrivals) - count,
        "seconds_to_the_last_stream": whole,
    }
    for step in STEPS:
        figures |= shares_of(step, [one.taken[step] for one in arrivals if step in one.taken])
    return figures | {f"arrival_{name}": cost for name, cost in spent.milliseconds(count).items()}


def _arrivals(scene: Scene) -> list[Arrival]:
    seats = [(group, person) for group in scene.groups for person in group.people]
    emails = _let_sign_in([person for _, person in seats])
    return [
        Arrival(
            url=scene.url,
            due=SECONDS * number / len(seats),
            group=group,
            email=emails[person],
        )
        for number, (group, person) in enumerate(seats)
    ]


def _let_sign_in(people: list[str]) -> dict[str, str]:
    """Give people a password, one for all, and an authenticator; return their addresses."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - needs Django

    from carestation.accounts.commands.factors import give_fixed_secret  # noqa: PLC0415 - the same
    from carestation.accounts.models import User  # noqa: PLC0415 - the same
    from carestation.accounts.queries.people import read_email  # noqa: PLC0415 - the same
    from carestation.accounts.rules import kept_password  # noqa: PLC0415 - the same

    kept = make_password(kept_password(PASSWORD))
    users = User.objects.filter(pk__in=people)
    users.update(password=kept)
    for user in users:
        give_fixed_secret(user.pk, SECRET)
    return {str(user.pk): read_email(user, None) for user in users}


def _code_now() -> str:
    from carestation.accounts.rules import current_code  # noqa: PLC0415 - needs Django

    return current_code(SECRET, at=timezone.now())


def _come(arrivals: list[Arrival]) -> int:
    """Let each come when they are due; return how many arrived."""
    began, number, arrived, left = time.perf_counter(), 0, 0, len(arrivals)
    with selectors.DefaultSelector() as selector:
        while left and time.perf_counter() < began + SECONDS + LEFT_SECONDS:
            while number < len(arrivals) and began + arrivals[number].due <= time.perf_counter():
                arrivals[number].begin(selector)
                number += 1
            for key, _ in selector.select(0.01):
                try:
                    has_arrived = key.data.go_on()
                except (OSError, ValueError) as error:
                    key.data.failure = str(error)
                else:
                    if not has_arrived:
                        continue
                    arrived += 1
                selector.unregister(key.fileobj)
                left -= 1
    return arrived
