"""Mail over a real SMTP server: asked for on a page, made by the worker, received."""

import asyncio
import gc
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.commands.registrations import begin_registration
from carestation.accounts.commands.sign_in import sign_in
from carestation.accounts.queries.links import find_registration
from carestation.kernel.ids import uuid7
from tests.accounts.people import ADDRESS, BROWSER, a_person

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "tsuki-to-hoshi-no-yoru"


class Mailbox:
    """What a mail server of someone else's received; it can be told to be busy first."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.busy = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.busy:
            self.busy -= 1
            return "451 4.3.0 busy"
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


class OnAnyPort(Controller):
    """A server on a free port of this machine; its own check of readiness wants a known one."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.base_events.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own


@pytest.fixture
def mailbox(settings: Settings, transactional_db: None) -> Iterator[Mailbox]:
    ProcrastinateJob.objects.all().delete()
    mailbox = Mailbox()
    server = OnAnyPort(mailbox, hostname="127.0.0.1", port=0)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.SITE_URL = "https://care.example"
    yield mailbox
    server.stop()


def work() -> None:
    """Let a worker do what is due, and stop."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # the Django one has it
    with app.replace_connector(connector) as worker:
        worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
    # Its threads are gone, and with them their connections to this database.
    gc.collect()


def token_in(letter: EmailMessage, path: str) -> str:
    words = letter.get_content()
    found = re.search(rf"^https://care\.example{path}\?token=(\S+)\s*$", words, re.MULTILINE)
    assert found is not None, words
    return found[1]


@pytest.mark.control("5.17")
def test_a_password_is_set_by_a_link_that_came_over_smtp(mailbox: Mailbox) -> None:
    a_person()
    client = Client(headers={"Host": "127.0.0.1"})

    client.post("/password/forgotten/", {"email": ADDRESS}, headers={"Host": "localhost"})
    client.post("/password/forgotten/", {"email": "nobody@example.jp"})
    work()
    (letter,) = mailbox.letters
    token = token_in(letter, "/password/new/")
    client.post("/password/new/", {"token": token, "new": NEW})

    assert letter["To"] == ADDRESS
    assert letter["Subject"].strip() == "［ケアステーション］パスワードの再設定"
    assert sign_in(ADDRESS, NEW, BROWSER, request_id=uuid7()).token


@pytest.mark.control("5.16")
def test_a_registration_reaches_a_new_mailbox_even_if_its_server_was_busy(
    mailbox: Mailbox,
) -> None:
    mailbox.busy = 1
    purpose = RegistrationPurpose.FOUND_FACILITY
    begin_registration(
        None,
        "new@example.jp",
        purpose,
        subject_id=uuid7(),
        page="accounts:reset",
        request_id=uuid7(),
    )

    work()
    assert mailbox.letters == []
    make_due()
    work()

    (letter,) = mailbox.letters
    opened = find_registration(token_in(letter, "/password/new/"), purpose)
    assert (letter["To"], opened.email) == ("new@example.jp", "new@example.jp")


def make_due() -> None:
    """Let what is to be tried again be tried now."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
