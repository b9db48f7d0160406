"""A log that is sealed and signed, and what someone with the database in hand can do to it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from carestation.audit.commands.checkpoints import sign_parts, sign_whole
from carestation.audit.models import WHOLE, Checkpoint, Entry, Tree
from carestation.factlog.commands import FOLLOWERS, follow
from carestation.factlog.models import LoggedFact

SEALER: Final = "carestation.audit.followers.seal"
COPY: Final = """
INSERT INTO factlog_loggedfact SELECT id + 1000000, era, xid, at, kind, actor_id, facility_id,
  group_id, patient_id, object_id, request_id, detail FROM factlog_loggedfact
  WHERE id = %(one)s
"""


# The sealer's own effect (carestation.audit.commands.sealing), without waiting for a commit.
UNSURE: Final = """
INSERT INTO audit_entry (number, fact_id, at, kind, facility_id, actor_id, group_id, leaf)
SELECT %(sealed)s + row_number() OVER (ORDER BY f.id) - 1, f.id, f.at, f.kind, f.facility_id,
  coalesce(f.actor_id, (f.detail ->> 'person_id')::uuid), f.group_id, factlog_leaf(f)
FROM factlog_loggedfact f WHERE f.id > %(done)s
"""


def seal_all() -> int:
    """Seal as the worker does; a transaction anywhere in the cluster keeps facts unsure."""
    until = time.monotonic() + 20
    unsealed = LoggedFact.objects.exclude(pk__in=Entry.objects.values("fact_id"))
    while unsealed.exists() and time.monotonic() < until:
        if not follow(FOLLOWERS[SEALER]):
            threading.Event().wait(0.05)
    tree = Tree.objects.filter(pk=WHOLE).first()
    return 0 if tree is None else tree.size


def seal_and_sign() -> Checkpoint:
    """Seal everything, and sign the whole and every part."""
    seal_all()
    sign_parts()
    checkpoint = sign_whole()
    assert checkpoint is not None
    return checkpoint


def change(*statements: str, **places: int) -> None:
    """Do as the owner of the tables can: the triggers are no wall to them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE factlog_loggedfact DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement, places)
        cursor.execute("ALTER TABLE factlog_loggedfact ENABLE TRIGGER USER")


@contextmanager
def undone() -> Iterator[None]:
    """Take back afterwards what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def enter_all() -> None:
    """Let the record tell what happened in this very transaction, which no sealer sees yet."""
    done = Entry.objects.order_by("number").values_list("fact_id", flat=True).last() or 0
    with connection.cursor() as cursor:
        cursor.execute(UNSURE, {"done": done, "sealed": Entry.objects.count()})
