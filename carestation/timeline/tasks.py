"""The timetable of timelines."""

from procrastinate.contrib.django import app

from carestation.timeline.commands.files import discard_forgotten_files
from carestation.timeline.commands.room import count_files


@app.periodic(cron="23 * * * *")
@app.task(name="timeline.discard_forgotten_files")
def discard_forgotten(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Throw away, once an hour, what was handed in a day ago and never posted."""
    discard_forgotten_files()


@app.periodic(cron="41 * * * *")
@app.task(name="timeline.count_files")
def count_what_files_take(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Count once an hour what the files of each facility take."""
    count_files()
