"""What is written stays: kept on the device, waiting for the network, sent once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Stage
from tests.browser.test_story import open_group, words, write

pytestmark = pytest.mark.xdist_group("site")
SEND = "医療・介護に投稿する"
SAVED = re.compile(r"下書きを保存しました \d+:\d\d")
SHELF = """async () => {
  const request = indexedDB.open("carestation", 1);
  await new Promise((resolve) => { request.onsuccess = resolve; });
  const all = request.result.transaction("drafts").objectStore("drafts").getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  const letters = new TextDecoder();
  return all.result.map((one) => `${one.name} ${letters.decode(one.sealed)}`);
}"""

EMPTY = f"async () => (await ({SHELF})()).length === 0"


def composed(page: Page, stage: Stage, body: str, side: str = "professional") -> str:
    url = open_group(page, stage, side)
    if side == "professional":
        write(page, body)
    else:
        page.get_by_role("link", name="ご家族へ書く").click()
        page.get_by_label("本文").fill(body)
    return url


def test_a_draft_is_kept_sealed_put_back_and_gone_when_it_is_sent(stage: Stage) -> None:
    body = words()
    with stage.seated("nakanishi") as manager:
        url = composed(manager, stage, body)
        manager.get_by_text("了解が必要", exact=True).click()
        expect(manager.get_by_text(SAVED)).to_be_visible()

        (kept,) = manager.evaluate(SHELF)
        assert body not in kept
        manager.goto(url)
        manager.get_by_role("link", name="書きかけがあります").click()
        expect(manager.get_by_label("本文")).to_have_value(body)
        expect(manager.get_by_label("了解が必要")).to_be_checked()
        expect(manager.get_by_text("書きかけの文を出しました")).to_be_visible()

        manager.get_by_role("button", name=SEND).click()
        expect(manager.locator("#posts > li").filter(has_text=body)).to_have_count(1)
        manager.wait_for_function(EMPTY)
        expect(manager.get_by_role("link", name="書きかけがあります")).to_be_hidden()
        manager.goto(f"{url}write/")
        expect(manager.get_by_label("本文")).to_have_value("")


def test_without_a_network_a_post_waits_and_is_sent_once(stage: Stage) -> None:
    body = words()
    with stage.seated("nakanishi") as manager:
        composed(manager, stage, body)
        manager.context.set_offline(offline=True)
        manager.get_by_role("button", name=SEND).click()

        expect(manager.get_by_role("alert").filter(has_text="送信待ち")).to_be_visible()
        expect(manager.get_by_label("本文")).to_have_value(body)
        manager.context.set_offline(offline=False)

        expect(manager.locator("#posts > li").filter(has_text=body)).to_have_count(1)


def test_who_stops_the_waiting_writes_on(stage: Stage) -> None:
    with stage.seated("nakanishi") as manager:
        composed(manager, stage, words())
        manager.context.set_offline(offline=True)
        manager.get_by_role("button", name=SEND).click()
        manager.get_by_role("button", name="送るのをやめて直す").click()

        expect(manager.get_by_label("本文")).to_be_focused()
        expect(manager.get_by_text("送信待ち")).to_be_hidden()
        manager.context.set_offline(offline=False)
        expect(manager.get_by_label("本文")).to_be_visible()
        manager.get_by_label("本文").fill("")
        manager.wait_for_function(EMPTY)


def test_what_moves_to_the_other_side_is_no_draft_for_the_family(stage: Stage) -> None:
    body = words()
    with stage.seated("nakanishi") as manager:
        url = composed(manager, stage, body, "patient")
        manager.get_by_role("button", name="ご家族へ送る…").click()
        manager.get_by_role("button", name="医療・介護だけの下書きにうつす").click()
        expect(manager.get_by_label("本文")).to_have_value(body)
        expect(manager.get_by_text(SAVED)).to_be_visible()
        (kept,) = manager.evaluate(SHELF)
        assert "/professional/" in kept
        manager.goto(f"{url}write/")

        expect(manager.get_by_label("本文")).to_have_value("")


def test_a_shared_device_keeps_nothing_and_says_so_before(stage: Stage) -> None:
    person = stage.site.people["miki"]
    page = stage.browser.new_page(locale="ja-JP")
    page.goto(f"{stage.url}/sign-in/")
    page.get_by_label("メールアドレス").fill(person["email"])
    page.get_by_label("パスワード").fill(person["password"])
    page.get_by_label("ほかの人も使う端末です").check()
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.get_by_role("link", name="連絡を書く").click()

    expect(page.get_by_text("共用の端末のため、下書きは残りません。")).to_be_visible()
    expect(page.locator("cs-draft")).to_have_attribute("key", "")
    expect(page.locator("cs-idle")).to_have_attribute("minutes", "5")
    page.close()


def test_the_field_grows_with_what_is_written(stage: Stage) -> None:
    with stage.seated("nakanishi") as manager:
        composed(manager, stage, "一行だけ")
        field = manager.get_by_label("本文")
        before = field.bounding_box()
        field.fill("\n".join(["もう一行"] * 20))
        after = field.bounding_box()

        assert before is not None
        assert after is not None
        assert after["height"] > 2 * before["height"]
        field.fill("")
        manager.wait_for_function(EMPTY)
