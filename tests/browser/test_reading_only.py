"""A member who may only read: their open page at once, what comes then, and what they send."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import is_fit_at_both_sizes, press, reach
from tests.browser.people import DESK, Stage
from tests.browser.test_story import open_group, words, write

pytestmark = pytest.mark.xdist_group("site")
HELPER = "大滝 絵里"
WHERE = """() => {
  const one = document.activeElement;
  if (one.closest(".post__foot, [name=acknowledged], [href$='/withdraw/']")) return "to write";
  return one.closest("#posts > li[data-number]") ? "in a post" : "elsewhere";
}"""
STEPS = 50
TO_WRITE = re.compile("了解$|返信|直す|取り消す")


def change_role(page: Page, url: str, button: str) -> None:
    page.goto(f"{url}members/")
    press(page.get_by_role("link", name=re.compile(f"役割を変える.*{HELPER}")))
    is_fit_at_both_sizes(page)
    press(page.get_by_role("button", name=button))


def tabbed(page: Page) -> str:
    """Press Tab once, and say where in the timeline the focus is then."""
    page.keyboard.press("Tab")
    return str(page.evaluate(WHERE))


def cannot_be_answered(page: Page, body: str) -> None:
    """No key and no screen reader finds anything to write or sign with on a post."""
    post = page.locator("#posts > li").filter(has_text=body)
    expect(post).to_have_count(1)
    expect(post.get_by_role("button")).to_have_count(0)
    expect(post.get_by_role("link", name=TO_WRITE)).to_have_count(0)
    reached = [tabbed(page) for _ in range(STEPS)]
    assert "in a post" in reached
    assert "to write" not in reached


@pytest.mark.control("5.18")
def test_who_is_lowered_to_reading_sees_no_way_to_write_at_once_and_is_refused(
    stage: Stage,
) -> None:
    typed, pushed = words(), words()
    with stage.seated("hayakawa", size=DESK) as doctor, stage.seated("otaki") as helper:
        url = open_group(doctor, stage)
        helper.goto(url)
        expect(helper.get_by_role("link", name="投稿を書く")).to_be_visible()
        late = helper.context.new_page()
        late.goto(url)
        write(late, typed)
        change_role(doctor, url, "閲覧のみにする")

        # The open page, which nobody touched.
        expect(helper.get_by_text("このグループは閲覧のみです")).to_be_visible()
        expect(helper.get_by_role("link", name="投稿を書く")).to_have_count(0)
        expect(helper.locator("#posts").get_by_role("button", name="了解")).to_have_count(0)
        doctor.goto(url)
        write(doctor, pushed)
        doctor.get_by_role("button", name="医療・介護に投稿する").click()
        cannot_be_answered(helper, pushed)
        is_fit_at_both_sizes(helper)

        # The page on which they were writing.
        reach(late.get_by_role("button", name="医療・介護に投稿する"))
        late.keyboard.press("Enter")
        expect(late.get_by_text("このグループは閲覧のみです").first).to_be_visible()
        expect(doctor.get_by_text(typed)).to_have_count(0)

        change_role(doctor, url, "書けるようにする")
        expect(helper.get_by_role("link", name="投稿を書く")).to_be_visible()
