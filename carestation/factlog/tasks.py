"""The timetable of the log.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from procrastinate.contrib.django import app

from carestation.factlog.months import make_months


@app.periodic(cron="17 * * * *")
@app.task(name="factlog.make_months", queueing_lock="factlog.make_months")
def make_months_ahead(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """See once an hour that the coming months of the log are there."""
    make_months()
