"""The pages of the story as they are in use, heard and seen: by day and night, narrow and wide."""

import pytest

from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_console import is_fit
from tests.browser.test_story import open_group

pytestmark = pytest.mark.xdist_group("site")
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


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_the_family_opens_is_fit_for_everyone(stage: Stage, size: dict[str, int]) -> None:
    with stage.seated("miki", size=size) as daughter:
        daughter.goto(f"{stage.url}/")
        url = daughter.url.split("?")[0].split("#")[0]
        for place in PLACES:
            daughter.goto(url + place)

            is_fit(daughter)
