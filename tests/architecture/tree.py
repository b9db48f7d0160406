"""What the rules of the house are checked on: the files of the project, read once."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ROOT / "carestation"
PARTS: Final = ("carestation", "config", "tests", "benchmarks", "docs", "deploy", "requirements")
MORE_PARTS: Final = ("changelog.d", "locale", ".ci")
TEXT: Final = frozenset(
    (".py", ".html", ".txt", ".js", ".css", ".md", ".toml", ".in", ".sh", ".svg", ".yml", ".json")
)
# They stand on no trade and name their modules freely (STYLE, section 2).
FREE: Final = frozenset({"kernel", "ui", "factlog", "vault", "live"})


@cache
def contexts() -> tuple[str, ...]:
    """Return the names of the contexts that exist."""
    return tuple(sorted(path.parent.name for path in PRODUCT.glob("*/__init__.py")))


@cache
def product_modules() -> tuple[Path, ...]:
    """Return the Python modules of product and project, migrations apart."""
    found = [*PRODUCT.rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def context_modules() -> tuple[Path, ...]:
    """Return the modules of the contexts, migrations apart."""
    return tuple(path for path in product_modules() if path.is_relative_to(PRODUCT))


@cache
def modules_of_tests() -> tuple[Path, ...]:
    """Return the modules of the tests."""
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def templates() -> tuple[Path, ...]:
    """Return the templates of all contexts."""
    return tuple(sorted(path for path in PRODUCT.glob("*/jinja2/**/*") if path.is_file()))


@cache
def static_files(ending: str) -> tuple[Path, ...]:
    """Return the scripts or styles of all contexts."""
    return tuple(sorted(PRODUCT.glob(f"*/static/**/*{ending}")))


def texts() -> Iterator[Path]:
    """Yield every file of the project in which words stand."""
    for path in ROOT.iterdir():
        if path.is_file():
            yield path
    for part in (*PARTS, *MORE_PARTS):
        yield from (path for path in sorted((ROOT / part).rglob("*")) if path.suffix in TEXT)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a module as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def context_of(path: Path) -> str:
    """Return the context in which a file stands."""
    return path.relative_to(PRODUCT).parts[0]


def kind_of(path: Path) -> str:
    """Return the module name of section 3 under which a file stands: `commands`, `views`."""
    parts = path.relative_to(PRODUCT).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def at(path: Path, line: int = 1) -> str:
    """Return where something stands, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


def docstring_of(path: Path) -> str:
    """Return the docstring of a module, or nothing."""
    return ast.get_docstring(tree_of(path)) or ""


def part_of(docstring: str, heading: str) -> str:
    """Return what stands behind `Announces:` and its like, up to the next heading."""
    pattern = rf"^{heading}:(.*?)(?=^\w[\w ]*:|\Z)"
    found = re.search(pattern, docstring, re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def must_be_empty(found: Iterable[object]) -> None:
    """Fail with one line for each thing that was found."""
    lines = [str(one) for one in found]
    assert not lines, "\n" + "\n".join(lines)
