"""The story of the product, end to end: two people at once, in a real browser."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from carestation.kernel.ids import uuid7
from tests.browser.people import DESK, Stage
from tests.matrix.requests import a_picture

# One worker of a parallel run starts the site, and tells the whole story.
pytestmark = pytest.mark.xdist_group("site")
PATIENT = "佐伯 千代"


def open_group(page: Page, stage: Stage, side: str = "professional") -> str:
    """Open the patient's group from the list, as one does; return its address."""
    page.goto(f"{stage.url}/")
    row = page.locator("main a.grouprow").filter(has_text=re.compile(rf"{PATIENT}\s*様"))
    row.first.click()
    page.wait_for_url("**/groups/**")
    url = page.url.replace("/patient/", f"/{side}/").replace("/professional/", f"/{side}/")
    if page.url != url:
        page.goto(url)
    return url.split("?")[0].split("#")[0]


def write(page: Page, body: str) -> None:
    page.get_by_role("link", name="投稿を書く").click()
    page.get_by_label("本文").fill(body)


def a_photo() -> FilePayload:
    return {"name": "足の写真.png", "mimeType": "image/png", "buffer": a_picture()}


def words() -> str:
    return f"ためしの言葉{uuid7().hex[-10:]}"


def test_a_post_with_a_photo_is_seen_at_once_and_acknowledged_and_the_family_sees_nothing(
    stage: Stage,
) -> None:
    body = words()
    with (
        stage.seated("miyake") as nurse,
        stage.seated("hayakawa", size=DESK) as doctor,
        stage.seated("miki") as daughter,
    ):
        url = open_group(doctor, stage)
        open_group(nurse, stage)
        daughter.goto(f"{stage.url}/")
        write(nurse, body)
        nurse.locator("input[type=file]").first.set_input_files([a_photo()])
        expect(nurse.locator("input[name=attachments]")).to_have_count(1)
        nurse.get_by_role("button", name="医療・介護に投稿する").click()
        expect(nurse.get_by_text("送信しました")).to_be_visible()

        # The doctor's page was open all the time; nothing is loaded anew.
        arrived = doctor.locator("#posts > li").filter(has_text=body)
        expect(arrived).to_have_count(1)
        expect(arrived.locator("img")).to_be_visible()
        arrived.get_by_role("button", name="了解").click()
        expect(arrived.get_by_role("button", name="了解しました")).to_have_attribute(
            "aria-pressed", "true"
        )

        # The nurse, whose page was open too, sees the sign.
        own = nurse.locator("#posts > li").filter(has_text=body)
        expect(own.get_by_text("了解 1人")).to_be_visible()

        # The daughter's page has received nothing, and the staff's address is not there for her.
        expect(daughter.get_by_text(body)).to_have_count(0)
        assert "/patient/" in daughter.url
        assert daughter.goto(url) is not None
        expect(daughter.get_by_text(body)).to_have_count(0)
        expect(daughter.get_by_role("heading", name="この画面は開けません")).to_be_visible()


def test_a_post_to_the_family_is_confirmed_with_the_readers_names(stage: Stage) -> None:
    body = words()
    with stage.seated("miyake") as nurse, stage.seated("miki") as daughter:
        daughter.goto(f"{stage.url}/")
        expect(daughter.locator("#posts")).to_be_attached()
        open_group(nurse, stage, "patient")
        nurse.get_by_role("link", name="ご家族へ書く").click()
        nurse.get_by_label("本文").fill(body)
        nurse.get_by_role("button", name="ご家族へ送る…").click()

        confirmation = nurse.get_by_role("region", name="ご家族に見える投稿です")
        expect(confirmation).to_contain_text("佐伯 美紀")
        expect(confirmation).to_contain_text(body)
        expect(daughter.get_by_text(body)).to_have_count(0)
        nurse.get_by_role("button", name="ご家族に送る").click()

        expect(daughter.locator("#posts > li").filter(has_text=body)).to_have_count(1)


def test_going_back_from_the_confirmation_loses_nothing(stage: Stage) -> None:
    body = words()
    with stage.seated("miyake") as nurse:
        open_group(nurse, stage, "patient")
        nurse.get_by_role("link", name="ご家族へ書く").click()
        nurse.get_by_label("本文").fill(f"{body}\n二行目")
        nurse.get_by_role("button", name="ご家族へ送る…").click()
        nurse.get_by_role("button", name="もどって直す").click()

        expect(nurse.get_by_label("本文")).to_have_value(f"{body}\n二行目")


