"""The timetable of sealed files.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from carestation.vault.blobs import blobs
from carestation.vault.commands import remove_files_without_key

LASTS_AT_MOST: Final = timedelta(days=1)


@app.periodic(cron="53 * * * *")
@app.task(name="vault.end_unfinished", queueing_lock="vault.end_unfinished", queue="long")
def end_unfinished(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """End, once an hour, the writes of files that began a day ago: who wrote them was killed."""
    blobs().end_unfinished(timezone.now() - LASTS_AT_MOST)


@app.periodic(cron="13 17 * * *")
@app.task(name="vault.remove_files_without_key", queueing_lock="vault.without_key", queue="long")
def remove_without_key(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Remove, once a night, files of days ago whose key no row has."""
    remove_files_without_key()
