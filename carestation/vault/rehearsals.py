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


@transaction.atomic
def note_rehearsed(root: tink.KeysetHandle, brought_back: tink.KeysetHandle) -> bool:
    """Put down that shares bring the root back; return whether they do."""
    if primary_of(root) != primary_of(brought_back):
        return False
    rehearsal_id = uuid7()
    key_id, _ = primary_of(root)
    announce(SharesRehearsed(request_id=rehearsal_id, rehearsal_id=rehearsal_id, key_id=key_id))
    return True


def rehearsed_at(root: tink.KeysetHandle) -> datetime | None:
    """Return when shares of this root were tried last."""
    key_id, _ = primary_of(root)
    tried = LoggedFact.objects.filter(kind=SharesRehearsed.kind, detail__key_id=key_id)
    return tried.order_by("-id").values_list("at", flat=True).first()
