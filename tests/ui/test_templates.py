import re
from pathlib import Path
from typing import Final

import pytest
from django.contrib.staticfiles import finders
from jinja2 import nodes

from carestation.ui.components import Figure, Tone, Weight
from carestation.ui.environment import BEHAVIOURS, STYLESHEETS, head_links
from carestation.ui.icons import icon_names
from carestation.ui.rendering import rendered
from tests.ui.drawing import PAGES, drawn, kit

UI: Final = Path(__file__).parents[2] / "carestation" / "ui"
TEMPLATES: Final = sorted((UI / "jinja2").rglob("*.html"))
SHEETS: Final = sorted((UI / "static" / "ui" / "css").glob("*.css"))
MODULES: Final = sorted((UI / "static" / "ui" / "js").glob("*.js"))
RAW_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(")
WITH_RAW_COLOURS: Final = {"tokens.css", "measures.css", "fallback.css"}
# The first of each kind is the look without a word of its own.
FIRSTS: Final = {f"btn--{Weight.PLAIN}", f"banner--{Tone.INFO}", f"avatar--{Figure.STAFF}"}
INLINE: Final = re.compile(
    r"<style|\sstyle=|\son\w+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_small_whole_and_has_nothing_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = kit().parse(source)

    kit().compile(source)

    assert len(source.splitlines()) <= 80
    assert not INLINE.search(re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL))
    used = {node.name for node in tree.find_all(nodes.Filter)}
    assert not used & {"safe", "forceescape", "xmlattr"}
    assert not any(node.with_context for node in tree.find_all(nodes.FromImport))
    assert tree.find(nodes.ScopedEvalContextModifier) is None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_that_a_template_names_exists(path: Path) -> None:
    named = re.findall(r'\bicon\("(\w+)"', path.read_text(encoding="utf-8"))

    assert set(named) <= icon_names()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_stylesheet_is_small_and_stands_in_a_layer(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    rules = without_comments(path)

    assert len(source.splitlines()) <= 200
    assert max(len(line) for line in source.splitlines()) <= 120
    assert rules.count("{") == rules.count("}")
    assert re.match(r"\s*@(layer|supports)", rules)
    if path.name not in WITH_RAW_COLOURS:
        assert not RAW_COLOUR.search(rules)


def test_the_order_of_the_layers_is_declared_once_and_first() -> None:
    order = "@layer reset, tokens, base, layout, components, utilities, print;"

    assert [path.name for path in SHEETS if order in path.read_text()] == ["tokens.css"]
    assert STYLESHEETS[0] == "tokens"


def test_only_hidden_overrules_everything() -> None:
    strong = [
        line.strip()
        for path in SHEETS
        for line in without_comments(path).splitlines()
        if "!important" in line
    ]

    assert strong == ["[hidden] { display: none !important; }"]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_every_token_that_a_stylesheet_uses_is_defined(path: Path) -> None:
    everywhere = "".join(without_comments(one) for one in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", everywhere))
    used = set(re.findall(r"var\((--[\w-]+)\)", without_comments(path)))

    assert used <= defined


def test_every_page_loads_what_exists() -> None:
    paths = re.findall(r'(?:href|src)="/static/([^"]+)"', head_links())

    assert len(paths) == len(STYLESHEETS) + len(BEHAVIOURS) + 1
    assert [path for path in paths if not finders.find(path)] == []


def test_every_class_that_a_page_uses_has_a_look() -> None:
    looks = set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", "".join(map(without_comments, SHEETS))))
    pages = [drawn(path.stem) for path in PAGES.glob("[a-z]*.html")]
    used = {
        word for html in pages for classes in re.findall(r'class="([^"]*)"', html)
        for word in classes.split()
    }  # fmt: skip

    assert used - looks - FIRSTS <= {"patientnav__list", "sidenav"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_behaviour_is_small_and_leaves_nothing_behind(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert len(source.splitlines()) <= 120
    assert source.startswith("/**")
    assert "customElements.define(" in source
    assert "disconnectedCallback" in source
    for banned in ("innerHTML", "insertAdjacentHTML", "eval(", "localStorage", "sessionStorage"):
        assert banned not in source
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)
    assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", code)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("template", ["ui/problem.html", "ui/_problem.html"])
def test_a_problem_says_what_is_safe_and_what_to_do(template: str, status: int) -> None:
    html = rendered(template, status=status, reason="", request_id="0197-0000-1f2e3d4c")

    assert "1F2E-3D4C" in html
    assert "エラーが発生しました" not in html
    assert re.search(r"(ください|ためして|たのんで)", html)
    assert html.lstrip().startswith("<!doctype") is (template == "ui/problem.html")


def test_absent_and_not_yours_read_the_same() -> None:
    pages = {
        rendered("ui/_problem.html", status=404, reason=reason, request_id="")
        for reason in ("", "x")
    }

    assert len(pages) == 1


def test_a_fragment_knows_no_reader_and_a_page_knows_the_product() -> None:
    assert "ケアステーション" in rendered("ui/problem.html", status=500, reason="", request_id="")
