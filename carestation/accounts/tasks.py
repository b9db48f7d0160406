"""Mails, tried again until the relay takes them. No name and no address stands in a job.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from carestation.accounts.choices import Job, Letter
from carestation.accounts.commands.brakes import forget_brakes
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.queries import address_of
from carestation.kernel.ids import uuid7

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=5)


@app.task(name=Job.MAIL_RESET_LINK, retry=AGAIN)
def mail_reset_link(*, index: str) -> None:
    """Mail the link by which a password is set; nothing where there is nobody."""
    link = make_reset_link(bytes.fromhex(index), request_id=uuid7())
    if link is None:
        return
    url = f"{settings.SITE_URL}{reverse('accounts:reset')}?token={link.token}"
    _send(Letter.RESET, link.address, url=url)


@app.task(name=Job.MAIL_LETTER, retry=AGAIN)
def mail_letter(*, user_id: str, letter: str) -> None:
    """Mail a person that something about their account changed."""
    address = address_of(UUID(user_id))
    if address:
        _send(Letter(letter), address, url=f"{settings.SITE_URL}{reverse('accounts:account')}")


@app.periodic(cron="17 * * * *")
@app.task(name=Job.FORGET_BRAKES)
def forget_old_brakes(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Drop what no longer brakes, once an hour."""
    forget_brakes()


def _send(letter: Letter, address: str, *, url: str) -> None:
    subject = f"［{settings.PRODUCT_NAME}］{letter.label}"
    context = {"letter": letter, "url": url}
    body = render_to_string("accounts/letter.txt", context)
    send_mail(subject, body, None, [address])
