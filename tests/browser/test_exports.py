"""A facility's copy in a real browser: asked for, made by the worker, saved, and read offline."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from carestation.exports.reader.archive import Archive
from carestation.exports.reader.program import check
from tests.browser.keyboard import is_fit_at_both_sizes, press, reach
from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_console import is_fit

pytestmark = pytest.mark.xdist_group("site")
PHRASE: Final = "kagami-no-numa-ni-utsuru-tsuki-7"
SECONDS: Final = 60
# The newest session, long after its person was asked who they are; the newest archive, at its end.
STALE: Final = """
UPDATE accounts_session SET confirmed_at = confirmed_at - interval '11 minutes'
WHERE id = (SELECT id FROM accounts_session ORDER BY id DESC LIMIT 1)
"""
OVER: Final = """
UPDATE exports_export SET expires_at = now()
WHERE id = (SELECT id FROM exports_export ORDER BY id DESC LIMIT 1)
"""


@pytest.mark.control("8.13")
def test_a_manager_takes_a_copy_home_and_reads_it(stage: Stage, tmp_path: Path) -> None:
    with stage.seated("hayakawa", size=DESK) as doctor:
        doctor.goto(f"{stage.url}/desk/")
        doctor.locator("nav.console__side a:visible").filter(has_text="データの書き出し").press(
            "Enter"
        )
        doctor.get_by_label("書き出す理由").fill("夏の点検の前の控え")
        doctor.get_by_label("合言葉", exact=True).fill(PHRASE)
        doctor.get_by_label("合言葉をもう一度").fill(PHRASE[:-1])
        doctor.get_by_role("button", name="書き出す").press("Enter")
        expect(doctor.get_by_text("合言葉が同じではありません").first).to_be_visible()
        expect(doctor.get_by_label("書き出す理由")).to_have_value("夏の点検の前の控え")
        is_fit(doctor)
        doctor.get_by_label("合言葉", exact=True).fill(PHRASE)
        doctor.get_by_label("合言葉をもう一度").fill(PHRASE)
        doctor.get_by_role("button", name="書き出す").press("Enter")
        expect(doctor.get_by_text("夏の点検の前の控え").first).to_be_visible()
        way = made(doctor)
        is_fit(doctor)
        with doctor.expect_download() as saved:
            way.click()
        saved.value.save_as(tmp_path / "copy.zip")
        doctor.get_by_role("button", name="すぐに消す").first.press("Enter")
        expect(doctor.get_by_text(re.compile("書き出した人が消したため")).first).to_be_visible()

    archive = Archive(tmp_path / "copy.zip", PHRASE)
    assert int(str(check(archive)["members"])) > 30
    pages = [one for one in archive.names() if one.endswith("-professional.html")]
    assert any("佐伯 千代" in archive.whole(one).decode() for one in pages)


@pytest.mark.control("8.15")
def test_the_record_alone_is_taken_home_by_whoever_proves_who_they_are(
    stage: Stage, tmp_path: Path
) -> None:
    context = stage.browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="ja-JP"
    )
    page = context.new_page()
    stage.sign_in(page, "koga")
    stage.let_time_pass(STALE)
    page.goto(f"{stage.url}/desk/")
    reach(page.locator("details.navfold summary"))
    page.keyboard.press("Enter")
    press(page.locator("details.navfold a").filter(has_text="操作の記録"))
    page.get_by_label("操作", exact=True).select_option(label="見た")
    press(page.get_by_role("button", name="しぼり込む"))
    press(page.get_by_role("link", name="この記録を書き出す"))

    expect(page.get_by_role("heading", name="ご本人の確認")).to_be_visible()
    page.get_by_label("パスワード").fill(stage.site.people["koga"]["password"])
    press(page.get_by_role("button", name="確認して進む"))
    # What was chosen before is still chosen.
    expect(page.get_by_label("操作", exact=True)).to_have_value("looked")
    is_fit_at_both_sizes(page)
    page.get_by_label("書き出す理由").fill("保健所への報告")
    page.get_by_label("合言葉", exact=True).fill(PHRASE)
    page.get_by_label("合言葉をもう一度").fill(PHRASE)
    press(page.get_by_role("button", name="書き出す"))
    expect(page.get_by_text("保健所への報告").first).to_be_visible()
    way = made(page)
    is_fit_at_both_sizes(page)
    address = f"{stage.url}{way.get_attribute('href')}"
    reach(way)
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    saved.value.save_as(tmp_path / "record.zip")

    stage.let_time_pass(OVER)
    page.reload()
    expect(page.get_by_text("期限切れ").first).to_be_visible()
    expect(way).to_be_hidden()
    assert page.request.get(address).status == 404
    context.close()

    archive = Archive(tmp_path / "record.zip", PHRASE)
    table = archive.whole("record.csv").decode()
    assert "古賀 直樹" in table
    assert "サインインした" not in table


def made(page: Page) -> Locator:
    """Wait until the worker has made what was asked for, and return the way to it."""
    way = page.get_by_role("link", name="受け取る").first
    for _ in range(SECONDS):
        if way.is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return way
