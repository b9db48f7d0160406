"""What the behaviours do in a browser, and that pages work when they do not run."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.chromium import CHROMIUM
from tests.ui.drawing import NOW, Desk, a_desk, drawn

REFUSED = '<div class="banner banner--box">この操作はできません</div>'
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with a_desk() as desk:
        yield desk


@pytest.fixture(autouse=True)
def _the_day_of_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_a_password_is_shown_while_the_button_is_pressed_in(desk: Desk) -> None:
    with desk.looking_at(drawn("sign_in"), width=390) as page:
        field, button = page.locator("#id_password"), page.get_by_role("button", name="表示")
        button.click()

        expect(field).to_have_attribute("type", "text")
        expect(button).to_have_attribute("aria-pressed", "true")
        button.click()
        expect(field).to_have_attribute("type", "password")


def test_without_javascript_no_button_stands_there_in_vain(desk: Desk) -> None:
    with desk.looking_at(drawn("sign_in"), width=390, scripts=False) as page:
        assert page.get_by_role("button", name="表示").count() == 0
        assert page.locator("#id_password").is_editable()


def test_the_summary_of_errors_receives_focus_and_leads_to_the_field(desk: Desk) -> None:
    with desk.looking_at(drawn("sign_in"), width=390) as page:
        expect(page.get_by_role("alert").first).to_be_focused()
        page.get_by_role("link", name="パスワード：入力してください。").click()

        assert page.evaluate("location.hash") == "#id_password"


def test_the_first_tab_leads_past_the_bars(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=1280) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="本文へ移動")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.locator("main")).to_be_focused()


def test_a_sheet_opens_keeps_focus_and_gives_it_back(desk: Desk) -> None:
    with desk.looking_at(drawn("contact"), width=390) as page:
        opener = page.get_by_role("button", name="開く")
        opener.click()
        sheet = page.get_by_role("dialog", name="見本の問い")
        expect(sheet).to_be_visible()
        page.keyboard.press("Escape")

        expect(sheet).to_be_hidden()
        expect(opener).to_be_focused()
        opener.click()
        page.get_by_role("button", name="やめる").click()
        expect(sheet).to_be_hidden()


def test_a_sheet_drawn_open_makes_the_page_behind_it_silent(desk: Desk) -> None:
    with desk.looking_at(drawn("confirm"), width=390) as page:
        expect(page.get_by_role("heading", name="ご家族に見える投稿です")).to_be_focused()
        assert page.get_by_role("button", name="ご家族へ送る…").count() == 1
        page.locator("main .composer button").first.focus()

        assert page.evaluate("() => document.activeElement.closest('dialog') !== null")


def test_a_sheet_drawn_open_is_there_without_javascript(desk: Desk) -> None:
    with desk.looking_at(drawn("confirm"), width=390, scripts=False) as page:
        assert page.get_by_role("button", name="ご家族に送る").is_visible()


def test_today_becomes_yesterday_at_midnight_in_japan(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=390) as page:
        said = page.locator("#p2 ~ .post__meta time")
        expect(said).to_have_text("今日 9:18")
        page.clock.run_for(timedelta(hours=14, minutes=14) // timedelta(milliseconds=1))
        expect(said).to_have_text("今日 9:18")
        page.clock.run_for(timedelta(minutes=2) // timedelta(milliseconds=1))

        expect(said).to_have_text("昨日 9:18")


def test_server_and_browser_say_the_same_of_every_time(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=1280, scripts=False) as page:
        by_server = page.locator("time").all_text_contents()
    with desk.looking_at(drawn("staff"), width=1280) as page:
        by_browser = page.locator("time").all_text_contents()

    assert by_server == by_browser
    assert {"今日 9:18", "9:18", "昨日", "6月8日"} <= set(by_browser)


def test_no_network_is_said_and_taken_back(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=390) as page:
        banner = page.get_by_text("電波がありません")
        expect(banner).to_be_hidden()
        page.context.set_offline(True)
        expect(banner).to_be_visible()
        page.context.set_offline(False)

        expect(banner).to_be_hidden()


def test_after_13_minutes_it_asks_and_after_15_the_page_is_covered(desk: Desk) -> None:
    with desk.looking_at(drawn("contact"), width=390) as page:
        question = page.get_by_role("dialog", name="続けますか")
        cover = page.get_by_role("dialog", name="安全のため、画面を閉じました")
        page.clock.run_for(12 * 60_000)
        expect(question).to_be_hidden()
        page.clock.run_for(61_000)
        expect(question).to_be_visible()
        page.get_by_role("button", name="続ける").click()
        expect(question).to_be_hidden()
        page.clock.run_for(13 * 60_000 + 1000)
        expect(question).to_be_visible()
        page.clock.run_for(2 * 60_000 + 1000)
        expect(cover).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")

        expect(cover).to_be_visible()
        expect(question).to_be_hidden()


def test_what_a_refusal_says_appears_as_an_alert_and_goes_with_the_next_success(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=390) as page:
        page.route("**/refused", lambda route: route.fulfill(status=403, body=REFUSED))
        page.route("**/fine", lambda route: route.fulfill(body="<p>了解しました</p>"))
        page.route("**/gone", lambda route: route.abort())
        box = page.locator("#problem")
        page.evaluate("() => void htmx.ajax('POST', '/refused', '#said')")
        expect(box).to_contain_text("この操作はできません")
        page.evaluate("() => void htmx.ajax('POST', '/fine', {target: '#said', swap: 'innerHTML'})")
        expect(box).to_be_empty()
        page.evaluate("() => void htmx.ajax('POST', '/gone', '#said').catch(() => {})")

        expect(box).to_contain_text("送れませんでした")
