"""As whom a database connection acts: what row-level security asks (docs/explanation/the-wall.md).

A request acts as the person whose session it came with; the statement that looks for the session
says so itself, and says anew who acts, so nothing of the request before is left. What no seat of a
person's can answer for acts as a work of its own, by name.

Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final
from uuid import UUID
from weakref import WeakSet

import psycopg
from django.db import connection, connections, transaction

from carestation.kernel.sql import row_of

# Three settings of the connection: who acts, and the group of the seat that was taken last; the
# third where it is a professional's seat. Whoever acts anew has taken none.
BECOME: Final = """
SELECT current_setting('carestation.person', true) AS before,
  set_config('carestation.person', %(who)s, true) AS now
"""
FORGET: Final = """
SELECT set_config('carestation.person', '', false) AS person,
  set_config('carestation.group', '', false) AS of_group,
  set_config('carestation.staff_group', '', false) AS of_staff
"""
WHO: Final = "SELECT current_setting('carestation.person', true) AS person"
# The connections on which someone acted since they were opened, or since nobody does.
_ACTED: Final[WeakSet[psycopg.Connection]] = WeakSet()


class Work(StrEnum):
    """What is done for nobody's seat; the policies of the tables say what each may see."""

    CONSOLE = "system:console"  # the operator counts groups
    CONTENT = "system:content"  # everything: who sets a world up, who counts keys
    CUSTODY = "system:custody"  # a patient's group changes the facility that manages it
    DESK = "system:desk"  # a facility looks after its people's groups and emergencies
    EXPORT = "system:export"  # a facility's people's groups are written out
    INDEX = "system:index"  # posts and names of files are read into the index of words
    JOINING = "system:joining"  # who is invited reads by whom, and joins
    LIKENESS = "system:likeness"  # patients of a facility, by a hash: who could be the same
    SEATING = "system:seating"  # seats are given, paused and ended, and open pages told so
    WORKER = "system:worker"  # the worker's rounds: followers, files that nobody posted


def note_acting() -> None:
    """Remember that someone acts on the connection of this thread; a statement of ours said who."""
    _ACTED.add(connection.connection)


def act_as_nobody() -> None:
    """Let nobody act on the connection of this thread, whoever did before."""
    if connection.connection in _ACTED:
        row_of(FORGET, {})
        _ACTED.discard(connection.connection)


@contextmanager
def acting_as(work: Work, *, of: UUID | None = None) -> Iterator[None]:
    """Do a work that no seat answers for, in one transaction; who acted before acts again after.

    `of`: the facility for which it is done, where the policies ask for that, too. Where it fails,
    the transaction takes the work's name back with everything else.
    """
    with _acting(f"{work.value}:{of}" if of else work.value):
        yield


@contextmanager
def acting_for(person_id: UUID) -> Iterator[None]:
    """Act as a person whose session is known, in one transaction, on whatever connection it is.

    What lasts longer than a request gives its connection back and gets another one.
    """
    with _acting(str(person_id)):
        yield


def work_as(work: Work) -> None:
    """Let every connection that this process opens from now on act as a work."""
    options = connections.databases["default"]["OPTIONS"]
    said = f"-c carestation.person={work.value}"
    options["options"] = " ".join(filter(None, (options.get("options"), said)))


def require_work(work: Work) -> None:
    """Stop where this connection does not do a work, and rows would be missing without a word.

    Raises:
        PermissionError: somebody or something else acts, or nobody.
    """
    if (row_of(WHO, {}) or {}).get("person") != work.value:
        raise PermissionError(f"only {work.value} sees every row of this")


@contextmanager
def _acting(who: str) -> Iterator[None]:
    with transaction.atomic():
        before = _become(who)
        yield
        _become(before)


def _become(who: str) -> str:
    row = row_of(BECOME, {"who": who})
    return (row or {}).get("before") or ""
