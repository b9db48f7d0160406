"""People in front of the machine: they know its name and its certificate, and nothing else."""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.units.installing import ADDRESS, NAME

ASK_SECONDS: Final = 40
# Web answers a stranger's request by itself, and no proxy sends a POST twice.
STRANGERS: Final = "/api/v1/files/none"
WAIT_SECONDS: Final = 0.02
ASKERS: Final = 4


class Door(http.client.HTTPSConnection):
    """A connection to the proxy, by its name."""

    def __init__(self, chain: Path, address: str) -> None:
        """Take the certificate that is trusted, and where the name leads."""
        super().__init__(NAME, timeout=ASK_SECONDS)
        self._address = address
        self._trusted = ssl.create_default_context(cafile=str(chain))

    def connect(self) -> None:
        """Connect to where the name leads."""
        plain = socket.create_connection((self._address, 443), timeout=ASK_SECONDS)
        self.sock = self._trusted.wrap_socket(plain, server_hostname=NAME)


class People:
    """Who asks through the proxy."""

    def __init__(self, chain: Path, address: str = ADDRESS) -> None:
        """Take the certificate that they trust, and at which node they ask."""
        self._chain = chain
        self._address = address

    def ask(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Ask once, with a form by POST; 0 where nobody answers."""
        door = Door(self._chain, self._address)
        try:
            body = None if form is None else urlencode(form)
            kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
            door.request("GET" if form is None else "POST", path, body, kind | headers)
            answer = door.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, http.client.HTTPMessage(), ""
        finally:
            door.close()

    def is_served(self) -> bool:
        """Tell whether somebody who asks is served."""
        return self.ask("/ready")[0] == HTTPStatus.OK

    def has_looks(self) -> bool:
        """Tell whether the sign-in page's stylesheets come, too."""
        _, _, page = self.ask("/sign-in/")
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
        return bool(sheets) and {self.ask(sheet)[0] for sheet in sheets} == {HTTPStatus.OK}

    def sign_in(self, email: str, password: str) -> bool:
        """Sign in on the page; tell whether a session begins."""
        _, headers, page = self.ask("/sign-in/")
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1]
        cookies = "; ".join(one.split(";")[0] for one in headers.get_all("Set-Cookie", []))
        form = {"csrfmiddlewaretoken": token, "email": email, "password": password}
        origin = {"Cookie": cookies, "Origin": f"https://{NAME}"}
        status, answered, _ = self.ask("/sign-in/", form, **origin)
        began = any("__Host-session=" in one for one in answered.get_all("Set-Cookie", []))
        return status == HTTPStatus.FOUND and began

    def refused_during(self, work: Callable[[], object]) -> tuple[int, int]:
        """Ask and send without a pause meanwhile; return how many asked, and how many in vain."""
        ending, statuses = threading.Event(), list[int]()

        def asks() -> None:
            while not ending.wait(WAIT_SECONDS):
                statuses.append(self.ask("/sign-in/")[0])
                statuses.append(self.ask(STRANGERS, {})[0])

        askers = [threading.Thread(target=asks) for _ in range(ASKERS)]
        for one in askers:
            one.start()
        work()
        ending.set()
        for one in askers:
            one.join()
        failed = [one for one in statuses if not one or one >= HTTPStatus.INTERNAL_SERVER_ERROR]
        return len(statuses), len(failed)
