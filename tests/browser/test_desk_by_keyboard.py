"""What a facility's managers do, without a mouse: registering, rules, a list, a signature."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import is_fit_at_both_sizes, press, reach
from tests.browser.people import DESK, PHONE, Stage, code_of

pytestmark = pytest.mark.xdist_group("site")
PASSWORD = "tsuki-to-hoshi-no-yoru"
CLINIC = "あかつき訪問診療所"


def write(page: Page, said: dict[str, str]) -> None:
    """Fill fields that Tab leads to, each by how its label begins."""
    for label, words in said.items():
        reach(page.get_by_label(re.compile(f"^{label}")).first)
        page.keyboard.type(words)


def tick(page: Page, name: str | re.Pattern[str], role: str = "checkbox") -> None:
    """Reach a box, or the first of some ways, and choose it."""
    box = page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # one of two roles
    reach(box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def link_in(letter: str) -> str:
    found = re.search(r"https?://\S+\?token=\S+", letter)
    assert found is not None
    return found[0]


def open_desk(page: Page, stage: Stage, item: str) -> None:
    """Go from the first page to the desk, and to one of its pages."""
    page.goto(f"{stage.url}/")
    press(page.get_by_role("link", name="施設管理"))
    press(page.locator("nav.console__side a:visible").filter(has_text=item))


@pytest.mark.control("5.16")
def test_a_facility_is_registered_by_keyboard_up_to_its_first_managers_desk(stage: Stage) -> None:
    address = "akatsuki@akatsuki.example"
    context = stage.browser.new_context(locale="ja-JP", viewport=PHONE)  # type: ignore[arg-type]  # a TypedDict of the same two
    page = context.new_page()
    page.goto(f"{stage.url}/facilities/new/")
    is_fit_at_both_sizes(page)
    reach(page.get_by_label("施設の種類"))
    page.keyboard.press("ArrowDown")
    write(
        page,
        {
            "施設の名前": CLINIC,
            "施設の名前のふりがな": "あかつき",
            "所在地": "東京都",
            "電話番号と担当の部署": "03-0000-0000 事務",
            "最初の管理者のメールアドレス": address,
        },
    )
    tick(page, re.compile("利用規約を読み"))
    press(page.get_by_role("button", name="案内のメールを受け取る"))

    page.goto(link_in(stage.letter_to(address)))
    is_fit_at_both_sizes(page)
    write(page, {"お名前": "明石 晃", "ふりがな": "あかし あきら", "パスワード": PASSWORD})
    reach(page.get_by_label("職種"))
    page.keyboard.press("ArrowDown")
    press(page.get_by_role("button", name="登録する"))
    secret = page.locator("[data-text]").inner_text().replace(" ", "")
    write(page, {"確認コード": code_of(secret, int(time.time() // 30))})
    press(page.get_by_role("button", name="設定を終える"))
    tick(page, "回復コードを控えました")
    press(page.get_by_role("button", name="設定を終える"))

    page.goto(f"{stage.url}/desk/")
    expect(page.get_by_text(CLINIC).first).to_be_visible()
    expect(page.get_by_text("運営の承認を待っています").first).to_be_visible()
    context.close()


@pytest.mark.control("5.18")
def test_rules_change_by_keyboard_as_they_were_shown_and_no_other(stage: Stage) -> None:
    with stage.seated("horiuchi", size=DESK) as page:
        open_desk(page, stage, "安全の決まり")
        minutes = page.get_by_label("操作がないとき画面を閉じるまで（分）")
        reach(minutes)
        page.keyboard.type("10")
        press(page.get_by_role("button", name="変わるところを確かめる"))
        expect(page.get_by_role("alert")).to_contain_text("15 → 10")
        expect(page.get_by_role("alert")).to_contain_text(re.compile("影響のある人 [0-9]+人"))
        is_fit_at_both_sizes(page)

        # Typed after looking: it is shown before it holds.
        reach(minutes)
        page.keyboard.type("12")
        save = page.get_by_role("button", name="この決まりに変える")
        press(save)
        expect(page.get_by_role("alert")).to_contain_text("15 → 12")
        press(save)

        expect(page.get_by_text("いまの決まり：第1版")).to_be_visible()
        expect(minutes).to_have_value("12")
    letter = stage.letter_to(stage.site.people["horiuchi"]["email"])
    assert "「安全の決まり」が変わりました" in letter


@pytest.mark.control("5.16")
def test_many_are_invited_by_a_list_that_is_shown_first(stage: Stage, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "メールアドレス,名前,職種,権限\r\n"
        "ichi@watage.example,一ノ瀬 一,看護師,\r\n"
        "ni@watage.example,二宮 二,介護福祉士,\r\n",
        encoding="utf-8",
    )
    with stage.seated("okamura", size=DESK) as page:
        open_desk(page, stage, "招待")
        press(page.get_by_role("link", name=re.compile("まとめて招待")))
        file = page.get_by_label("CSVファイル")
        reach(file)
        # The window in which a file is chosen is the browser's own.
        file.set_input_files(listed)
        press(page.get_by_role("button", name="読み込んで確かめる"))
        expect(page.get_by_text("2人を招待できます。まだ送っていません")).to_be_visible()
        is_fit_at_both_sizes(page)
        press(page.get_by_role("button", name="2人を招待する"))
        expect(page.get_by_role("row").filter(has_text="ni@watage.example")).to_be_visible()
    assert "?token=" in stage.letter_to("ichi@watage.example")


@pytest.mark.control("5.18")
def test_a_place_is_ended_and_the_list_is_signed_by_keyboard(stage: Stage) -> None:
    with stage.seated("horiuchi", size=DESK) as page:
        open_desk(page, stage, "スタッフ")
        press(page.get_by_role("link", name=re.compile("変更.*椎名 かおる")))
        press(page.get_by_role("link", name="解除する…"))
        is_fit_at_both_sizes(page)
        tick(page, "退職", "radio")
        press(page.get_by_role("button", name="解除する"))
        expect(page.get_by_role("row").filter(has_text="椎名 かおる")).to_have_count(0)

        press(page.locator("nav.console__side a:visible").filter(has_text="名簿の確認"))
        tick(page, re.compile("ひとりずつ確かめ"))
        press(page.get_by_role("button", name="この名簿で確認する"))
        expect(page.get_by_text("堀内 俊介 さんが 1人 の名簿を確認しました。")).to_be_visible()
