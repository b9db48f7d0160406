"""The manual is there for everyone, and every screen leads to its page."""

import re
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from carestation.support.choices import Chapter, Page
from carestation.support.queries.manual import CONTENTS

# Every page says first as whom the database acts, the manual too.
pytestmark = pytest.mark.django_db
ROOT: Final = Path(__file__).parents[2] / "carestation"
TEMPLATES: Final = {
    path.relative_to(path.parents[len(path.relative_to(ROOT).parts) - 3]).as_posix(): path
    for path in sorted(ROOT.glob("*/jinja2/**/*.html"))
}
FRAMES: Final = (
    "ui/app.html",
    "ui/bare.html",
    "accounts/own.html",
    "patients/room.html",
    "facilities/desk.html",
    "support/console.html",
)
EXTENDS: Final = re.compile(r"""{%-? extends ["']([^"']+)["']""")
LINKED: Final = re.compile(r"""url\(["']support:help["'],\s*["']([^"']+)["']\)""")
SET: Final = re.compile(r"""set manual = ["']([^"']+)["']""")
CALLED: Final = re.compile(r"""\bmanual\(["']([^"']+)["']\)""")
IMPORTED: Final = re.compile(r"""{%-? from ["']([^"']+)["'] import [^%]*\bmanual\b""")
DEFAULT: Final = re.compile(r"""manual\|default\(["']([^"']+)["']\)""")
HREF: Final = re.compile(r'href="(/help/[^"#]*)"')


def frames_of(name: str) -> list[str]:
    found = EXTENDS.search(TEMPLATES[name].read_text())
    return [found[1], *frames_of(found[1])] if found else []


SCREENS: Final = [
    name for name in TEMPLATES if name not in FRAMES and set(frames_of(name)) & set(FRAMES)
]


def leads_by_macro(source: str) -> bool:
    lent = [TEMPLATES[name].read_text() for name in IMPORTED.findall(source)]
    return bool(CALLED.search(source)) and any("support:help" in one for one in lent)


def linked_slugs() -> set[tuple[str, str]]:
    return {
        (name, slug)
        for name, path in TEMPLATES.items()
        for pattern in (LINKED, SET, DEFAULT, CALLED)
        for slug in pattern.findall(path.read_text())
    }


@pytest.mark.parametrize("page", Page)
def test_a_page_of_the_manual_is_read_by_a_stranger(page: Page, client: Client) -> None:
    answer = client.get(reverse("support:help", args=[page.value]))

    body = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{page.label}</h1>" in body
    assert len(re.findall(r"<li>|<dd>", body)) >= 4


@pytest.mark.control("CLD.12.1.5")
def test_the_contents_lead_to_every_page_and_every_link_answers(client: Client) -> None:
    body = client.get(reverse("support:manual")).content.decode()

    assert {f"/help/{page.value}/" for page in Page} <= set(HREF.findall(body))
    pages = [client.get(f"/help/{page.value}/").content.decode() for page in Page]
    for href in {unescape(href) for page in pages for href in HREF.findall(page)}:
        assert client.get(href).status_code == 200, href


def test_every_page_stands_once_in_the_contents() -> None:
    listed = [page for section in CONTENTS for page in section.pages]

    assert sorted(listed) == sorted(Page)
    assert [section.chapter for section in CONTENTS] == list(Chapter)


def test_there_is_nothing_to_send_to_the_manual(client: Client) -> None:
    assert client.post("/help/home/").status_code == 405
    assert client.post("/help/").status_code == 405


def test_a_page_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/help/no-such-page/").status_code == 404


@pytest.mark.parametrize(("name", "slug"), sorted(linked_slugs()))
def test_what_a_screen_links_is_a_page_of_the_manual(name: str, slug: str) -> None:
    assert slug in Page.values, name


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_leads_to_its_page_of_the_manual(name: str) -> None:
    sources = [TEMPLATES[one].read_text() for one in (name, *frames_of(name))]

    assert any("support:help" in one or leads_by_macro(one) for one in sources)


def test_what_was_not_possible_leads_to_the_manual_too(client: Client) -> None:
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert f'href="{reverse("support:help", args=["errors"])}"' in page.content.decode()


def test_there_are_screens() -> None:
    assert len(SCREENS) >= 12


# What stands in the settings of telephones and browsers, and an example of what is read out.
NOT_OURS: Final = {
    "ぁあ", "ユーザー補助", "文字の大きさ", "ダークモード", "コントラストを上げる", "動きを減らす",
    "自動で合わせる", "未読 3件",
}  # fmt: skip


def test_the_manual_quotes_what_the_screens_say() -> None:
    manual = sorted(ROOT.glob("support/jinja2/support/pages/*.html"))
    screens = "".join(
        path.read_text()
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in {".html", ".py", ".txt"} and path not in manual
    )
    quoted = {
        (path.stem, words)
        for path in manual
        for words in re.findall("「([^」]+)」", path.read_text())
    }

    assert len(quoted) > 80
    assert {one for one in quoted if one[1] not in screens and one[1] not in NOT_OURS} == set()
