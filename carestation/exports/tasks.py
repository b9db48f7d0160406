"""What the worker does for exports: make them, and remove what is over.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from uuid import UUID

from procrastinate.contrib.django import app

from carestation.exports.choices import Job
from carestation.exports.commands.exports import remove_what_is_over
from carestation.exports.commands.making import make_export
from carestation.exports.commands.plans import follow_plans


@app.task(name=Job.MAKE, queue="long")
def make(*, export_id: str) -> None:
    """Make an export that someone asked for."""
    make_export(UUID(export_id))


@app.periodic(cron="7 * * * *")
@app.task(name=Job.FOLLOW_PLANS)
def follow(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Once an hour, ask for the copies whose time has come, and remind who has none."""
    follow_plans()


@app.periodic(cron="*/10 * * * *")
@app.task(name=Job.REMOVE)
def remove(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Remove, every ten minutes, archives whose time or whose asker's right is over."""
    remove_what_is_over()
