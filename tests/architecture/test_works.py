"""Works that no seat answers for: few, each said where it is explained, none begun by a page.

And what one process at a time does: the database holds a number for each, and none for two.
"""

import re
from collections import Counter
from typing import Final

import pytest

from carestation.kernel.acting import Work
from tests.architecture.tree import PRODUCT, must_be_empty, product_modules

EXPLAINED: Final = PRODUCT.parent / "docs/explanation/the-wall.md"
LOCKS: Final = re.compile(r"\b7_?262_?\d{3}\b")
MAY_BEGIN: Final = ("commands", "queries", "pushes", "followers", "tasks")


def parts_using(words: str) -> list[str]:
    found = [path for path in PRODUCT.rglob("*.py") if words in path.read_text(encoding="utf-8")]
    return [str(path.relative_to(PRODUCT)) for path in found if path.name != "acting.py"]


@pytest.mark.parametrize("work", Work)
def test_a_work_is_explained(work: Work) -> None:
    assert f"`{work.value}`" in EXPLAINED.read_text(encoding="utf-8")


def test_a_work_is_begun_by_commands_and_queries_never_by_a_page() -> None:
    using = parts_using("acting_as(")

    assert len(using) > 5
    must_be_empty(one for one in using if one.split("/")[1].removesuffix(".py") not in MAY_BEGIN)


def test_nothing_of_the_product_acts_as_who_sees_everything() -> None:
    must_be_empty([*parts_using("acting_as(Work.CONTENT"), *parts_using("work_as(")])


def test_whoever_goes_alone_holds_a_number_of_its_own() -> None:
    texts = [path.read_text(encoding="utf-8") for path in product_modules()]
    held = Counter(one.replace("_", "") for text in texts for one in LOCKS.findall(text))

    assert held.total() > 4
    must_be_empty(number for number, places in held.items() if places > 1)
