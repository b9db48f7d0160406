"""One obvious place: module names, stories, and who may use what."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import (
    FREE,
    PRODUCT,
    ROOT,
    at,
    context_modules,
    context_of,
    contexts,
    docstring_of,
    kind_of,
    must_be_empty,
    part_of,
    product_modules,
    tree_of,
)

# Section 3 of the style, and `choices` (docs/decisions/0001).
NAMES: Final = frozenset(
    [
        "__init__",
        "facts",
        "models",
        "choices",
        "rules",
        "queries",
        "commands",
        "forms",
        "pushes",
        "views",
        "urls",
        "paths",
        "apps",
        "followers",
        "tasks",
        "migrations",
        "jinja2",
        "static",
    ]
)
WORDLESS: Final = re.compile(r"utils?|helpers?|services?|data|info|misc|common|managers?")
CLAUSE: Final = r"(?:\d+\.\d+|CLD\.\d+\.\d+\.\d+)"
HEADINGS: Final = (
    "利用者アクセスの管理",
    "認証情報の管理",
    "ユーティリティプログラム",
    "暗号化",
    "変更",
    "管理者用手順",
    "バックアップ",
    "ログ",
    "クラウドサービスの監視",
    "技術的脆弱性の管理",
    "ネットワーク",
    "容量・能力の管理",
    "負荷分散/冗長化",
    "インシデント対応",
    "証拠の収集",
    "記録の保護",
    "時刻同期",
)
HEADING: Final = rf"「(?:{'|'.join(HEADINGS)})」"
CONTROLS: Final = re.compile(
    rf"ISO/IEC 27017 {CLAUSE}(?:, {CLAUSE})*; white paper {HEADING}(?:, {HEADING})*\."
)
KEEPERS: Final = frozenset({"commands", "rules", "models"})


def is_decided(context: str, name: str) -> bool:
    """A record names the module with its context: `accounts/gate`, or `gate` of accounts."""
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    texts = [path.read_text(encoding="utf-8") for path in records]
    return any(
        f"{context}/{name}" in text or (f"`{name}`" in text and context in text) for text in texts
    )


def names_in(context: str) -> set[str]:
    found = (PRODUCT / context).iterdir()
    return {path.name.removesuffix(".py") for path in found if path.name != "__pycache__"}


@pytest.mark.parametrize("context", sorted(set(contexts()) - FREE))
def test_a_module_has_a_known_name_or_a_decision(context: str) -> None:
    strange = names_in(context) - NAMES

    must_be_empty({name for name in strange if not is_decided(context, name)})


def test_nothing_is_called_by_a_word_that_says_nothing() -> None:
    modules = [at(path) for path in product_modules() if WORDLESS.fullmatch(path.stem)]
    classes = [
        f"{at(path, node.lineno)} {node.name}"
        for path in product_modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and WORDLESS.fullmatch(node.name.lower())
    ]

    must_be_empty(modules + classes)


@pytest.mark.parametrize("context", contexts())
def test_a_context_tells_its_story(context: str) -> None:
    init = PRODUCT / context / "__init__.py"
    docstring = docstring_of(init)

    assert len(tree_of(init).body) == 1, "no code"
    for heading in ("Announces", "Listens to", "Controls"):
        assert part_of(docstring, heading), heading


def test_the_package_of_a_context_re_exports_nothing() -> None:
    inits = [path for path in context_modules() if path.name == "__init__.py"]
    # Django looks for tables in a package's own module; it names the others, and nothing in them.
    others = [path for path in inits if path.parent.name != "models"]

    must_be_empty([at(path) for path in others if len(tree_of(path).body) > 1])
    for path in set(inits) - set(others):
        own = {one.stem for one in path.parent.glob("*.py")} - {"__init__"}
        assert {one.name for node in tree_of(path).body[1:2] for one in node.names} == own  # type: ignore[attr-defined]  # an import


def test_a_control_is_named_by_its_number_and_its_heading() -> None:
    said = {path: part_of(docstring_of(path), "Controls") for path in context_modules()}
    free = {"", "none of its own."}

    must_be_empty(
        [
            f"{at(path)} {words}"
            for path, words in said.items()
            if words not in free and not CONTROLS.fullmatch(words)
        ]
    )


def test_what_keeps_a_control_says_so() -> None:
    keepers = [
        path
        for path in context_modules()
        if context_of(path) not in FREE and kind_of(path) in KEEPERS and path.name != "__init__.py"
    ]

    must_be_empty([at(path) for path in keepers if not part_of(docstring_of(path), "Controls")])


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


def who_imports(*modules: str) -> set[Path]:
    return {
        path
        for path in product_modules()
        for name in imports_of(path)
        if any(name == one or name.startswith(f"{one}.") for one in modules)
    }


@pytest.mark.control("8.24")
def test_the_vault_alone_knows_how_to_seal() -> None:
    must_be_empty({at(path) for path in who_imports("tink") if context_of(path) != "vault"})
    assert who_imports("cryptography", "Crypto") == set()
    assert {at(path) for path in who_imports("nacl")} == {"carestation/accounts/gate/hasher.py:1"}


@pytest.mark.control("8.15")
def test_what_spreadsheets_open_is_written_in_one_place() -> None:
    reads_alone = PRODUCT / "facilities/forms/invitations.py"

    assert who_imports("csv") == {PRODUCT / "kernel/cells.py", reads_alone}


def test_there_are_no_signals() -> None:
    signals = ("django.dispatch", "django.db.models.signals", "django.core.signals")

    # Web switches off what Django itself does around each request and nobody here needs.
    wsgi = ROOT / "config/wsgi.py"

    must_be_empty({at(path) for path in who_imports(*signals) - {wsgi}})
    assert ".connect(" not in wsgi.read_text()


def test_the_surroundings_are_read_in_one_place() -> None:
    readers = {
        at(path)
        for path in product_modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }

    assert {reader.partition(":")[0] for reader in readers} <= {"config/environment.py"}


def test_a_checker_is_silenced_with_a_reason() -> None:
    silenced = re.compile(r"#\s*(type: ignore\[[\w, -]+\]|noqa: [A-Z0-9, ]+)(?P<why>.*)$")
    lines = [
        (path, number, found)
        for path in product_modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := silenced.search(line))
    ]

    assert lines
    must_be_empty(
        f"{at(path, number)} {found[1]}"
        for path, number, found in lines
        if not re.search(r"\w", found["why"])
    )


def test_nothing_is_silenced_wholesale() -> None:
    wholesale = re.compile(r"#\s*(type: ignore(?!\[)|noqa(?!:)|ruff: noqa|mypy: ignore)")

    must_be_empty(
        f"{at(path, number)} {line.strip()}"
        for path in product_modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if wholesale.search(line)
    )


def test_no_type_is_pretended() -> None:
    pretending = {"typing.cast"}

    must_be_empty(at(path) for path in product_modules() if imports_of(path) & pretending)
