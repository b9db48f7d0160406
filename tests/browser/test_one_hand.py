"""A telephone in one hand: what is written with the keyboard open, and a page that keeps still."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_console import is_fit
from tests.browser.test_story import open_group

pytestmark = pytest.mark.xdist_group("site")
# What a keyboard leaves of PHONE: the page says that it wants to be made so much lower.
ABOVE_KEYBOARD = {"width": 390, "height": 500}
LONG = "".join(f"{number}行目です。両足のむくみが続いています。\n" for number in range(1, 16))
IS_ON_TOP = """
(one) => {
  const box = one.getBoundingClientRect();
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.top >= 0 && box.bottom <= innerHeight && one.contains(there);
}
"""
MOVES = """
() => [...document.querySelectorAll("*")]
  .flatMap((one) => [null, "::before", "::after"].map((part) => [one, getComputedStyle(one, part)]))
  .filter(([, style]) => style.animationName !== "none" || style.scrollBehavior === "smooth"
    || style.transitionDuration.split(",").some((long) => parseFloat(long) > 0))
  .map(([one]) => one.outerHTML.slice(0, 90))
"""


def newest(page: Page) -> str:
    post = page.locator("#posts > li[id^=post-]").first
    return str(post.get_attribute("id")).removeprefix("post-")


@pytest.mark.parametrize(
    ("name", "button"), [("write", "医療・介護に投稿する"), ("reply", "返信する")]
)
def test_with_the_keyboard_open_text_and_button_stay_in_sight(
    stage: Stage, name: str, button: str
) -> None:
    with stage.seated("miyake") as nurse:
        url = open_group(nurse, stage)
        nurse.goto(f"{url}write/" if name == "write" else f"{url}posts/{newest(nurse)}/")
        field, send = nurse.locator("textarea[name=body]"), nurse.get_by_role("button", name=button)
        field.click()
        nurse.set_viewport_size(ABOVE_KEYBOARD)  # type: ignore[arg-type]  # a TypedDict of the same two
        for line in LONG.splitlines(keepends=True):
            nurse.keyboard.insert_text(line)
            nurse.keyboard.press("Enter")

        wish = nurse.locator("meta[name=viewport]").get_attribute("content")
        assert "interactive-widget=resizes-content" in str(wish)
        assert send.evaluate(IS_ON_TOP)
        expect(nurse.locator("main").get_by_text("佐伯 千代").first).to_be_in_viewport()
        field_box, foot_box = field.bounding_box(), send.bounding_box()
        assert field_box
        assert foot_box
        end_of_text = field_box["y"] + field_box["height"]
        assert 0 < end_of_text < foot_box["y"]
        nurse.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as above
        field.fill("")


def test_a_chip_sifts_the_list_at_once_and_keeps_the_thumb_where_it_is(stage: Stage) -> None:
    with stage.seated("miyake") as nurse:
        nurse.goto(f"{stage.url}/")
        rows, free = nurse.locator("main a.grouprow"), nurse.get_by_label("自由", exact=True)
        talk = rows.filter(has_text="個別メッセージ")
        expect(talk).not_to_have_count(0)

        nurse.locator("main label", has_text="自由").click()

        expect(talk).to_have_count(0)
        expect(rows.filter(has_text="自由グループ")).not_to_have_count(0)
        expect(free).to_be_focused()


def test_on_a_page_that_shall_keep_still_nothing_moves(stage: Stage) -> None:
    with stage.seated("miyake") as nurse:
        nurse.emulate_media(reduced_motion="reduce")
        url = open_group(nurse, stage)
        post = newest(nurse)
        for place in ("/", f"{url}#post-{post}", f"{url}posts/{post}/", f"{url}write/"):
            nurse.goto(re.sub("^/$", stage.url, place))

            assert nurse.evaluate(MOVES) == [], place
            assert nurse.evaluate("document.getAnimations().length") == 0


def test_the_family_calls_with_the_thumb(stage: Stage) -> None:
    with stage.seated("kazuhiko") as son:
        son.goto(f"{stage.url}/")

        son.get_by_role("navigation", name="主なメニュー").get_by_role("link", name="電話").click()

        station = son.get_by_role("main").get_by_role("link", name="わたげ 000-0000-0300")
        expect(station).to_have_attribute("href", "tel:00000000300")
        expect(station).to_be_in_viewport(ratio=1)
        assert station.evaluate(IS_ON_TOP)


@contextmanager
def without_a_number(stage: Stage, manager: str) -> Iterator[None]:
    """Take the number of a facility away at its desk, and give it back."""
    with stage.seated(manager) as desk:
        number = _numbered(desk, stage, "")
        try:
            yield
        finally:
            _numbered(desk, stage, number)


def _numbered(desk: Page, stage: Stage, number: str) -> str:
    desk.goto(f"{stage.url}/desk/")
    desk.goto(f"{desk.url}facility/")
    field = desk.get_by_label("グループに出す電話番号")
    before = field.input_value()
    field.fill(number)
    with desk.expect_navigation():
        field.press("Enter")
    return before


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_only_number_is_an_item_of_the_bar_like_the_others(
    stage: Stage, size: dict[str, int]
) -> None:
    with (
        without_a_number(stage, "okamura"),
        stage.seated("kazuhiko", size=size) as son,
    ):
        son.goto(f"{stage.url}/")

        bar = son.get_by_role("navigation", name="主なメニュー")
        call = bar.get_by_role("link", name="電話")
        places = [bar.get_by_role("link", name=name) for name in ("連絡", "写真", "メニュー")]
        boxes = [one.bounding_box() for one in (*places, call)]
        reached = call.get_attribute("href")
        is_fit(son)

    assert len({(box["width"], box["height"]) for box in boxes if box}) == 1
    assert str(reached) == "tel:00000000200" if size is PHONE else str(reached).endswith("#phones")


def test_two_pictures_stand_beside_each_other_on_a_telephone(stage: Stage) -> None:
    with stage.seated("miyake") as nurse:
        nurse.goto(f"{open_group(nurse, stage)}photos/")
        pictures = nurse.locator(".album a")
        pictures.first.click()

        nurse.get_by_role("link", name="ほかの写真と見くらべる").click()
        pictures.last.click()

        both = nurse.locator(".onephoto__picture")
        expect(both).to_have_count(2)
        left, right = (both.nth(place).bounding_box() for place in (0, 1))
        assert left
        assert right
        assert left["x"] + left["width"] <= right["x"]
        assert right["y"] + right["height"] < PHONE["height"]
        nurse.get_by_role("link", name="見くらべるのをやめる").click()
        expect(both).to_have_count(1)


def test_a_picture_on_its_way_keeps_its_place(stage: Stage) -> None:
    with stage.seated("miyake") as nurse:
        nurse.goto(f"{open_group(nurse, stage)}photos/")
        nurse.locator(".album a").first.click()
        picture = nurse.locator(".onephoto__picture")
        expect(picture).to_have_js_property("complete", value=True)
        there = picture.bounding_box()

        nurse.route("**/files/*/", lambda _: None)
        nurse.reload(wait_until="domcontentloaded")

        assert not picture.evaluate("(one) => one.complete")
        assert there == picture.bounding_box()
