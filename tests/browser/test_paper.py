"""What is printed: whom it is about and who printed it on every sheet, and nothing upon another."""

import io
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple
from unicodedata import normalize

import pytest
from playwright.sync_api import Page
from pypdf import PageObject, PdfReader

from tests.browser.people import DESK, Stage
from tests.browser.test_story import open_group

pytestmark = pytest.mark.xdist_group("site")
COLOUR: Final = """
(one) => getComputedStyle(one).color.match(/[0-9.]+/g).slice(0, 3).map(Number)
"""


class Row(NamedTuple):
    """Words side by side on paper, by where they stand: from the first sheet down."""

    sheet: int
    down: int
    words: str


def sheets_of(page: Page) -> list[list[Row]]:
    """Print a page as a browser does unless it is told otherwise: without its grounds."""
    reader = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    return [_rows(place, sheet) for place, sheet in enumerate(reader.pages)]


def _rows(place: int, sheet: PageObject) -> list[Row]:
    found: list[tuple[int, str]] = []

    def keep(words: str, outer: list[float], inner: list[float], *_: object) -> None:
        if words.strip():
            found.append((-round(inner[5] * outer[3] + outer[5]), "".join(words.split())))

    sheet.extract_text(visitor_text=keep)
    rows = groupby(found, key=itemgetter(0))
    return [
        Row(place, down, normalize("NFKC", "".join(words for _, words in row)))
        for down, row in rows
    ]


def test_every_sheet_says_whom_it_is_about_and_who_printed_it(stage: Stage) -> None:
    with stage.seated("miyake", size=DESK) as nurse:
        url = open_group(nurse, stage)
        for place in ("", "face-sheet/", "members/"):
            nurse.goto(url + place)
            sheets = ["".join(one.words for one in sheet) for sheet in sheets_of(nurse)]

            for said in ("佐伯千代様", "さえきちよ", "取扱注意", "印刷:三宅由美子"):
                assert [said in sheet for sheet in sheets] == [True] * len(sheets), (place, said)
            assert "この画面の使い方" not in sheets[-1]


def test_every_sheet_of_the_desk_says_whose_it_is(stage: Stage) -> None:
    with stage.seated("okamura", size=DESK) as manager:
        manager.goto(f"{stage.url}/desk/")
        desk = manager.url
        for place in ("record/", "staff/"):
            manager.goto(desk + place)
            sheets = ["".join(one.words for one in sheet) for sheet in sheets_of(manager)]
            for said in ("訪問看護ステーションわたげ", "岡村律子", "取扱注意"):
                assert [said in sheet for sheet in sheets] == [True] * len(sheets), (place, said)
        manager.emulate_media(media="print")

        assert manager.locator(".contextband__label").evaluate(COLOUR) == [0, 0, 0]


def test_on_paper_no_part_of_the_face_sheet_lies_upon_another(stage: Stage) -> None:
    with stage.seated("miyake", size=DESK) as nurse:
        nurse.goto(f"{open_group(nurse, stage)}face-sheet/")
        rows = [row for sheet in sheets_of(nurse) for row in sheet]

    order = ("要介護度", "1番目", "住所", "主な病名", "同意の日")
    parts = [next(row for row in rows if said in row.words) for said in order]
    assert sorted(parts) == parts


def test_what_is_urgent_is_dark_enough_to_be_read_on_paper(stage: Stage) -> None:
    with stage.seated("miyake", size=DESK) as nurse:
        open_group(nurse, stage)
        nurse.emulate_media(media="print")

        assert nurse.locator(".post .tag--urgent").first.evaluate(COLOUR) == [0, 0, 0]
