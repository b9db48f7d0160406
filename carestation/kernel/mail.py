"""Mail as files: one .eml each, where there is no SMTP server (development, demo, tests)."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from carestation.kernel.ids import uuid7


class FileBackend(BaseEmailBackend):
    """Write each message into `settings.MAIL_DIR`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; return how many."""
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            (folder / f"{uuid7()}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)
