"""A facility's copy in a real browser: asked for, made by the worker, saved, and read offline."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from carestation.exports.reader import Archive, check
from tests.browser.people import DESK, Stage
from tests.browser.test_console import is_fit

pytestmark = pytest.mark.xdist_group("site")
PHRASE: Final = "kagami-no-numa-ni-utsuru-tsuki-7"
SECONDS: Final = 60


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
        way = doctor.get_by_role("link", name="受け取る").first
        for _ in range(SECONDS):
            if way.is_visible():
                break
            doctor.wait_for_timeout(1000)
            doctor.reload()
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
