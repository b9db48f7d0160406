"""A patient's group goes to another facility, by keyboard: proposed, agreed, told."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import is_fit_at_both_sizes, press, reach
from tests.browser.people import DESK, Stage
from tests.browser.test_group_invitations import CHIYOKO, open_members

pytestmark = pytest.mark.xdist_group("site")
NURSES, PHARMACY = "訪問看護ステーションわたげ", "すずかけ通り薬局"


def propose(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/desk/")
    press(page.get_by_role("link", name="管理施設の変更"))
    is_fit_at_both_sizes(page)
    press(page.get_by_role("link", name=re.compile(f"変更を提案する.*{CHIYOKO}")))
    is_fit_at_both_sizes(page)
    reach(page.get_by_role("radio").first)
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name=re.compile(PHARMACY))).to_be_checked()
    press(page.get_by_role("button", name="提案する"))
    expect(page.get_by_role("heading", name="答えを待っている提案（1件）")).to_be_visible()


def accept(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/")
    press(page.get_by_role("link", name="管理施設の変更の提案 1件"))
    is_fit_at_both_sizes(page)
    press(page.get_by_role("link", name="答える"))
    press(page.get_by_role("button", name="引き受ける", exact=True))
    # Nobody of the facility manages the group yet: one of them is to be named.
    expect(page.get_by_role("alert")).to_contain_text("グループの管理者にする方を選んで")
    is_fit_at_both_sizes(page)
    manager = page.get_by_label("グループの管理者にする方")
    reach(manager)
    page.keyboard.press("End")
    expect(manager.locator("option:checked")).to_contain_text("片桐 奈央")
    press(page.get_by_role("button", name="引き受ける", exact=True))
    managed = page.get_by_role("region", name="この施設が管理する患者グループ")
    expect(managed.get_by_role("link", name=re.compile(CHIYOKO))).to_be_visible()


def sees(member: Page, stage: Stage, *words: str) -> None:
    open_members(member, stage, CHIYOKO, "professional")
    for one in words:
        expect(member.get_by_role("region", name="管理施設")).to_contain_text(one)


@pytest.mark.control("5.18")
def test_a_group_goes_to_the_facility_that_agrees_and_its_members_see_it(stage: Stage) -> None:
    with (
        stage.seated("okamura", size=DESK) as giver,
        stage.seated("katagiri", size=DESK) as taker,
        stage.seated("miyake") as member,
    ):
        propose(giver, stage)
        sees(member, stage, NURSES, "変更の提案中", PHARMACY)
        is_fit_at_both_sizes(member)
        accept(taker, stage)
        sees(member, stage, PHARMACY)
        expect(member.get_by_text("変更の提案中")).to_have_count(0)
        assert "患者グループの管理施設が変わりました" in stage.letter_to(
            stage.site.people["okamura"]["email"]
        )
