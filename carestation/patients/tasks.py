"""The timetable of patients.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from procrastinate.contrib.django import app

from carestation.patients.commands.custody import end_expired_transfers
from carestation.patients.commands.likenesses import fill_likenesses


@app.periodic(cron="23 * * * *")
@app.task(name="patients.end_expired_transfers")
def end_expired(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Put down, once an hour, which proposals came to nothing for want of an answer."""
    end_expired_transfers()


@app.periodic(cron="37 * * * *")
@app.task(name="patients.fill_likenesses", queueing_lock="patients.fill_likenesses")
def fill(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Fill in, once an hour while there is anything left, what tells older patients alike."""
    fill_likenesses()
