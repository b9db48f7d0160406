"""What axe-core finds on a page that not everybody can use."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from playwright.sync_api import Page

AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
AND_BEST: Final = (*RULES, "best-practice")
# All that is right would be told too, a megabyte of it: half of the work.
BROKEN_ALONE: Final = {"resultTypes": ["violations"]}
FIND: Final = "async (options) => (await axe.run(options)).violations"


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """Return which rules a page breaks, and where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(FIND, {"runOnly": list(rules), **BROKEN_ALONE})
    return [
        f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes']][:4]}"
        for one in found
    ]
