"""What operates cannot read what people write: no page of the console leads to it, however far."""

from typing import Final

import grimp
import pytest

from carestation.kernel.doors import Door, door_of
from tests.matrix.test_doors import every_view

# To import one of these is to be able to read patients and posts.
APART: Final = ("carestation.patients", "carestation.timeline", "carestation.api")
MODULES: Final = sorted(
    {one.callback.__module__ for one in every_view() if door_of(one.callback) is Door.CONSOLE}
)


@pytest.mark.control("8.2")
@pytest.mark.parametrize("module", MODULES)
def test_no_page_of_the_console_leads_to_a_patient_or_a_post(module: str) -> None:
    graph = grimp.build_graph("carestation")

    reached = graph.find_upstream_modules(module)

    assert reached
    assert {one for one in reached if one.startswith(APART)} == set()


def test_there_are_pages_of_the_console() -> None:
    assert MODULES == [
        "carestation.audit.views.consoles",
        "carestation.groups.views.consoles",
        "carestation.support.views.capacity",
        "carestation.support.views.consoles",
        "carestation.support.views.outages",
        "carestation.support.views.storage",
        "carestation.support.views.watching",
    ]
