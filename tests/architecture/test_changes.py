"""Who changes what: commands, followers, and nobody else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import (
    FREE,
    at,
    context_modules,
    context_of,
    kind_of,
    must_be_empty,
    product_modules,
    tree_of,
)

CHANGING: Final = frozenset(
    [
        "create",
        "bulk_create",
        "get_or_create",
        "update_or_create",
        "update",
        "bulk_update",
        "delete",
    ]
)
ROW_CHANGING: Final = frozenset({"save", "delete", "full_delete"})
STATEMENT: Final = re.compile(r"\b(INSERT INTO|UPDATE \w+ (AS \w+ )?SET|DELETE FROM)\b")
WRITERS: Final = frozenset({"commands", "followers", "migrations"})
TIMELESS: Final = frozenset({"rules", "models", "facts", "choices", "paths"})
# Not rows: Django's session store keeps its data through a command; a picture is a file of bytes.
OTHER_SAVES: Final = frozenset({"carestation/accounts/gate/middleware.py"})
PICTURES: Final = "media"


def calls(path: Path) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def comes_from_objects(node: ast.expr) -> bool:
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def names_called(function: ast.FunctionDef) -> set[str]:
    """Return what a function calls by name; a class (a fact) is not called but made."""
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {one.attr if isinstance(one, ast.Attribute) else ast.unparse(one) for one in called}
    return {name for name in names if not name[:1].isupper()}


def is_one_transaction(function: ast.FunctionDef) -> bool:
    """Whether it opens a transaction, or says that it runs inside its caller's."""
    opens = any(ast.unparse(one) == "transaction.atomic" for one in function.decorator_list)
    inside = any("transaction.atomic" in ast.unparse(node) for node in function.body)
    said = ast.get_docstring(function) or ""
    return opens or inside or function.name.startswith("_") or "caller's transaction" in said


def writes_of(path: Path) -> list[str]:
    found = [
        f"{at(path, call.lineno)} {function.attr}()"
        for call, function in calls(path)
        if (function.attr in CHANGING and comes_from_objects(function.value))
        or (function.attr in ROW_CHANGING and not comes_from_objects(function.value))
    ]
    found += [
        f"{at(path, node.lineno)} {words[0]}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (words := STATEMENT.search(node.value))
    ]
    return found


def modules_of_trade() -> list[Path]:
    return [path for path in context_modules() if context_of(path) not in FREE]


@pytest.mark.control("8.15")
def test_nothing_is_written_but_by_commands_and_followers() -> None:
    others = [
        path
        for path in modules_of_trade()
        if kind_of(path) not in {*WRITERS, PICTURES} and at(path)[:-2] not in OTHER_SAVES
    ]

    must_be_empty([found for path in others for found in writes_of(path)])


@pytest.mark.control("8.3")
def test_a_view_asks_queries_and_never_rows() -> None:
    views = [path for path in context_modules() if kind_of(path) == "views"]

    must_be_empty(
        [
            at(path, node.lineno)
            for path in views
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
        ]
    )


def test_a_model_saves_as_django_does() -> None:
    must_be_empty(
        [
            at(path, node.lineno)
            for path in context_modules()
            if kind_of(path) == "models"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
        ]
    )


def test_what_follows_a_commit_is_told_in_one_place() -> None:
    told = {
        at(path)
        for path in product_modules()
        for _, function in calls(path)
        if function.attr == "on_commit" and "kernel" not in path.parts
    }

    must_be_empty(told)


@pytest.mark.control("8.15")
def test_a_fact_stands_or_falls_with_its_change() -> None:
    announcing = [
        (path, node)
        for path in context_modules()
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and "announce" in names_called(node)
    ]

    assert len(announcing) > 30
    must_be_empty(
        [
            f"{at(path, node.lineno)} {node.name}"
            for path, node in announcing
            if names_called(node) - {"announce", "marks"} and not is_one_transaction(node)
        ]
    )


def test_a_rule_reads_no_clock() -> None:
    timeless = [path for path in context_modules() if kind_of(path) in TIMELESS]

    must_be_empty(
        [
            at(path, call.lineno)
            for path in timeless
            for call, function in calls(path)
            if ast.unparse(function) in {"timezone.now", "datetime.now", "time.time", "date.today"}
        ]
    )


def test_nothing_is_caught_that_cannot_be_answered() -> None:
    broad = {"Exception", "BaseException"}

    must_be_empty(
        [
            at(path, node.lineno)
            for path in product_modules()
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ExceptHandler)
            if node.type is None or ast.unparse(node.type) in broad
            # Tidying up and letting it go on is not catching it.
            if not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
        ]
    )


def test_a_change_is_seen_where_there_is_one() -> None:
    commands = [path for path in modules_of_trade() if kind_of(path) == "commands"]

    assert len([found for path in commands for found in writes_of(path)]) > 20
