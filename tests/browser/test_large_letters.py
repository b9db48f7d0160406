"""Letters of twice the size, as the browser's own setting makes them: nothing is pushed aside."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_story import open_group
from tests.chromium import launch

# One worker of a parallel run starts the site, and tells the whole story.
pytestmark = pytest.mark.xdist_group("site")
TWICE = "--blink-settings=defaultFontSize=32"
WIDER = """
() => document.documentElement.scrollWidth - innerWidth
"""
HIGH_AND_FLOATING = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position))
  .filter((one) => one.checkVisibility() && one.offsetHeight > innerHeight / 3)
  .map((one) => one.className)
"""
# What runs out of a box that shows no more than it has room for. The words of a select do so too.
CUT_OFF = """
() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && !one.closest("svg, input"))
  .filter((one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX))
  .filter((one) => one.offsetWidth > 1 && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 90))
"""
# How many lines a name takes: one of four signs in four lines is not read.
LINES = """
(name) => {
  const words = document.createRange();
  words.selectNodeContents(name);
  return new Set([...words.getClientRects()].map((box) => Math.round(box.top))).size;
}
"""
ROOM_TO_WRITE = """
(input) => {
  const look = getComputedStyle(input);
  return (input.clientWidth - parseFloat(look.paddingInlineStart)
    - parseFloat(look.paddingInlineEnd)) / parseFloat(look.fontSize);
}
"""


@pytest.fixture(scope="module")
def large(stage: Stage) -> Iterator[Stage]:
    """Open a browser whose owner has set letters to twice their size."""
    kind = stage.browser.browser_type
    browser = launch(kind, TWICE)
    yield Stage(site=stage.site, browser=browser)
    browser.close()


def places(page: Page, stage: Stage) -> list[str]:
    """Return the addresses of what a nurse opens in a day."""
    url = open_group(page, stage)
    family = url.replace("/professional/", "/patient/")
    newest = str(page.locator("#posts > li[id^=post-]").first.get_attribute("id"))
    inside = [url, family, f"{url}write/", f"{family}write/", f"{url}members/", f"{url}photos/"]
    return [
        f"{stage.url}/",
        *inside,
        f"{url}posts/{newest.removeprefix('post-')}/",
        f"{stage.url}/account/",
    ]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_letters_of_twice_the_size_need_no_sideways_scrolling_and_nothing_covers_them(
    large: Stage, size: dict[str, int]
) -> None:
    with large.seated("miyake", size=size) as nurse:
        sizes, floating = {}, {}
        for place in places(nurse, large):
            answer = nurse.goto(place)
            assert answer is not None
            assert answer.status == 200, place
            sizes[place.removeprefix(large.url)] = nurse.evaluate(WIDER)
            floating[place.removeprefix(large.url)] = nurse.evaluate(HIGH_AND_FLOATING)
        letters = nurse.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")

    assert letters >= 32
    assert {place: wider for place, wider in sizes.items() if wider > 0} == {}
    assert {place: covers for place, covers in floating.items() if covers} == {}


def test_a_name_in_the_list_is_read_in_one_line_and_what_is_searched_for_is_seen(
    large: Stage,
) -> None:
    with large.seated("miyake") as nurse:
        nurse.goto(f"{large.url}/")
        names = nurse.locator("main .grouprow__name bdi").all()
        lines = {str(name.text_content()): name.evaluate(LINES) for name in names}
        room = nurse.locator("main input[type=search]").evaluate(ROOM_TO_WRITE)

    assert len(lines) > 1
    assert {name: count for name, count in lines.items() if count > 1} == {}
    assert room >= 6


def test_at_the_desk_nothing_is_cut_off_or_pushed_over_the_edge(large: Stage) -> None:
    with large.seated("okamura") as manager:
        manager.goto(f"{large.url}/desk/")
        desk = manager.url
        cut, sizes = {}, {}
        for place in ("", "staff/", "groups/", "rights/", "exports/", "exports/plan/", "record/"):
            answer = manager.goto(desk + place)
            assert answer is not None
            assert answer.status == 200, place
            cut[place], sizes[place] = manager.evaluate(CUT_OFF), manager.evaluate(WIDER)

    assert {place: one for place, one in cut.items() if one} == {}
    assert {place: wider for place, wider in sizes.items() if wider > 0} == {}
