"""The timetable of patients.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from procrastinate.contrib.django import app

from carestation.patients.commands.custody import end_expired_transfers


@app.periodic(cron="23 * * * *")
@app.task(name="patients.end_expired_transfers")
def end_expired(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Put down, once an hour, which proposals came to nothing for want of an answer."""
    end_expired_transfers()
