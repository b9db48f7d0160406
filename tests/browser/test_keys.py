"""A single key leads to the search, once it is switched on, and never out of a field."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, Stage
from tests.browser.test_story import open_group, write

pytestmark = pytest.mark.xdist_group("site")


def test_a_slash_leads_to_the_search_once_switched_on_and_stays_in_a_field(stage: Stage) -> None:
    with stage.seated("miyake", size=DESK) as nurse:
        base = open_group(nurse, stage)
        nurse.keyboard.press("/")
        expect(nurse).to_have_url(base)

        nurse.goto(f"{stage.url}/help/keyboard/")
        switch = nurse.get_by_role("button", name="ひとつのキーの操作を使う")
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "true")
        open_group(nurse, stage)
        write(nurse, "")
        nurse.get_by_label("本文").press_sequentially("血圧 122/66")
        expect(nurse.get_by_label("本文")).to_have_value("血圧 122/66")
        nurse.get_by_label("本文").fill("")

        open_group(nurse, stage)
        nurse.keyboard.press("/")
        nurse.wait_for_url("**/search/?group=*")
        field = nurse.get_by_label("さがす言葉")
        nurse.locator("body").evaluate("() => document.activeElement.blur()")
        nurse.keyboard.press("/")
        expect(field).to_be_focused()
        expect(field).to_have_value("")
