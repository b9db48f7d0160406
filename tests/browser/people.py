"""People of the demo world in front of a real browser, with a real CareStation behind it."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Final

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page

PHONE: Final[dict[str, int]] = {"width": 390, "height": 844}
DESK: Final[dict[str, int]] = {"width": 1280, "height": 800}
STEP_SECONDS: Final = 30
# Each code was used two steps earlier than it was.
A_MINUTE_AGO: Final = """
UPDATE mfa_authenticator
SET data = data || jsonb_build_object('step', (data->>'step')::bigint - 2) WHERE type = 'totp'
"""


def code_of(secret: str, step: int) -> str:
    """Return the six digits of RFC 6238 for one step of thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = mac[-1] & 15
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@dataclass
class Site:
    """A started CareStation, and its demo people by the word before the @ of their address."""

    url: str
    people: dict[str, dict[str, Any]]
    mail: Path = Path()
    database: str = ""
    spent: dict[str, int] = field(default_factory=dict)
    kept: dict[tuple[str, bool], Any] = field(default_factory=dict)


@dataclass
class Stage:
    """A site, and a browser to look at it."""

    site: Site
    browser: Browser

    @property
    def url(self) -> str:
        return self.site.url

    def let_time_pass(self, statement: str) -> None:
        """Bend a time in the database, for what would take longer than anybody waits."""
        with psycopg.connect(self.site.database, autocommit=True) as connection:
            assert connection.execute(statement.encode()).rowcount == 1

    def code(self, name: str) -> str:
        """Return a code that this person has not used yet; a minute passes where there is none."""
        secret, now = str(self.site.people[name]["totp_secret"]), int(time.time() // STEP_SECONDS)
        if self.site.spent.get(name, 0) > now:
            with psycopg.connect(self.site.database, autocommit=True) as connection:
                connection.execute(A_MINUTE_AGO)
            self.site.spent = {who: step - 2 for who, step in self.site.spent.items()}
        step = max(now, self.site.spent.get(name, 0) + 1)
        self.site.spent[name] = step
        return code_of(secret, step)

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in as a person does: address, password, and the code where one is due."""
        person = self.site.people[name]
        page.goto(f"{self.url}/sign-in/")
        page.get_by_label("メールアドレス").fill(person["email"])
        page.get_by_label("パスワード").fill(person["password"])
        page.get_by_role("button", name="サインイン", exact=True).click()
        page.wait_for_load_state()
        if person["totp_secret"]:
            page.get_by_label("確認コード").first.fill(self.code(name))
            page.locator("main form button.btn--main").first.click()
            page.wait_for_load_state()

    def letter_to(self, address: str, *, within_seconds: float = 30) -> str:
        """Return the newest mail to an address, waiting until the worker has sent it."""
        until = time.monotonic() + within_seconds
        while time.monotonic() < until:
            mails = sorted(self.site.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
            for path in reversed(mails):
                letter = message_from_bytes(path.read_bytes(), policy=default)
                if letter["To"] == address:
                    return str(letter.get_content())
            time.sleep(0.2)
        raise AssertionError(f"no mail to {address}")

    @contextmanager
    def seated(
        self, name: str, *, size: dict[str, int] = PHONE, scripts: bool = True
    ) -> Iterator[Page]:
        """Give a person a browser in which they are signed in; one sign-in serves many tests."""
        context = self._context(name, size=size, scripts=scripts)
        page = context.new_page()
        page.set_default_timeout(15_000)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        try:
            if (name, scripts) not in self.site.kept:
                self.sign_in(page, name)
                self.site.kept[name, scripts] = context.storage_state()
            yield page
            assert problems == []
        finally:
            context.close()

    def _context(self, name: str, *, size: dict[str, int], scripts: bool) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            java_script_enabled=scripts,
            storage_state=self.site.kept.get((name, scripts)),
        )
