"""The timetable of sealed files.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from carestation.vault.blobs import blobs

LASTS_AT_MOST: Final = timedelta(days=1)


@app.periodic(cron="53 * * * *")
@app.task(name="vault.end_unfinished", queueing_lock="vault.end_unfinished", queue="long")
def end_unfinished(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """End, once an hour, the writes of files that began a day ago: who wrote them was killed."""
    blobs().end_unfinished(timezone.now() - LASTS_AT_MOST)
