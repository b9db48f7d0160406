from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.utils import timezone

from tests.axe import AND_BEST, violations
from tests.chromium import CHROMIUM
from tests.ui.drawing import NOW, PAGES, Desk, a_desk, drawn

PICTURES: Final = Path(__file__).parents[2] / "var" / "pictures"
NAMES: Final = sorted(path.stem for path in PAGES.glob("[a-z]*.html"))
# Zoom of 200 % is half the width in CSS pixels (WCAG 1.4.4, 1.4.10): 195 and 640.
WIDTHS: Final = (195, 320, 390, 640, 1280)
PICTURED: Final = (390, 1280)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium")
# What is new, what floats, and which side it is, for who sees two colours alone.
EDGES: Final = {
    ".post.is-unread": "borderInlineStartWidth",
    ".launcher__btn": "borderBlockStartWidth",
    ".side-notice": "borderBlockStartWidth",
}
WIDTH_OF_EDGE: Final = "(one, edge) => parseFloat(getComputedStyle(one)[edge])"
SMALL_TARGETS: Final = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((one) => !one.closest(".vh, .skip-link, p:not(:has(> a:only-child)), .choice, .choices"))
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.height < 43.5 || box.width < 43.5)
  .map(([box, one]) => `${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with a_desk() as desk:
        yield desk


@pytest.fixture(autouse=True)
def _the_day_of_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_the_browser_complains_of_nothing(name: str, desk: Desk) -> None:
    with desk.looking_at(drawn(name), width=390) as page:
        assert violations(page, AND_BEST) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, AND_BEST) == []
        page.set_viewport_size({"width": 1280, "height": 844})
        assert violations(page, AND_BEST) == []
        assert desk.complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_every_screen_and_every_finger(name: str, desk: Desk) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with desk.looking_at(drawn(name), width=390) as page:
        assert page.evaluate(SMALL_TARGETS) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            whole = name == "contact"
            for theme in ("light", "dark") if width in PICTURED else ():
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                page.screenshot(full_page=whole, path=PICTURES / f"{name}-{width}-{theme}.png")

            assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("() => document.documentElement.setAttribute('data-text', 'xlarge')")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_without_javascript(name: str, desk: Desk) -> None:
    with desk.looking_at(drawn(name), width=390, scripts=False) as page:
        assert page.locator("h1").first.is_visible()
        assert page.locator("[hidden] >> visible=true").count() == 0


def test_forced_colours_leave_edges_where_a_shade_was(desk: Desk) -> None:
    with desk.looking_at(drawn("family"), width=390) as page:
        page.emulate_media(forced_colors="active")
        page.screenshot(path=PICTURES / "family-forced.png")

        for one, edge in EDGES.items():
            shown = page.locator(one).first
            assert shown.evaluate(WIDTH_OF_EDGE, edge) >= 2, one


def test_paper_keeps_the_name_and_what_must_be_heeded_and_no_bars(desk: Desk) -> None:
    with desk.looking_at(drawn("staff"), width=794) as page:
        page.emulate_media(media="print")
        page.screenshot(path=PICTURES / "staff-print.png")

        for kept in (".patientband__name", ".patientflags", ".post__body", ".side-notice"):
            assert page.locator(kept).first.is_visible()
        for gone in (".rail", ".patientnav", ".launcher", ".sideswitch", ".post__foot", ".btn"):
            assert not page.locator(gone).first.is_visible()
