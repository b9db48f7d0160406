"""The newest checkpoint, kept beside the database: for those who can only change the database.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

import logging
import os

from django.conf import settings

from carestation.audit.models import WHOLE, Checkpoint
from carestation.audit.queries.checkpoints import kept_note

logger = logging.getLogger(__name__)


def keep_outside(checkpoint: Checkpoint) -> None:
    """Keep a checkpoint of the whole log in a file; never over one that the log does not know.

    An older table that someone put back grows again, and what was kept says that it is another.
    """
    kept = kept_note()
    if kept == checkpoint.note:
        return
    if kept is not None and not Checkpoint.objects.of_tree(WHOLE).filter(note=kept).exists():
        logger.error("The log is not what was signed")
        return
    path = settings.CHECKPOINT_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(checkpoint.note)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
