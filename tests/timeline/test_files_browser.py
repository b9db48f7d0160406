"""Files in a browser: sent at once, taken off again, refused with words, looked at one by one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Attachment
from tests.accounts.signing_in import sign_in_client
from tests.axe import AND_BEST, violations
from tests.chromium import CHROMIUM, chromium, put_away
from tests.timeline.pictures import a_jpeg, a_pdf, written
from tests.ui.test_pictures import SMALL_TARGETS
from tests.world import World

PRO = Side.PROFESSIONAL
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    # The server's threads leave no connection behind that keeps the database from being dropped.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    return tmp_path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Desk:
    """Somebody of the cast at a telephone."""

    def __init__(self, world: World, server: LiveServer, browser: Browser) -> None:
        self.world, self.server, self.browser = world, server, browser
        self.complaints: list[str] = []

    def page(self, name: str, view: str, *args: object, scripts: bool = True) -> Page:
        context = self._context(name, scripts=scripts)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._keep(said.type, said.text))
        page.goto(self.server.url + reverse(f"timeline:{view}", args=args))
        return page

    def _context(self, name: str, *, scripts: bool) -> BrowserContext:
        opened = sign_in_client(Client(), self.world.people[name])
        context = self.browser.new_context(
            viewport={"width": 390, "height": 844}, java_script_enabled=scripts
        )
        cookie = {
            "name": django_settings.SESSION_COOKIE_NAME,
            "value": opened.token,
            "url": self.server.url,
        }
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright's
        return context

    def _keep(self, kind: str, text: str) -> None:
        # An answer of 413, 415 or 422 is what the test is about.
        if kind in {"error", "warning"} and "status of 4" not in text:
            self.complaints.append(text)


@pytest.fixture
def desk(committed_world: World, live_server: LiveServer, browser: Browser) -> Iterator[Desk]:
    with put_away(browser):
        yield Desk(committed_world, live_server, browser)


def a_file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def posted(world: World, *bodies: str) -> list[UUID]:
    files = []
    for body in bodies:
        file = upload_file(world.actor("kato"), "足の写真.jpg", a_jpeg((800, 600))).file
        draft = Draft(id=uuid7(), body=body, attachments=(file.id,))
        publish_post(world.seat("kato", PRO), draft)
        files.append(file.id)
    return files


def test_a_file_is_sent_at_once_and_posted(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO)
    photo = a_file(folder, "足の写真.jpg", a_jpeg((1200, 900)))

    page.get_by_label("写真", exact=True).set_input_files(photo)

    row = page.locator(".attach")
    expect(row).to_contain_text("添付しました")
    expect(row.locator("img")).to_have_js_property("complete", value=True)
    expect(page.locator("[data-status]")).to_have_text("足の写真.jpg を添付しました")
    page.get_by_label("本文").fill("両足のむくみ")
    page.get_by_role("button", name="医療・介護に投稿する").click()
    shown = page.get_by_role("img", name="写真：両足のむくみ")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 480)
    assert Attachment.objects.get().post is not None
    assert desk.complaints == []


def test_a_refused_file_says_why_and_can_be_taken_off(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO)
    other = a_file(folder, "動く絵.gif", b"GIF89a" + b"\x00" * 50)
    large = a_file(folder, "大きい.jpg", b"\xff\xd8\xff" + b"\x00" * 62 * 1024 * 1024)

    page.get_by_label("写真", exact=True).set_input_files([other, large])

    rows = page.locator(".attach")
    expect(rows).to_have_count(2)
    expect(page.locator(".upload")).to_contain_text("「動く絵.gif」は送れない種類です。")
    expect(page.locator(".upload")).to_contain_text("大きすぎます（62MB）。50MBまで送れます。")
    page.get_by_role("button", name="この表示を消す").first.click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("button", name="この表示を消す")).to_be_focused()
    assert Attachment.objects.count() == 0
    assert desk.complaints == []


def test_what_was_attached_by_mistake_goes_from_the_server_too(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO)
    paper = a_file(folder, "指示書.pdf", written(a_pdf()))
    page.get_by_label("書類").set_input_files(paper)
    expect(page.locator(".attach")).to_contain_text("指示書.pdf")

    with page.expect_response("**/discard/") as answer:
        page.get_by_role("button", name="指示書.pdf を外す").click()

    assert answer.value.status == 204
    expect(page.locator(".attach")).to_have_count(0)
    expect(page.locator("[data-status]")).to_have_text("指示書.pdf を外しました")
    assert Attachment.objects.count() == 0


def test_the_eleventh_is_not_sent(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO)
    many = [a_file(folder, f"{number}.jpg", a_jpeg()) for number in range(11)]

    page.get_by_label("写真", exact=True).set_input_files(many)

    expect(page.locator(".attach--refused")).to_contain_text("1つの投稿に10件までです。")
    expect(page.locator('input[name="attachments"]')).to_have_count(10, timeout=20_000)


def test_a_post_waits_for_what_is_still_on_its_way(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO)
    page.route("**/files/", lambda _route: None)
    page.get_by_label("写真", exact=True).set_input_files(a_file(folder, "a.jpg", a_jpeg()))
    page.get_by_label("本文").fill("両足のむくみ")

    page.get_by_role("button", name="医療・介護に投稿する").click()

    expect(page.locator("[data-status]")).to_contain_text("まだ送っている途中のファイルがあります")
    page.get_by_role("button", name="送るのをやめる").click()
    page.get_by_role("button", name="医療・介護に投稿する").click()
    expect(page.locator("#posts")).to_contain_text("両足のむくみ")


def test_without_a_script_files_go_with_the_post(desk: Desk, folder: Path) -> None:
    page = desk.page("kato", "write", desk.world.group.pk, PRO, scripts=False)
    page.get_by_label("写真", exact=True).set_input_files(a_file(folder, "足.jpg", a_jpeg()))
    page.get_by_label("本文").fill("両足のむくみ")

    page.get_by_role("button", name="医療・介護に投稿する").click()

    expect(page.get_by_role("img", name="写真：両足のむくみ")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "dark"), [(195, False), (320, False), (390, True), (1280, False)]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    desk: Desk, folder: Path, width: int, *, dark: bool
) -> None:
    _old, new = posted(desk.world, "古い写真です", "両足のむくみ")
    group_id = desk.world.group.pk
    for view, args in (("write", []), ("album", []), ("photo", [new])):
        page = desk.page("kato", view, group_id, PRO, *args)
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        if view == "write":
            chosen = [a_file(folder, "足.jpg", a_jpeg()), a_file(folder, "動く絵.gif", b"GIF89a")]
            page.get_by_label("写真", exact=True).set_input_files(chosen)
            expect(page.locator(".attach--refused")).to_contain_text("送れない種類です")
            expect(page.locator(".attach img")).to_have_count(1)

        assert violations(page, AND_BEST) == []
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert desk.complaints == []


def test_one_picture_by_keys_and_links(desk: Desk) -> None:
    old, new = posted(desk.world, "古い写真です", "両足のむくみ")
    page = desk.page("sato", "album", desk.world.group.pk, PRO)
    page.get_by_role("link", name="写真：両足のむくみ").click()
    picture = page.get_by_role("img", name="写真：両足のむくみ")
    expect(picture).to_have_js_property("naturalWidth", 800)
    small = picture.evaluate("image => image.clientWidth")

    page.get_by_role("link", name="大きくする").click()
    page.wait_for_url(lambda url: url.endswith("zoom=2"))
    large = page.get_by_role("img", name="写真：両足のむくみ").evaluate(
        "image => image.clientWidth"
    )
    page.keyboard.press("-")
    page.wait_for_url(lambda url: url.endswith("zoom=1"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/photos/{old}/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/photos/{new}/")
    page.keyboard.press("Escape")
    page.wait_for_url("**/photos/")
    assert large > small * 1.5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert desk.complaints == []
