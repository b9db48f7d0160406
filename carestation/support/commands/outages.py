"""The operator tells everyone what does not work, what is done, and that it works again.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.factlog.commands import announce
from carestation.kernel.errors import DomainError, NotVisible
from carestation.support.facts import OutageChanged, OutageEnded, OutageOpened
from carestation.support.models import Outage, OutageNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told: since when, until when (None: it goes on), and what is new in words."""

    title: str
    began_at: datetime
    ended_at: datetime | None = None
    words: str = ""


@transaction.atomic
def open_outage(console: Console, telling: Telling) -> UUID:
    """Tell everyone of something that does not work; return its id.

    Raises:
        DomainError: it begins or ends in the future (reason `not_yet`), or ends before it begins
            (`not_then`).
    """
    _require_order(telling)
    row = Outage.objects.create(
        title=telling.title, began_at=telling.began_at, ended_at=telling.ended_at
    )
    _note(row, telling.words)
    announce(OutageOpened(**console.marks(), outage_id=row.pk))
    if telling.ended_at is not None:
        announce(OutageEnded(**console.marks(), outage_id=row.pk))
    return row.pk


@transaction.atomic
def change_outage(console: Console, outage_id: UUID, telling: Telling) -> None:
    """Put title and times right, say more, or that it is over; what was said before stays.

    Raises:
        NotVisible: there is none with this id.
        DomainError: as with a new one.
    """
    row = Outage.objects.select_for_update().filter(pk=outage_id).first()
    if row is None:
        raise NotVisible
    _require_order(telling)
    before = (row.title, row.began_at, row.ended_at)
    has_ended = row.ended_at is None and telling.ended_at is not None
    row.title, row.began_at, row.ended_at = telling.title, telling.began_at, telling.ended_at
    if (row.title, row.began_at, row.ended_at) == before and not telling.words:
        return
    row.save(update_fields=["title", "began_at", "ended_at"])
    _note(row, telling.words)
    kind = OutageEnded if has_ended else OutageChanged
    announce(kind(**console.marks(), outage_id=row.pk))


def _require_order(telling: Telling) -> None:
    now, ended_at = timezone.now(), telling.ended_at
    if telling.began_at > now or (ended_at is not None and ended_at > now):
        raise DomainError("not_yet")
    if ended_at is not None and ended_at < telling.began_at:
        raise DomainError("not_then")


def _note(row: Outage, words: str) -> None:
    if words:
        OutageNote.objects.create(outage=row, words=words, written_at=timezone.now())
