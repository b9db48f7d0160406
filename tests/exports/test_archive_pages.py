"""The pages of an archive on a telephone, opened from the folder into which it was taken apart."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from carestation.exports.reader.archive import Archive
from carestation.exports.reader.program import extract
from carestation.patients.commands.face_sheets import change_face_sheet
from tests.chromium import chromium
from tests.exports.people import PHRASE, PRO, a_busy_facility, a_busy_group, written
from tests.facilities.people import a_manager
from tests.world import FACE_SHEET, World

WIDTH: Final = 320
LINES: Final = "長女：美紀\n長男：和彦"
LINES_SEEN: Final = (
    "one => Math.round(one.clientHeight / parseFloat(getComputedStyle(one).lineHeight))"
)
SMALL: Final = """
ways => ways.map(way => way.getBoundingClientRect())
  .filter(box => Math.min(box.height, box.width) < 44).map(box => [box.width, box.height])
"""
GROUND: Final = "getComputedStyle(document.documentElement).colorScheme"


def seen(page: Page, path: Path) -> Page:
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path
    assert page.locator("a, summary").evaluate_all(SMALL) == [], path
    assert page.get_by_role("main").get_by_role("heading", level=1).count() == 1, path
    assert page.evaluate(GROUND) == "light dark", path
    return page


def test_an_archive_is_read_on_a_telephone_whatever_was_typed(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    a_busy_group(world)
    a_busy_facility(world, desk)
    sheet = replace(FACE_SHEET, name="勅使河原" * 20, allergies="W" * 200, contact=LINES)
    change_face_sheet(world.seat("kato", PRO), sheet, version=1)
    folder = tmp_path / "taken-apart"
    extract(Archive(written(desk, tmp_path), PHRASE), folder)

    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 844})
        index = seen(page, folder / "index.html")
        staff = index.locator("table", has_text="阿部 誠").first.locator("th[scope=row]")
        assert staff.evaluate_all(f"all => all.map({LINES_SEEN})") == [1] * staff.count()
        assert index.locator("td[data-label=はじめ]").count() == staff.count() > 0
        assert index.locator("li").first.locator("a").all_inner_texts() == ["医療・介護", "ご家族"]
        family = seen(page, folder / "pages" / f"{world.group.pk}-patient.html")
        assert "ご本人・ご家族も読んでいる側です。" in family.inner_text(".side")
        assert "さえき ちよ" in family.inner_text("main")
        side = seen(page, folder / "pages" / f"{world.group.pk}-professional.html")
        assert side.locator("dd").last.evaluate(LINES_SEEN) == len(LINES.splitlines())
        assert "（昭和15年）" in side.inner_text("dl")
        assert "ご家族には見えていない側です。" in side.inner_text(".side")
