"""Who supervises follows what was decided at the console: processes come and go while all serve.

The proxy knows every socket that there may be, and sends people to those that answer. So what comes
is found by it, and what goes says so first (`config.leaving`), finishes what it has, and ends.
"""

import http.client
import socket
import threading
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

import psycopg

from config.processes import MOST_WEB, THREADS_PER_WEB, Plan, web_piece, worker_piece
from config.supervise import Supervisor

LOOK_SECONDS: Final = 1.0
# After a failure nothing is tried for a while: who decided reads why in the log.
REST_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 0.05
# So long a process that is sent nobody any more may finish what it has, before it is asked to end.
DRAIN_SECONDS: Final = 3.0
DECIDED: Final = "SELECT web, threads, workers FROM support_capacity ORDER BY id DESC LIMIT 1"


class NoAnswerError(Exception):
    """A process that came does not serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What runs: the web processes by their number with the threads of each, and the workers.

    It is told of each one that comes or goes: who is held up half-way goes on from there.
    """

    web: dict[int, int]
    workers: int

    def become(self, web: int, threads: int, workers: int) -> "Shape":
        """Return what shall run: what fits stays, numbers that are in use are not used anew."""
        staying = [number for number, has in sorted(self.web.items()) if has == threads][:web]
        free = (number for number in range(1, MOST_WEB + 1) if number not in self.web)
        coming = [next(free) for _ in range(web - len(staying))]
        return Shape(web=dict.fromkeys([*staying, *coming], threads), workers=workers)


class Capacity:
    """Lets processes come and go on this machine."""

    def __init__(self, supervisor: Supervisor, plan: Plan, database_url: str) -> None:
        """Take what supervises, with what it began, and where decisions are read."""
        self._supervisor = supervisor
        self._plan = plan
        self._url = database_url
        web = dict.fromkeys(range(1, plan.web + 1), THREADS_PER_WEB)
        self.shape = Shape(web=web, workers=1)

    def follow(self) -> None:
        """Follow what is decided; the thread that calls it is never given back."""
        rest = LOOK_SECONDS
        while not self._supervisor.ending.wait(rest):
            rest = LOOK_SECONDS
            try:
                decided = self._decided()
                if decided is not None:
                    self._become(self.shape.become(*decided))
            except psycopg.Error:
                # What is decided is read when the database is there again.
                continue
            except (NoAnswerError, OSError) as error:
                # A machine may have no room for what is wanted; what runs is in our shape.
                self._supervisor.logs.say("capacity", str(error))
                rest = REST_SECONDS
        # The kernel ends what a thread began together with that thread: it stays as long as they.
        threading.Event().wait()

    def _decided(self) -> tuple[int, int, int] | None:
        with psycopg.connect(self._url, connect_timeout=5) as connection:
            row: tuple[int, int, int] | None = connection.execute(DECIDED).fetchone()
        return row

    def _become(self, wanted: Shape) -> None:
        if wanted == self.shape:
            return
        coming = sorted(wanted.web.keys() - self.shape.web.keys())
        going = sorted(self.shape.web.keys() - wanted.web.keys())
        self._follow_workers(wanted.workers)
        self._begin(coming, wanted)
        self._end(going)
        said = f"{len(wanted.web)} of web, {wanted.workers} of worker run now."
        self._supervisor.logs.say("capacity", said)

    def _follow_workers(self, workers: int) -> None:
        before = self.shape.workers
        for number in range(before + 1, workers + 1):
            self._supervisor.begin(worker_piece(self._plan, number))
            self.shape = replace(self.shape, workers=number)
        for number in range(workers + 1, before + 1):
            self._supervisor.dismiss(f"worker-{number}")
        self.shape = replace(self.shape, workers=workers)

    def _begin(self, coming: list[int], wanted: Shape) -> None:
        for number in coming:
            threads = wanted.web[number]
            self._supervisor.begin(web_piece(self._plan, number, threads))
            self.shape = replace(self.shape, web={**self.shape.web, number: threads})
        until = time.monotonic() + ANSWER_SECONDS
        for number in coming:
            while not answers(self._plan.socket(number)):
                if time.monotonic() > until:
                    self._end(coming)
                    raise NoAnswerError(f"web-{number} does not answer: all goes on as before.")
                if self._supervisor.ending.wait(PAUSE_SECONDS):
                    return

    def _end(self, going: list[int]) -> None:
        for number in going:
            self._plan.places.leaving(f"web-{number}").touch()
        # The proxy looks once a second: by then it sends nobody there, not by an open line either.
        if going and not self._supervisor.ending.wait(DRAIN_SECONDS):
            for number in going:
                self._supervisor.dismiss(f"web-{number}")
            staying = {one: has for one, has in self.shape.web.items() if one not in going}
            self.shape = replace(self.shape, web=staying)


def answers(path: Path) -> bool:
    """Return whether a process of web answers at its socket."""
    connection = http.client.HTTPConnection("localhost", timeout=5)
    try:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(5)
        connection.sock.connect(str(path))
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
