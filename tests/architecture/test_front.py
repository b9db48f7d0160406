"""Scripts and styles outside the design kit (tests/ui has its own)."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import PRODUCT, must_be_empty, static_files

BANNED: Final = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "localStorage",
    "sessionStorage",
    "document.cookie",
)
SCRIPTS: Final = static_files(".js")
OUTSIDE: Final = [
    path for path in static_files(".css") if path.relative_to(PRODUCT).parts[0] != "ui"
]
RAW_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(")
JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LISTENS: Final = re.compile(r"addEventListener|setInterval|EventSource|BroadcastChannel|Observer\(")
HTML_IN_STRING: Final = re.compile(r"""["'`]\s*<\w+""")


def code_of(path: Path) -> str:
    source = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", source, flags=re.DOTALL)


def named(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_makes_no_html_and_keeps_nothing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    code = code_of(path)

    must_be_empty([word for word in BANNED if word in code])
    assert not HTML_IN_STRING.search(code)
    assert not JAPANESE.search(code), "words come in attributes"
    assert source.startswith("/**"), "it says what for"


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_that_listens_also_stops(path: Path) -> None:
    code = code_of(path)

    if "customElements.define(" in code and LISTENS.search(code):
        assert "disconnectedCallback" in code


@pytest.mark.parametrize("path", OUTSIDE, ids=named)
def test_a_stylesheet_stands_in_a_layer_and_takes_its_colours_from_tokens(path: Path) -> None:
    rules = code_of(path)

    assert re.match(r"\s*@(layer|supports)", rules)
    assert not RAW_COLOUR.search(rules)
    assert "!important" not in rules
    assert "@import" not in rules
    assert rules.count("{") == rules.count("}")
