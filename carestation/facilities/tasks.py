"""The timetable of facilities.

Controls: ISO/IEC 27017 5.16; white paper 「利用者アクセスの管理」.
"""

from procrastinate.contrib.django import app

from carestation.facilities.commands.places import forget_applications


@app.periodic(cron="41 3 * * *")
@app.task(name="facilities.forget_applications")
def forget_old_applications(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Drop what was asked for and never completed, once a night."""
    forget_applications()
