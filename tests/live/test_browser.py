"""Open pages: posts come by themselves, move nobody, and stop when a seat ends."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.pushes import push_membership
from carestation.groups.rules import Seat
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.pushes import Change, push_post
from carestation.timeline.queries.messages import thread
from tests.accounts.signing_in import sign_in_client
from tests.chromium import CHROMIUM, chromium, put_away
from tests.live.one_origin import one_origin
from tests.live.process import live_process
from tests.world import World

PRO = Side.PROFESSIONAL
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Team:
    """The cast at their open pages."""

    def __init__(self, world: World, origin: str, browser: Browser) -> None:
        self.world, self.origin, self.browser = world, origin, browser
        self.complaints: list[str] = []

    def page(self, name: str) -> Page:
        """Open the timeline as somebody; its stream has begun when this returns."""
        client = Client()
        opened = sign_in_client(client, self.world.people[name])
        context = self.browser.new_context(viewport={"width": 390, "height": 700})
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "session", "value": opened.token, "url": self.origin}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        with page.expect_response(lambda answer: "/after/" in answer.url):
            page.goto(self.origin + reverse("timeline:timeline", args=[self.world.group.pk, PRO]))
        return page

    def posts(self, body: str, name: str = "sato", parent: UUID | None = None) -> UUID:
        seat = self.world.seat(name, PRO)
        draft = Draft(id=uuid7(), body=body, parent_id=parent)
        post = publish_post(seat, draft).post
        self.tell(seat, post.pk, "post")
        return post.pk

    def tell(self, seat: Seat, post_id: UUID, kind: Change) -> None:
        message = thread(seat, post_id).message
        push_post(seat, message, kind)


@pytest.fixture
def team(fresh_world: World, live_server: LiveServer, browser: Browser) -> Iterator[Team]:
    web_port = urlsplit(live_server.url).port or 0
    with (
        live_process(tick_seconds=0.2) as live,
        one_origin(web_port, live.port) as origin,
        put_away(browser),
    ):
        yield Team(fresh_world, origin, browser)


def test_a_post_appears_on_the_open_page(team: Team) -> None:
    page = team.page("kato")

    team.posts("血圧は落ち着いています。")

    expect(page.locator("#posts")).to_contain_text("血圧は落ち着いています。")
    expect(page.locator("#said")).to_contain_text("新しい投稿")
    assert team.complaints == []


def test_a_reply_appears_in_its_thread_and_a_change_where_the_post_stands(team: Team) -> None:
    first = team.posts("お薬を変えました。", "kato")
    page = team.page("kato")
    team.posts("様子を見ます。", parent=first)
    thread_on_page = page.locator(f"#post-{first}")
    expect(thread_on_page.locator("ol.replies")).to_contain_text("様子を見ます。")

    seat = team.world.seat("kato", PRO)
    team.tell(seat, first, "edit")

    expect(thread_on_page.locator("ol.replies")).to_contain_text("様子を見ます。")
    assert team.complaints == []


def test_whoever_stands_on_a_button_stays_there_when_the_post_changes(team: Team) -> None:
    first = team.posts("お薬を変えました。", "sato")
    page = team.page("kato")
    button = page.locator(f"#post-{first} button[name=acknowledged]")
    button.focus()

    acknowledge_post(team.world.seat("kato", PRO), first)
    team.tell(team.world.seat("kato", PRO), first, "acknowledgement")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    assert team.complaints == []


def test_who_has_scrolled_down_is_not_moved_but_told(team: Team) -> None:
    for number in range(12):
        team.posts(f"{number}日目の様子です。" * 12)
    page = team.page("kato")
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 1000")
    place = "document.querySelectorAll('#posts > li[data-number]')[8].getBoundingClientRect().top"
    before = page.evaluate(place)

    team.posts("新しいお知らせです。")
    team.posts("もう一つあります。")
    button = page.locator("button[data-more]")
    expect(button).to_contain_text("2")
    after = page.evaluate(place)
    button.click()

    expect(page.locator("#posts > li[data-number]").first).to_contain_text("もう一つあります。")
    expect(button).to_be_hidden()
    assert before == pytest.approx(after, abs=2)
    assert page.evaluate("scrollY") == 0
    assert team.complaints == []


def test_what_was_missed_while_the_stream_was_away_is_there_once(team: Team) -> None:
    page = team.page("kato")
    context = page.context
    context.set_offline(True)
    team.posts("留守のあいだの投稿です。")
    context.set_offline(False)

    expect(page.locator("#posts")).to_contain_text("留守のあいだの投稿です。", timeout=15_000)
    team.posts("戻ってからの投稿です。")

    expect(page.locator("#posts")).to_contain_text("戻ってからの投稿です。")
    assert page.locator("#posts > li[data-number]").count() == 2


@pytest.mark.control("8.3")
def test_a_removed_members_page_says_so_and_shows_nothing_more(team: Team) -> None:
    team.posts("前からある投稿です。")
    page = team.page("sato")
    membership = team.world.membership("sato")

    end_membership(team.world.seat("kato", PRO), membership.pk)
    push_membership(team.world.group.pk, membership.pk, Role(membership.role))

    expect(page.locator("cs-live")).to_contain_text("このグループから外れたため、開けません。")
    expect(page.locator("#posts")).to_have_count(0)
    team.posts("もう見えない投稿です。", "kato")
    expect(page.locator("body")).not_to_contain_text("もう見えない投稿です。")
