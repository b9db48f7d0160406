"""A facility's desk in a real browser: inviting, joining, leaving, signing the list."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.people import DESK, PHONE, Stage, code_of

pytestmark = pytest.mark.xdist_group("site")
PASSWORD = "tsuki-to-hoshi-no-yoru"
CUT_SECONDS = 5


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def manager(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Tsuji manages the care-plan office, at a telephone and at a wide screen."""
    with stage.seated("tsuji", size=request.param) as page:
        page.goto(f"{stage.url}/")
        page.get_by_role("link", name="施設管理").click()
        page.wait_for_url("**/desk/*/")
        yield page


def open_item(page: Page, name: str) -> None:
    """Open a page of the desk; on a telephone the menu is folded."""
    fold = page.get_by_text("管理メニュー")
    if fold.is_visible():
        fold.click()
    page.locator("nav.console__side a:visible").filter(has_text=name).click()
    page.wait_for_load_state()


def fits(page: Page) -> None:
    """Say what is wrong with a page for eyes and ears."""
    width = page.viewport_size["width"] if page.viewport_size else 0

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def link_in(letter: str) -> str:
    found = re.search(r"https?://\S+/join/\?token=\S+", letter)
    assert found is not None
    return found[0]


def test_every_page_of_the_desk_fits_and_is_fit_to_be_heard(manager: Page) -> None:
    for item in ("管理トップ", "スタッフ", "招待", "権限", "安全の決まり", "名簿の確認"):
        open_item(manager, item)
        fits(manager)


@pytest.mark.control("5.16")
def test_an_invitation_takes_four_actions_by_keyboard_and_ends_in_a_working_account(
    stage: Stage,
) -> None:
    address = "shinjin@itodenwa.example"
    with stage.seated("tsuji", size=DESK) as page:
        page.goto(f"{stage.url}/desk/")
        # Four actions: open the page, the address, the profession, and send.
        page.get_by_role("link", name="スタッフを招待する").press("Enter")
        page.get_by_label("メールアドレス").press_sequentially(address)
        page.get_by_label("職種").press("k")
        page.get_by_label("職種").select_option("care_manager")
        page.get_by_role("button", name="招待する").press("Enter")
        expect(page.get_by_role("row").filter(has_text=address)).to_contain_text("招待中")

    context = stage.browser.new_context(locale="ja-JP", viewport={"width": 390, "height": 844})
    newcomer = context.new_page()
    newcomer.goto(link_in(stage.letter_to(address)))
    newcomer.get_by_label("お名前").fill("新田 葵")
    newcomer.get_by_label("ふりがな").fill("にった あおい")
    newcomer.get_by_label("パスワード").fill(PASSWORD)
    newcomer.get_by_role("button", name="登録して参加する").press("Enter")
    newcomer.wait_for_url("**/account/app/")
    secret = newcomer.locator("[data-text]").inner_text().replace(" ", "")
    newcomer.get_by_label("確認コード").fill(code_of(secret, int(time.time() // 30)))
    newcomer.get_by_role("button", name="設定を終える").press("Enter")
    newcomer.wait_for_url("**/account/codes/")
    newcomer.goto(f"{stage.url}/")
    expect(newcomer.get_by_text("参加しているグループがありません。")).to_be_visible()
    context.close()

    with stage.seated("tsuji", size=DESK) as page:
        page.goto(f"{stage.url}/desk/")
        open_item(page, "スタッフ")
        row = page.get_by_role("row").filter(has_text="新田 葵")
        expect(row).to_contain_text("設定済み")


@pytest.mark.control("5.18")
def test_a_leavers_open_page_closes_within_five_seconds(stage: Stage) -> None:
    with stage.seated("mizuno") as leaver, stage.seated("hashizume", size=DESK) as page:
        leaver.goto(f"{stage.url}/")
        leaver.locator("main a.grouprow").first.click()
        leaver.wait_for_url("**/groups/**")
        expect(leaver.locator("#posts > li").first).to_be_visible()
        page.goto(f"{stage.url}/desk/")
        open_item(page, "スタッフ")
        page.get_by_role("link", name=re.compile("変更.*水野 遥")).click()
        page.get_by_role("link", name="解除する…").click()
        expect(page.get_by_text("グループ 1件 から外れます")).to_be_visible()
        page.get_by_text("退職", exact=True).click()
        page.get_by_role("button", name="解除する").click()
        ended = time.monotonic()
        page.wait_for_url("**/staff/")

        cover = leaver.get_by_role("heading", name="安全のため、画面を閉じました")
        expect(cover).to_be_visible(timeout=CUT_SECONDS * 1_000)
        assert time.monotonic() - ended < CUT_SECONDS
        leaver.goto(f"{stage.url}/")
        leaver.wait_for_url("**/sign-in/**")


@pytest.mark.control("5.18")
@pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, True), (DESK, False)], ids=["phone", "without JavaScript"]
)
def test_a_role_is_made_by_keyboard_and_shown_in_the_table(
    stage: Stage, size: dict[str, int], *, scripts: bool
) -> None:
    name = "事務リーダー" if scripts else "連携の係"
    with stage.seated("katagiri", size=size, scripts=scripts) as page:
        page.goto(f"{stage.url}/desk/")
        open_item(page, "権限")
        page.get_by_role("link", name="権限の組を作る").press("Enter")
        page.get_by_label("権限の組の名前").press_sequentially(name)
        page.get_by_label("スタッフを招待する").press("Space")
        page.get_by_label("名簿を確認して署名する").press("Space")
        page.get_by_role("button", name="変わるところを確かめる").press("Enter")
        expect(page.get_by_text("まだ変えていません。")).to_be_visible()
        expect(page.get_by_role("row").filter(has_text="スタッフの一覧を見る")).to_be_visible()
        if scripts:
            fits(page)
        page.get_by_role("button", name="この権限の組を作る").press("Enter")
        page.wait_for_url("**/rights/")
        row = page.get_by_role("row").filter(has_text="スタッフを招待する")
        expect(row.get_by_role("cell").last).to_contain_text("できる")
        expect(page.get_by_text(name).first).to_be_visible()


@pytest.mark.control("5.18")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pausing_and_the_signature_work_without_javascript(
    stage: Stage, size: dict[str, int]
) -> None:
    with stage.seated("katagiri", size=size, scripts=False) as page:
        page.goto(f"{stage.url}/desk/")
        open_item(page, "スタッフ")
        page.get_by_role("link", name=re.compile("変更.*小野寺 健")).click()
        page.get_by_role("link", name="停止する…").click()
        page.get_by_role("button", name="停止する").click()
        expect(page.get_by_role("row").filter(has_text="小野寺 健")).to_contain_text("停止中")
        page.get_by_role("link", name=re.compile("変更.*小野寺 健")).click()
        page.get_by_role("button", name="再開する").click()
        expect(page.get_by_role("row").filter(has_text="小野寺 健")).to_contain_text("利用中")
        open_item(page, "名簿の確認")
        page.get_by_label("ひとりずつ確かめ").check()
        page.get_by_role("button", name="この名簿で確認する").click()
        expect(page.get_by_text("片桐 奈央 さんが 2人 の名簿を確認しました。")).to_be_visible()
