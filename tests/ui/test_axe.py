"""What is wrong with a page is found, also when it was looked at before."""

import pytest

from tests.axe import AND_BEST, violations
from tests.chromium import CHROMIUM
from tests.ui.drawing import a_desk

PAGE = '<!doctype html><html lang="ja"><title>薬</title><main><h1>薬</h1><p>朝</p></main></html>'
WRONG = """
() => {
  const [image, heading] = [document.createElement("img"), document.createElement("h5")];
  heading.append("昼");
  document.querySelector("main").append(image, heading);
}
"""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium")


def test_what_is_wrong_is_found_by_its_rule_and_its_place() -> None:
    with a_desk() as desk, desk.looking_at(PAGE, width=390) as page:
        before = violations(page, AND_BEST)
        page.evaluate(WRONG)
        by_law, by_custom = violations(page), violations(page, AND_BEST)
        by_one_rule = violations(page, ["heading-order"])

    assert before == []
    assert [(one.split(":")[0], "<img>" in one) for one in by_law] == [("image-alt", True)]
    assert {one.split(":")[0] for one in by_custom} == {"image-alt", "heading-order"}
    assert [one.split(":")[0] for one in by_one_rule] == ["heading-order"]
