"""Mails, tried again until the relay takes them. No name and no address stands in a job.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django_stubs_ext import StrOrPromise
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from carestation.accounts.choices import Job, Letter, LinkLetter
from carestation.accounts.commands.addresses import make_address_link
from carestation.accounts.commands.brakes import forget_brakes
from carestation.accounts.commands.factor_resets import make_factor_link
from carestation.accounts.commands.links import MailedLink
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.commands.refusals import forget_refusals
from carestation.accounts.commands.registrations import make_registration_link
from carestation.accounts.queries.links import former_address
from carestation.accounts.queries.people import address_of
from carestation.kernel.ids import uuid7

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=5)


@app.task(name=Job.MAIL_RESET_LINK, retry=AGAIN)
def mail_reset_link(*, index: str) -> None:
    """Mail the link by which a password is set; nothing where there is nobody."""
    link = make_reset_link(bytes.fromhex(index), request_id=uuid7())
    if link is None:
        return
    _send_link(LinkLetter.PASSWORD, link, reverse("accounts:reset"))


@app.task(name=Job.MAIL_FACTOR_RESET, retry=AGAIN)
def mail_factor_reset(*, user_id: str) -> None:
    """Mail the link by which a person gives up lost factors."""
    link = make_factor_link(UUID(user_id), request_id=uuid7())
    _send_link(LinkLetter.FACTORS, link, reverse("accounts:factor_reset"))


@app.task(name=Job.MAIL_ADDRESS_LINK, retry=AGAIN)
def mail_address_link(*, change_id: str) -> None:
    """Mail the link by which a person proves a new address; none where another account has it."""
    link = make_address_link(UUID(change_id))
    if link is not None:
        path = reverse("accounts:address_confirm")
        _send_link(LinkLetter.ADDRESS, link, path, is_known=link.is_known)


@app.task(name=Job.MAIL_FORMER_ADDRESS, retry=AGAIN)
def mail_former_address(*, change_id: str) -> None:
    """Mail to the address that a person left that it is theirs no more."""
    address = former_address(UUID(change_id))
    if address:
        _send_notice(Letter.ADDRESS_CHANGED, address)


@app.task(name=Job.MAIL_REGISTRATION, retry=AGAIN)
def mail_registration(*, registration_id: str, page: str) -> None:
    """Mail the link by which a registration is completed; nothing if it was cancelled meanwhile."""
    link = make_registration_link(UUID(registration_id), request_id=uuid7())
    if link is None:
        return
    letter = LinkLetter(link.purpose.value)
    _send_link(letter, link, reverse(page), is_known=link.is_known, until=link.expires_at)


@app.task(name=Job.MAIL_LETTER, retry=AGAIN)
def mail_letter(*, user_id: str, letter: str) -> None:
    """Mail a person that something about their account changed."""
    address = address_of(UUID(user_id))
    if address:
        _send_notice(Letter(letter), address)


@app.periodic(cron="17 * * * *")
@app.task(name=Job.FORGET_BRAKES)
def forget_old_brakes(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """Drop what no longer brakes, and refusals that no history shows, once an hour."""
    forget_brakes()
    forget_refusals()


def _send_notice(letter: Letter, address: str) -> None:
    url = f"{settings.SITE_URL}{reverse('accounts:account')}"
    _send(letter.label, address, "accounts/letter.txt", {"letter": letter, "url": url})


def _send_link(
    letter: LinkLetter,
    link: MailedLink,
    path: str,
    *,
    is_known: bool = False,
    until: datetime | None = None,
) -> None:
    # Ours, from the settings: never from a request, whose host anyone can choose.
    url = f"{settings.SITE_URL}{path}?token={link.token}"
    context = {"letter": letter, "url": url, "is_known": is_known, "until": until}
    _send(letter.label, link.address, "accounts/link.txt", context)


def _send(subject: StrOrPromise, address: str, template: str, context: dict[str, object]) -> None:
    body = render_to_string(template, context)
    send_mail(f"［{settings.PRODUCT_NAME}］{subject}", body, None, [address])
