"""Small: the answer to a thing too long is to split it by noun."""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.architecture.tree import (
    at,
    context_modules,
    kind_of,
    modules_of_tests,
    must_be_empty,
    product_modules,
    static_files,
    templates,
    tree_of,
)

MODULE: Final = 350
FUNCTION: Final = 40
VIEW: Final = 20
TEMPLATE: Final = 80
SCRIPT: Final = 120
STYLES: Final = 200
TESTS: Final = 600


def too_long(paths: Iterable[Path], most: int) -> list[str]:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{at(path)} has {size} lines" for path, size in sizes.items() if size > most]


def long_functions(paths: Iterable[Path], most: int) -> list[str]:
    return [
        f"{at(path, node.lineno)} {node.name} has {size} lines"
        for path in paths
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (size := (node.end_lineno or node.lineno) - node.lineno + 1) > most
    ]


def test_a_module_is_small() -> None:
    must_be_empty(too_long(product_modules(), MODULE))


def test_a_function_is_small() -> None:
    must_be_empty(long_functions(product_modules(), FUNCTION))


def test_a_view_is_short() -> None:
    views = [path for path in context_modules() if kind_of(path) == "views"]

    must_be_empty(long_functions(views, VIEW))


def test_a_template_is_small() -> None:
    must_be_empty(too_long(templates(), TEMPLATE))


def test_a_script_is_small() -> None:
    must_be_empty(too_long(static_files(".js"), SCRIPT))


def test_a_stylesheet_is_small() -> None:
    must_be_empty(too_long(static_files(".css"), STYLES))


def test_a_module_of_tests_is_small() -> None:
    must_be_empty(too_long(modules_of_tests(), TESTS))
