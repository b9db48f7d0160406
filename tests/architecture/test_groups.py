"""A parallel run: tests that share what is costly to start share a part, and names are short."""

import os
from typing import Final

import pytest

IS_PART: Final = "PYTEST_XDIST_WORKER" in os.environ
LONGEST_NAME: Final = 2_500


@pytest.mark.skipif(not IS_PART, reason="one part runs all")
@pytest.mark.xdist_group("together")
def test_the_group_of_a_test_is_told_to_who_deals_tests_out(
    request: pytest.FixtureRequest,
) -> None:
    assert request.node.nodeid.endswith("@together")


@pytest.mark.parametrize("tried", ["x" * 1_000_000, b"\x00" * 1_000_000])
def test_what_is_tried_with_much_is_not_called_by_all_of_it(
    tried: str | bytes, request: pytest.FixtureRequest
) -> None:
    assert len(tried) == 1_000_000
    assert max(len(one.nodeid) for one in request.session.items) < LONGEST_NAME
