"""The pages of the story as they are in use, heard and seen: by day and night, narrow and wide."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_console import is_fit
from tests.browser.test_story import open_group

pytestmark = pytest.mark.xdist_group("site")
# What is pressed, and shows neither an edge nor a picture nor a line under its words.
LOOKS_LIKE_WORDS = """
() => [...document.querySelectorAll("main .btn--quiet")]
  .filter((one) => one.checkVisibility() && !one.querySelector("svg"))
  .filter((one) => getComputedStyle(one).textDecorationLine !== "underline")
  .map((one) => one.textContent)
"""
PLACES = ("", "write/", "photos/", "members/")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_a_nurse_opens_in_a_day_is_fit_for_everyone(
    stage: Stage, size: dict[str, int]
) -> None:
    with stage.seated("miyake", size=size) as nurse:
        nurse.goto(f"{stage.url}/")
        is_fit(nurse)
        url = open_group(nurse, stage)
        post = str(nurse.locator("#posts > li[id^=post-]").first.get_attribute("id"))
        family = url.replace("/professional/", "/patient/")
        inside = [url + place for place in PLACES]
        for place in (*inside, family, f"{family}write/", f"{url}posts/{post[5:]}/"):
            nurse.goto(place)

            is_fit(nurse)
            assert nurse.evaluate(LOOKS_LIKE_WORDS) == [], place


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_reply_among_colleagues_is_fit_for_everyone(stage: Stage, size: dict[str, int]) -> None:
    with stage.seated("miyake", size=size) as nurse:
        nurse.goto(f"{stage.url}/")
        nurse.locator("main a.grouprow", has_text="退院調整チーム").click()
        answered = nurse.locator("#posts > li", has=nurse.locator(".reply")).first
        answered.get_by_role("link", name="返信", exact=True).click()
        expect(nurse.locator("#reply")).to_be_visible()

        is_fit(nurse)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_the_family_opens_is_fit_for_everyone(stage: Stage, size: dict[str, int]) -> None:
    with stage.seated("miki", size=size) as daughter:
        daughter.goto(f"{stage.url}/")
        url = daughter.url.split("?")[0].split("#")[0]
        for place in PLACES:
            daughter.goto(url + place)

            is_fit(daughter)


@pytest.mark.parametrize(
    "name", ["パスキーでサインイン", "パスワードを忘れた", "招待コードを入れる", "施設を登録する"]
)
def test_from_every_page_before_the_door_words_lead_back_to_it(stage: Stage, name: str) -> None:
    context = stage.browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # a TypedDict of the same two
    page = context.new_page()
    page.goto(f"{stage.url}/sign-in/")
    page.get_by_role("link", name=name).click()

    is_fit(page)
    page.get_by_role("main").locator("a[href='/sign-in/']").click()

    expect(page.get_by_role("heading", name="サインイン", exact=True)).to_be_visible()
    context.close()
