"""Pages made of the macros, and Chromium to draw them: served from memory, with our headers."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django import forms
from django.contrib.staticfiles import finders
from django.template import engines
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader
from playwright.sync_api import Browser, Page, Route

from carestation.kernel.http import CONTENT_SECURITY_POLICY
from tests.chromium import chromium

ORIGIN: Final = "http://kit.test"
PAGES: Final = Path(__file__).parent / "pages"
NOW: Final = datetime(2026, 6, 10, 0, 45, tzinfo=UTC)
MOMENTS: Final = (
    datetime(2026, 6, 10, 0, 18, tzinfo=UTC),
    datetime(2026, 6, 9, 7, 40, tzinfo=UTC),
    datetime(2026, 6, 8, 6, 20, tzinfo=UTC),
)


class SignIn(forms.Form):
    email = forms.EmailField(label="メールアドレス")
    password = forms.CharField(label="パスワード", widget=forms.PasswordInput)
    shared = forms.BooleanField(
        label="ほかの人も使う端末です",
        help_text="画面を閉じるとサインアウトし、この端末に何も残しません。",
        required=False,
    )


class Everything(forms.Form):
    name = forms.CharField(label="名前", help_text="姓と名のあいだを空けます。", max_length=50)
    born_on = forms.DateField(label="生年月日", widget=forms.DateInput(attrs={"type": "date"}))
    weight = forms.DecimalField(label="体重", required=False)
    kind = forms.ChoiceField(
        label="種類",
        choices=[("normal", "ふつう"), ("asked", "了解が必要"), ("urgent", "緊急")],
        widget=forms.RadioSelect,
        initial="urgent",
    )
    people = forms.MultipleChoiceField(
        label="相手",
        choices=[("1", "早川 誠一"), ("2", "小野寺 健")],
        widget=forms.CheckboxSelectMultiple,
        initial=["2"],
        required=False,
    )
    sex = forms.ChoiceField(label="性別", choices=[("f", "女性"), ("m", "男性")])
    body = forms.CharField(label="本文", widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label="写真", required=False)
    agreed = forms.BooleanField(label="同意します")
    draft_id = forms.CharField(widget=forms.HiddenInput, initial="7")


FORMS: Final[dict[str, Callable[[], forms.Form]]] = {
    "sign_in": lambda: SignIn({"email": "miyake@watage.example", "password": ""}),
    "contact": lambda: Everything({"name": "佐伯", "kind": "urgent", "body": "二\n行"}),
}


@cache
def kit() -> Environment:
    """Return the engine of the product, which knows the test's pages too."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]  # the stubs know engines only
    assert isinstance(env.loader, BaseLoader)
    return env.overlay(loader=ChoiceLoader([FileSystemLoader(PAGES), env.loader]))


def drawn(name: str) -> str:
    """Return a page of the contact sheets as HTML."""
    form = FORMS[name]() if name in FORMS else None
    return kit().get_template(f"{name}.html").render(at=MOMENTS, form=form)


@dataclass(slots=True, kw_only=True)
class Desk:
    """A browser at which pages are looked at, and what it complained about."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def looking_at(
        self, html: str, *, width: int, height: int = 844, dark: bool = False, scripts: bool = True
    ) -> Iterator[Page]:
        """Open a page as a person with this screen has it; complaints of the browser are kept."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="ja-JP",
            timezone_id="America/New_York",
        )
        page = context.new_page()
        page.clock.install(time=NOW)
        self.complaints.clear()
        page.on("console", lambda said: self._keep(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", lambda route: _answer(route, html))
        try:
            page.goto(f"{ORIGIN}/")
            yield page
        finally:
            context.close()

    def _keep(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@contextmanager
def a_desk() -> Iterator[Desk]:
    """Start Chromium for some tests, and end it with them."""
    with chromium() as browser:
        yield Desk(browser=browser)


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(ORIGIN).partition("#")[0].partition("?")[0]
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        assert isinstance(found, str), path
        kind = mimetypes.guess_type(found)[0] or "text/plain"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind)
    else:
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
