"""The entry in Chromium: a passkey of a virtual telephone, the enrolment, and no script at all."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Browser, Page, expect

from carestation.accounts.models import Session
from tests.accounts.people import ADDRESS, PASSWORD, SECRET, a_person, code_now
from tests.axe import BROKEN_ALONE
from tests.chromium import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]


def with_telephone(page: Page) -> None:
    """Give the page a telephone that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, site: str, onward: str = "/account/") -> None:
    page.goto(f"{site}{onward}")
    page.get_by_label("メールアドレス").fill(ADDRESS)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()


def passes_axe(page: Page) -> None:
    options = {"rules": {"target-size": {"enabled": True}}, **BROKEN_ALONE}
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, results.generate_report()


def test_a_nurse_makes_a_passkey_and_signs_in_by_it_alone(page: Page, site: str) -> None:
    a_person()
    with_telephone(page)

    sign_in(page, site)
    expect(page.get_by_role("heading", name="2段階の確認を設定する")).to_be_visible()
    page.get_by_role("link", name="パスキーを登録する").click()
    page.get_by_label("パスキーの名前").fill("自分のスマートフォン")
    page.get_by_role("button", name="パスキーを登録する").click()
    expect(page.get_by_role("heading", name="回復コードを控える")).to_be_visible()
    page.get_by_label("回復コードを控えました").check()
    page.get_by_role("button", name="設定を終える").click()
    expect(page.get_by_text("パスキー：自分のスマートフォン")).to_be_visible()
    page.get_by_role("button", name="サインアウト").click()
    page.get_by_role("link", name="パスキーでサインイン").click()
    page.get_by_role("button", name="パスキーで進む").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{site}/account/")

    expect(page.get_by_text("パスキー：自分のスマートフォン")).to_be_visible()


def test_a_passkey_is_the_second_step(page: Page, site: str) -> None:
    a_person()
    with_telephone(page)
    sign_in(page, site)
    page.get_by_role("link", name="パスキーを登録する").click()
    page.get_by_label("パスキーの名前").fill("電話")
    page.get_by_role("button", name="パスキーを登録する").click()
    page.get_by_label("回復コードを控えました").check()
    page.get_by_role("button", name="設定を終える").click()
    page.get_by_role("button", name="サインアウト").click()

    sign_in(page, site)
    page.get_by_role("link", name="パスキーで確認する").click()
    page.get_by_role("button", name="パスキーで進む").click()

    expect(page.get_by_role("heading", name="アカウントの安全").first).to_be_visible()


def test_a_telephone_that_says_no_leaves_the_form_and_says_so(page: Page, site: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/sign-in/passkey/")

    page.get_by_role("button", name="パスキーで進む").click()

    expect(page.get_by_text("この端末でパスキーを使えませんでした")).to_be_visible()


@pytest.mark.parametrize(
    "clipboard", ["undefined", "{ writeText: async () => { throw new DOMException('no'); } }"]
)
def test_where_the_browser_copies_nothing_it_is_said_and_the_words_are_chosen(
    page: Page, site: str, clipboard: str
) -> None:
    a_person()
    page.add_init_script(
        f"Object.defineProperty(Navigator.prototype, 'clipboard', {{ get: () => ({clipboard}) }})"
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(page, site)

    page.get_by_role("button", name="コピーする").click()

    expect(page.get_by_role("alert").filter(has_text="コピーできませんでした")).to_be_visible()
    chosen = page.evaluate("getSelection().toString().trim()")
    assert chosen == page.locator("[data-text]").inner_text()
    assert not faults
    page.get_by_label("確認コード").fill(code_now(chosen.replace(" ", "")))
    page.get_by_role("button", name="設定を終える").click()
    page.get_by_role("button", name="コピーする").click()
    expect(page.get_by_role("alert").filter(has_text="コピーできませんでした")).to_be_visible()
    codes = page.locator("[data-text] li").all_inner_texts()
    assert page.evaluate("getSelection().toString()").split() == codes
    passes_axe(page)


def test_an_app_is_set_up_and_used_without_a_script(browser: Browser, site: str) -> None:
    a_person()
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()

    sign_in(page, site)
    secret = page.locator("[data-text]").inner_text().replace(" ", "")
    page.get_by_label("確認コード").fill(code_now(secret))
    page.get_by_role("button", name="設定を終える").click()
    expect(page.get_by_role("heading", name="回復コードを控える")).to_be_visible()
    code = page.locator("ol li").first.inner_text()
    page.get_by_label("回復コードを控えました").check()
    page.get_by_role("button", name="設定を終える").click()
    page.get_by_role("button", name="サインアウト").click()
    sign_in(page, site)
    page.get_by_label("確認コード").fill(code)
    page.get_by_role("button", name="確認して進む").click()

    expect(page.get_by_text("残り 9個")).to_be_visible()
    context.close()


def test_the_pages_are_fit_for_everyone(page: Page, site: str) -> None:
    a_person(secret=SECRET)
    for path in ("/sign-in/", "/sign-in/passkey/", "/password/forgotten/"):
        page.goto(f"{site}{path}")
        passes_axe(page)
    page.goto(f"{site}/sign-in/")
    page.get_by_label("メールアドレス").fill(ADDRESS)
    page.get_by_label("パスワード", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_focused()
    passes_axe(page)

    sign_in(page, site)
    passes_axe(page)
    page.get_by_label("確認コード").fill(code_now())
    page.get_by_role("button", name="確認して進む").click()
    expect(page.get_by_role("heading", name="アカウントの安全").first).to_be_visible()

    for path in ("/account/", "/account/app/", "/account/passkeys/new/", "/account/password/"):
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(f"{site}{path}")
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow == 0, (path, width)
        passes_axe(page)
    assert Session.objects.filter(ended_at=None).count() == 1
