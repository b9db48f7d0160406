"""Tests that share what is costly to start share a part of a parallel run, too."""

import os

import pytest

IS_PART = "PYTEST_XDIST_WORKER" in os.environ


@pytest.mark.skipif(not IS_PART, reason="one part runs all")
@pytest.mark.xdist_group("together")
def test_the_group_of_a_test_is_told_to_who_deals_tests_out(
    request: pytest.FixtureRequest,
) -> None:
    assert request.node.nodeid.endswith("@together")
