"""The timetable of the seal, and of what is over its term.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from procrastinate.contrib.django import app

from carestation.audit.commands.checkpoints import sign_parts, sign_whole
from carestation.audit.commands.keeping import keep_outside
from carestation.audit.commands.terms import remove_what_is_over
from carestation.audit.commands.verifications import verify_and_keep


@app.periodic(cron="* * * * *")
@app.task(name="audit.sign", queueing_lock="audit.sign")
def sign(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Sign, once a minute, what was sealed since; where nothing happened nothing is signed."""
    checkpoint = sign_whole()
    if checkpoint is not None:
        keep_outside(checkpoint)


@app.periodic(cron="7 * * * *")
@app.task(name="audit.sign_parts", queueing_lock="audit.sign_parts")
def sign_parts_too(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Sign every facility's part once an hour."""
    sign_parts()


@app.periodic(cron="11 15 * * *")
@app.task(name="audit.remove_what_is_over", queueing_lock="audit.terms", queue="long")
def remove(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Once a day, just after midnight in Japan, let go what is over its term."""
    remove_what_is_over()


@app.periodic(cron="37 * * * *")
@app.task(name="audit.verify", queueing_lock="audit.verify")
def verify(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Verify the whole log once an hour; the desk says when it was."""
    verify_and_keep()