def test_after_a_reconnect_nothing_is_missing_and_nothing_is_twice(stage: Stage) -> None:
    before, between, after = words(), words(), words()
    with stage.seated("miyake") as nurse, stage.seated("hayakawa", size=DESK) as doctor:
        open_group(doctor, stage)
        open_group(nurse, stage)
        for number, body in enumerate((before, between, after)):
            doctor.context.set_offline(number == 1)
            write(nurse, body)
            nurse.get_by_role("button", name="医療・介護に投稿する").click()
            expect(nurse.get_by_text("送信しました")).to_be_visible()
            doctor.context.set_offline(offline=False)

        for body in (before, between, after):
            arrived = doctor.locator("#posts > li").filter(has_text=body)
            expect(arrived).to_have_count(1, timeout=30_000)


@pytest.mark.parametrize("size", [390, 320])
def test_the_same_story_without_javascript(stage: Stage, size: int) -> None:
    body = words()
    shape = {"width": size, "height": 800}
    with (
        stage.seated("miyake", size=shape, scripts=False) as nurse,
        stage.seated("hayakawa", size=shape, scripts=False) as doctor,
    ):
        url = open_group(nurse, stage)
        write(nurse, body)
        nurse.locator("input[type=file]").first.set_input_files([a_photo()])
        nurse.get_by_role("button", name="医療・介護に投稿する").click()
        expect(nurse.get_by_text("送信しました")).to_be_visible()

        doctor.goto(url)
        arrived = doctor.locator("#posts > li").filter(has_text=body)
        expect(arrived.locator("img")).to_have_count(1)
        arrived.get_by_role("button", name="了解").click()
        signed = doctor.locator("#posts > li").filter(has_text=body)
        expect(signed.get_by_role("button", name="了解しました")).to_be_visible()

        nurse.goto(url)
        own = nurse.locator("#posts > li").filter(has_text=body)
        expect(own.get_by_text("了解 1人")).to_be_visible()


def test_who_is_removed_is_told_and_receives_nothing_more(stage: Stage) -> None:
    body = words()
    with stage.seated("hayakawa", size=DESK) as doctor, stage.seated("koga") as helper:
        url = open_group(doctor, stage)
        helper.goto(url)
        expect(helper.locator("#posts > li").first).to_be_visible()
        doctor.goto(f"{url}members/")
        doctor.get_by_role("link", name=re.compile("外す.*古賀 直樹")).click()
        doctor.get_by_role("button", name="外す").click()

        expect(helper.get_by_role("heading", name="このグループから外れたため")).to_be_visible()
        doctor.goto(url)
        write(doctor, body)
        doctor.get_by_role("button", name="医療・介護に投稿する").click()
        expect(doctor.locator("#posts > li").filter(has_text=body)).to_have_count(1)
        expect(helper.get_by_text(body)).to_have_count(0)
        helper.goto(url)
        expect(helper.get_by_role("heading", name="この画面は開けません")).to_be_visible()


def test_a_post_is_read_when_it_was_in_sight(stage: Stage) -> None:
    with stage.seated("onodera", size={"width": 1280, "height": 6000}) as pharmacist:
        with pharmacist.expect_response(lambda answer: answer.url.endswith("/read/")) as told:
            open_group(pharmacist, stage)
            mark = pharmacist.locator("cs-reading")
            expect(mark).to_have_attribute("mark", str(mark.get_attribute("posts")))
        assert told.value.ok
        pharmacist.reload()

        expect(pharmacist.locator(".unreadline")).to_have_count(0)


def test_what_was_taken_back_by_mistake_stands_in_its_place_again_on_open_pages(
    stage: Stage,
) -> None:
    body = words()
    with stage.seated("miyake") as nurse, stage.seated("hayakawa", size=DESK) as doctor:
        url = open_group(doctor, stage)
        open_group(nurse, stage)
        write(nurse, body)
        nurse.get_by_role("button", name="医療・介護に投稿する").click()
        theirs, own = (page.locator("li[id^='post-']", has_text=body) for page in (doctor, nurse))
        place = theirs.get_attribute("id")
        own.get_by_role("link", name="取り消す").click()
        nurse.get_by_role("button", name="取り消す").click()
        gone = doctor.locator(f"#{place}")
        expect(gone).to_contain_text("取り消されました")
        expect(gone.get_by_role("link", name="元に戻す")).to_be_hidden()

        nurse.locator(f"#{place}").get_by_role("link", name="元に戻す").click()
        expect(nurse.get_by_text(body)).to_be_visible()
        nurse.get_by_role("button", name="元に戻す").click()

        expect(gone).to_contain_text(body)
        expect(nurse.locator(f"#{place}")).to_contain_text(body)
        assert doctor.url.startswith(url)
