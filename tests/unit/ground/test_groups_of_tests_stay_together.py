"""Tests of a group run in one worker, in `make test`: what is dear is made once."""

import pytest


@pytest.mark.xdist_group("ground")
def test_a_tests_name_tells_its_group_to_whoever_hands_out_tests(
    request: pytest.FixtureRequest,
) -> None:
    grouped = getattr(request.config.option, "loadgroup", False)

    assert request.node.nodeid.endswith("@ground") is bool(grouped)
