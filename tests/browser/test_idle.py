"""The question before the page is covered, and the server that knows of whoever touches a page."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Stage

pytestmark = pytest.mark.xdist_group("site")


def test_who_goes_on_is_still_there_for_the_server(stage: Stage) -> None:
    with stage.seated("nakanishi") as manager:
        manager.clock.install()
        manager.goto(f"{stage.url}/")
        manager.clock.fast_forward("13:01")
        question = manager.get_by_role("dialog", name="続けますか")
        expect(question).to_be_visible()
        with manager.expect_response("**/keep/") as answer:
            manager.get_by_role("button", name="続ける").click()

        assert answer.value.status == 204
        expect(question).to_be_hidden()


def test_who_writes_for_long_is_still_there_for_the_server(stage: Stage) -> None:
    with stage.seated("nakanishi") as manager:
        manager.clock.install()
        manager.goto(f"{stage.url}/search/")
        words = manager.get_by_role("searchbox").first
        manager.clock.fast_forward("01:01")
        with manager.expect_response("**/keep/") as answer:
            words.press_sequentially("a")

        assert answer.value.status == 204
