"""Templates outside the design kit (tests/ui has its own): escaped, strict, and nothing inline."""

import re
from pathlib import Path
from typing import Final

import pytest
from django.template import engines
from jinja2 import Environment, nodes

from tests.architecture.tree import PRODUCT, must_be_empty, templates

TEMPLATES: Final = [path for path in templates() if path.relative_to(PRODUCT).parts[0] != "ui"]
INLINE: Final = re.compile(
    r"<style|\sstyle=|\son(?!ly=)\w+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
COMMENT: Final = re.compile(r"\{#.*?#\}", re.DOTALL)
JAPANESE: Final = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
SAID: Final = re.compile(r"\b_\(\s*(?:\"[^\"]*\"|'[^']*')")
FOREIGN: Final = re.compile(r"""(?:src|href|action)=["']\s*(?:https?:)?//""")


@pytest.fixture(scope="module")
def environment() -> Environment:
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]  # the stubs know engines only
    return env


def named(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_compiles_and_lets_nothing_unescaped_through(
    path: Path, environment: Environment
) -> None:
    source = path.read_text(encoding="utf-8")
    tree = environment.parse(source)

    environment.compile(source)

    used = {node.name for node in tree.find_all(nodes.Filter)}
    assert not used & {"safe", "forceescape", "xmlattr"}
    assert tree.find(nodes.ScopedEvalContextModifier) is None
    imports: list[nodes.FromImport | nodes.Import] = [
        *tree.find_all(nodes.FromImport),
        *tree.find_all(nodes.Import),
    ]
    assert not any(node.with_context for node in imports)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_has_nothing_inline_and_loads_nothing_from_elsewhere(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert not INLINE.search(source)
    assert not FOREIGN.search(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_what_people_read_can_be_translated(path: Path) -> None:
    source = SAID.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))

    must_be_empty([line.strip() for line in source.splitlines() if JAPANESE.search(line)])


def test_every_template_that_is_named_exists() -> None:
    names = {path.relative_to(path.parents[1]).as_posix() for path in templates()}
    deep = {"/".join(path.parts[path.parts.index("jinja2") + 1 :]) for path in templates()}
    pattern = re.compile(r"""(?:extends|from|include|import) ["']([\w/-]+\.(?:html|txt))["']""")
    named_ones = {
        name for path in templates() for name in pattern.findall(path.read_text(encoding="utf-8"))
    }

    must_be_empty(named_ones - names - deep)
