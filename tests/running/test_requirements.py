"""What the product imports is among the pinned packages that it runs on."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path
from subprocess import check_output
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
RUN: Final = (PROJECT / "requirements" / "run.txt").read_text()


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_product_imports_nothing_that_only_its_tests_have() -> None:
    pinned = {
        name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", RUN, re.MULTILINE)
    }
    packages = packages_distributions()
    modules = [*(PROJECT / "carestation").rglob("*.py"), *(PROJECT / "config").rglob("*.py")]

    missing = {
        f"{module.relative_to(PROJECT)}: {name}"
        for module in modules
        for name in imported(module) - {"carestation", "config"}
        for package in packages.get(name, [])[:1]
        if package.lower().replace("_", "-") not in pinned
    }

    assert missing == set()


@pytest.mark.parametrize("name", ["run.txt", "develop.txt", "patroni.txt"])
def test_every_package_is_pinned_with_its_hash_and_no_place_is_named(name: str) -> None:
    text = (PROJECT / "requirements" / name).read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "--index" not in text


def test_what_runs_is_what_is_tested() -> None:
    develop = (PROJECT / "requirements" / "develop.txt").read_text()

    assert set(re.findall(r"^[\w.-]+==\S+", RUN, re.MULTILINE)) <= set(
        re.findall(r"^[\w.-]+==\S+", develop, re.MULTILINE)
    )


def test_the_interpreter_that_is_taken_is_one_that_the_product_runs_on() -> None:
    chosen = ["sh", "requirements/debian.sh", "interpreter"]
    named = check_output(chosen, cwd=PROJECT, text=True).strip()  # noqa: S603 - our own file
    told = "import sys; print(*sys.version_info[:2])"
    version = check_output([named, "-c", told], text=True).split()  # noqa: S603 - what it named

    assert (3, 11) <= tuple(map(int, version)) < (3, 14)
