"""本登録 and one's own account in Chromium: by keyboard alone, narrow and wide, for everyone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from django.core.mail import EmailMessage
from playwright.sync_api import Browser, Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from carestation.accounts.commands.registrations import begin_registration, make_registration_link
from carestation.accounts.models import User
from carestation.accounts.queries.people import read_email, read_person
from carestation.accounts.tasks import mail_address_link
from carestation.kernel.ids import uuid7
from tests.accounts.people import ADDRESS, PASSWORD, a_person
from tests.accounts.registering import PURPOSE
from tests.axe import BROKEN_ALONE
from tests.chromium import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]
NEW = "sakura@tsukimizaka.example"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go_to(page: Page, name: str) -> None:
    """Press Tab until a control of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in _name_of(focused.first.evaluate(NAMED)):
            return
    raise AssertionError(f"{name} is not reached by Tab")


NAMED = "e => [e.labels?.[0]?.innerText, e.innerText, e.getAttribute('aria-label')].join(' ')"


def _name_of(said: object) -> str:
    return str(said)


def is_whole(page: Page) -> None:
    """Nothing runs over the edge, narrow or wide, and axe finds nothing."""
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over == 0, (page.url, width)
    results = Axe().run(page, options=BROKEN_ALONE)
    assert results.violations_count == 0, results.generate_report()


def a_registration_link(settings: Settings, site: str) -> str:
    settings.ROOT_URLCONF = "tests.accounts.registering"
    registration = begin_registration(
        None, NEW, PURPOSE, subject_id=uuid7(), page="registering", request_id=uuid7()
    )
    link = make_registration_link(registration.pk, request_id=uuid7())
    assert link is not None
    return f"{site}/registering/?token={link.token}"


def test_a_person_registers_by_keyboard_and_is_led_to_the_second_factor(
    page: Page, site: str, settings: Settings
) -> None:
    page.goto(a_registration_link(settings, site))
    is_whole(page)

    go_to(page, "お名前")
    page.keyboard.type("林 さくら")
    go_to(page, "ふりがな")
    page.keyboard.type("ハヤシ さくら")
    go_to(page, "パスワード")
    page.keyboard.type("tsuki-to-hos")
    expect(page.get_by_text("短すぎます。あと3文字")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("alert").first).to_be_focused()
    expect(page.get_by_label("お名前")).to_have_value("林 さくら")
    go_to(page, "パスワード")
    page.keyboard.type("tsuki-to-hoshi-no-yoru")
    expect(page.get_by_text("じゅうぶんな長さです。")).to_be_visible()
    is_whole(page)
    press(page, "Enter")

    expect(page.get_by_role("heading", name="2段階の確認を設定する")).to_be_visible()
    person = read_person(User.objects.get(), None)
    assert (person.name, person.kana) == ("林 さくら", "はやし さくら")


def test_a_person_registers_without_a_script(
    browser: Browser, site: str, settings: Settings
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(a_registration_link(settings, site))

    page.get_by_label("お名前").fill("林 さくら")
    page.get_by_label("ふりがな").fill("はやし さくら")
    page.get_by_label("パスワード", exact=True).fill("tsuki-to-hoshi-no-yoru")
    page.get_by_role("button", name="登録する").click()

    expect(page.get_by_role("heading", name="2段階の確認を設定する")).to_be_visible()
    context.close()


def test_a_mail_address_is_changed_by_keyboard(
    page: Page, site: str, mailoutbox: list[EmailMessage]
) -> None:
    user = a_person(is_professional=False)
    page.goto(f"{site}/account/")
    go_to(page, "メールアドレス")
    page.keyboard.type(ADDRESS)
    go_to(page, "パスワード")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", name="アカウントの安全").first).to_be_visible()
    is_whole(page)

    go_to(page, "メールアドレスを変える")
    press(page, "Enter")
    expect(page.get_by_label("新しいメールアドレス")).to_be_visible()
    is_whole(page)
    go_to(page, "新しいメールアドレス")
    page.keyboard.type(NEW)
    press(page, "Enter")
    expect(page.get_by_text("新しいメールアドレスに、案内を送りました")).to_be_visible()
    # Jobs of other committed tests may wait, too: the queue's tables are not emptied between them.
    job = ProcrastinateJob.objects.filter(task_name="accounts.mail_address_link").latest("id")
    mail_address_link(**job.args)
    link = re.search(r"http\S+/account/address/confirm/\S+", str(mailoutbox[0].body))
    assert link is not None
    page.goto(link[0])
    is_whole(page)
    go_to(page, "このメールアドレスにする")
    press(page, "Enter")

    expect(page.get_by_text("メールアドレスが変わりました")).to_be_visible()
    assert read_email(User.objects.get(pk=user.pk), None) == NEW


def test_the_other_pages_of_the_account_are_fit_for_everyone(page: Page, site: str) -> None:
    a_person(is_professional=False)
    page.goto(f"{site}/account/history/")
    for password in ("wrong", PASSWORD):
        page.get_by_label("メールアドレス").fill(ADDRESS)
        page.get_by_label("パスワード", exact=True).fill(password)
        page.get_by_role("button", name="サインイン", exact=True).click()

    expect(page.get_by_text("断られました：メールアドレスかパスワードの違い")).to_be_visible()
    is_whole(page)
    for path in ("/account/profile/", "/account/address/confirm/", "/account/password/"):
        page.goto(f"{site}{path}")
        is_whole(page)
