"""Inviting into a group in a real browser: the family by mail, a colleague by code, the patient."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.keyboard import press, reach
from tests.browser.people import DESK, PHONE, Stage, code_of

pytestmark = pytest.mark.xdist_group("site")
PASSWORD = "tsuki-to-hoshi-no-yoru"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
CHIYO = r"佐伯 千代\s*様"
CHIYOKO = r"佐伯 千代子\s*様"


def open_members(page: Page, stage: Stage, patient: str, side: str) -> None:
    """Open who sits in a patient's group, from the first page."""
    page.goto(f"{stage.url}/")
    page.locator("main a.grouprow").filter(has_text=re.compile(patient)).first.click()
    page.wait_for_url("**/groups/**")
    group = page.url.split("/groups/")[1].split("/")[0]
    page.goto(f"{stage.url}/groups/{group}/{side}/members/")


def must_be_fit(page: Page) -> None:
    """Nothing stands out at the side, and nothing cannot be heard."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert violations(page) == [], page.url


def link_in(letter: str) -> str:
    found = re.search(r"https?://\S+/invitation/\?token=\S+", letter)
    assert found is not None
    return found[0]


@pytest.mark.control("5.16")
def test_an_invitation_takes_four_actions_by_keyboard_and_ends_in_a_second_factor(
    stage: Stage,
) -> None:
    address = "natsuki@kazoku.example"
    with stage.seated("hayakawa", size=DESK) as page:
        open_members(page, stage, CHIYO, "patient")
        # Four actions: open the page, the name, the address, and send.
        press(page.get_by_role("link", name="招待する"))
        reach(page.get_by_label("お名前"))
        page.keyboard.type("佐伯 夏希")
        reach(page.get_by_label("メールアドレス"))
        page.keyboard.type(address)
        press(page.get_by_role("button", name="メールで招待する"))
        page.wait_for_url("**/members/")
        expect(page.get_by_text("ユーザ登録待ち")).to_be_visible()
        expect(page.get_by_text("佐伯 夏希", exact=True)).to_be_visible()

    context = stage.browser.new_context(locale="ja-JP", viewport={"width": 390, "height": 844})
    newcomer = context.new_page()
    newcomer.goto(link_in(stage.letter_to(address)))
    must_be_fit(newcomer)
    expect(newcomer.get_by_text("千代")).to_have_count(0)
    expect(newcomer.get_by_label("お名前")).to_have_value("佐伯 夏希")
    newcomer.get_by_label("ふりがな").fill("さえき なつき")
    newcomer.get_by_label("パスワード").fill(PASSWORD)
    press(newcomer.get_by_role("button", name="登録して参加する"))
    newcomer.wait_for_url("**/groups/*/patient/")
    newcomer.goto(f"{stage.url}/account/app/")
    secret = newcomer.locator("[data-text]").inner_text().replace(" ", "")
    step = int(time.time() // 30)
    newcomer.get_by_label("確認コード").fill(code_of(secret, step))
    press(newcomer.get_by_role("button", name="設定を終える"))
    newcomer.wait_for_url("**/account/codes/")
    context.close()

    context = stage.browser.new_context(locale="ja-JP", viewport={"width": 390, "height": 844})
    again = context.new_page()
    again.goto(f"{stage.url}/sign-in/")
    again.get_by_label("メールアドレス").fill(address)
    again.get_by_label("パスワード").fill(PASSWORD)
    press(again.get_by_role("button", name="サインイン", exact=True))
    again.get_by_label("確認コード").first.fill(code_of(secret, step + 1))
    press(again.locator("main form button.btn--main").first)
    again.wait_for_url("**/groups/*/patient/")
    context.close()


@pytest.mark.control("5.16")
@SIZES
def test_a_colleague_across_the_road_joins_by_code_without_javascript(
    stage: Stage, size: dict[str, int]
) -> None:
    who, name = ("katagiri", "片桐 奈央") if size is PHONE else ("tsuji", "辻 恭子")
    with stage.seated("hayakawa", size=size, scripts=False) as page:
        open_members(page, stage, CHIYO, "professional")
        page.get_by_role("link", name="招待する").click()
        page.get_by_label("お名前").fill(name)
        page.get_by_role("button", name="QRコードで招待する").click()
        expect(page.locator("svg.qr")).to_be_visible()
        code = page.locator("p.rule.num").inner_text()
        page.get_by_role("link", name="メンバーにもどる").click()
        expect(page.get_by_text("本人参加待ち")).to_be_visible()

    with stage.seated(who, size=size, scripts=False) as colleague:
        colleague.goto(f"{stage.url}/invitation/code/")
        colleague.get_by_label("招待コード").fill(code)
        colleague.get_by_role("button", name="進む").click()
        expect(colleague.get_by_text("早川 誠一 さんからの招待です。")).to_be_visible()
        colleague.get_by_role("button", name="参加する").click()
        colleague.wait_for_url(f"{stage.url}/")
        own = colleague.locator("main a.grouprow").filter(has_text=re.compile(CHIYO))
        expect(own).to_have_count(1)


@pytest.mark.control("5.18")
def test_the_patient_who_takes_part_is_asked_and_the_invited_presses_once(stage: Stage) -> None:
    with stage.seated("okamura") as page:
        open_members(page, stage, CHIYOKO, "professional")
        page.get_by_role("link", name="招待する").click()
        page.get_by_label("お名前").fill("中西 敦子")
        page.get_by_label("メールアドレス").fill(stage.site.people["nakanishi"]["email"])
        page.get_by_role("button", name="メールで招待する").click()
        expect(page.get_by_text("患者本人の承認待ち")).to_be_visible()
    with stage.seated("chiyoko") as patient:
        patient.goto(f"{stage.url}/")
        must_be_fit(patient)
        press(patient.get_by_role("link", name="承認を待っている招待 1件"))
        must_be_fit(patient)
        press(patient.get_by_role("button", name=re.compile("承認する.*中西 敦子")))
        expect(patient.get_by_text("本人参加待ち")).to_be_visible()
    with stage.seated("nakanishi", size=DESK) as invited:
        invited.goto(f"{stage.url}/")
        must_be_fit(invited)
        press(invited.get_by_role("button", name="参加する"))
        own = invited.locator("main a.grouprow").filter(has_text=re.compile(CHIYOKO))
        expect(own).to_have_count(1)


@SIZES
def test_every_page_around_invitations_fits_and_is_fit_to_be_heard(
    stage: Stage, size: dict[str, int]
) -> None:
    with stage.seated("miyake", size=size) as page:
        open_members(page, stage, CHIYO, "professional")
        must_be_fit(page)
        page.get_by_role("link", name="招待する").click()
        page.get_by_role("button", name="メールで招待する").click()
        expect(page.get_by_role("alert")).to_be_visible()
        must_be_fit(page)
        page.get_by_label("お名前").fill("試しの人")
        page.get_by_role("button", name="QRコードで招待する").click()
        must_be_fit(page)
        expect(page.get_by_text("承認されると、このコードで参加できます。")).to_be_visible()
        page.get_by_role("link", name="メンバーにもどる").click()
        expect(page.get_by_text("管理者の承認待ち")).to_be_visible()
        must_be_fit(page)
        page.goto(page.url.replace("members", "face-sheet"))
        page.get_by_role("link", name="同意の記録を開く").click()
        must_be_fit(page)
        page.get_by_role("link", name="同意の撤回を記録する…").click()
        must_be_fit(page)
    with stage.seated("okamura", size=size) as manager:
        manager.goto(f"{stage.url}/desk/")
        place = manager.url.split("/desk/")[1].split("/")[0]
        manager.goto(f"{stage.url}/desk/{place}/group-invitations/")
        must_be_fit(manager)
        manager.get_by_role("button", name=re.compile("承認しない.*試しの人")).click()
        expect(manager.get_by_text("承認を待っている招待はありません。")).to_be_visible()
        must_be_fit(manager)
