"""Whether the shares on paper were tried: of which root, and when.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from datetime import datetime

import tink
from django.db import transaction

from carestation.factlog.commands import announce
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.vault.facts import SharesRehearsed
from carestation.vault.keysets import primary_of
from carestation.vault.roots import written_root
from carestation.vault.shares import shares_of


def new_shares() -> list[str]:
    """Return new shares of today's root.

    Raises:
        ValueError: it lies in a key service.
    """
    return shares_of(written_root())


@transaction.atomic
def note_rehearsed(brought_back: tink.KeysetHandle) -> bool:
    """Put down that shares bring today's root back; return whether they do.

    Raises:
        ValueError: it lies in a key service.
    """
    key_id, key = primary_of(written_root())
    if (key_id, key) != primary_of(brought_back):
        return False
    rehearsal_id = uuid7()
    announce(SharesRehearsed(request_id=rehearsal_id, rehearsal_id=rehearsal_id, key_id=key_id))
    return True


def rehearsed_at() -> datetime | None:
    """Return when shares of today's root were tried last; it lies in a file."""
    key_id, _ = primary_of(written_root())
    tried = LoggedFact.objects.filter(kind=SharesRehearsed.kind, detail__key_id=key_id)
    return tried.order_by("-id").values_list("at", flat=True).first()
