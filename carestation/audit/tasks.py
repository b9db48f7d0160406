"""The timetable of the seal, and of what is over its term.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from carestation.audit.choices import Job
from carestation.audit.commands.checkpoints import sign_parts, sign_whole
from carestation.audit.commands.keeping import keep_outside
from carestation.audit.commands.letters import send_checkpoints
from carestation.audit.commands.terms import remove_what_is_over
from carestation.audit.commands.verifications import verify_and_keep
from carestation.audit.queries.letters import checkpoint_letter
from carestation.ui.times import local_date


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


@app.periodic(cron="23 22 * * *")
@app.task(name="audit.send_checkpoints", queueing_lock="audit.letters")
def send(timestamp: int) -> None:
    """In the morning of Japan let managers be mailed what is signed, as often as they decided."""
    send_checkpoints(local_date(datetime.fromtimestamp(timestamp, tz=UTC)))


@app.task(name=Job.MAIL_CHECKPOINT, retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def mail_checkpoint(*, user_id: str, facility_id: str) -> None:
    """Mail a manager the newest checkpoints of their facility's part and of the whole."""
    letter = checkpoint_letter(UUID(user_id), UUID(facility_id))
    if letter is not None:
        subject = f"［{settings.PRODUCT_NAME}］{_('操作の記録の要約（残しておいてください）')}"
        body = render_to_string("audit/letter.txt", {"letter": letter})
        send_mail(subject, body, None, [letter.address])


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
