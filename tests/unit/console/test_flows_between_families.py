"""From closing agencies to those that go on: bands fit their bars, the smallest are one."""

from gateway.console.flow_picture import MOST, NOBODY, REST, picture_of_flows
from gateway.operations.forecaster import Flow, closing_days, flows_of, followers_of, opening
from gateway.operations.reorganise import closing
from routing.data.tables import legal_midnight
from routing.reform import plan_from_directory
from tests.stage.inside import rulebook

PLAN = plan_from_directory(legal_midnight("2025-07-01"), "NQ 202/2025/QH15")


def test_each_closing_agency_is_in_a_flow_for_each_that_follows_it() -> None:
    agencies = closing(PLAN, rulebook())

    flows = flows_of(agencies, PLAN, rulebook())

    followed = sum(max(1, len(followers_of(PLAN, rulebook(), one))) for one in agencies)
    assert (len(agencies), sum(one.count for one in flows)) == (556, followed)
    assert flows[0].count >= flows[-1].count
    assert len(opening(PLAN, rulebook())) > 100
    assert dict(closing_days(rulebook()))[PLAN.effective] == 556


def test_a_picture_keeps_the_largest_families_and_joins_the_rest() -> None:
    flows = [Flow(f"H54.{n:02d}", f"H31.{n % 20:02d}", 30 - n) for n in range(1, 30)]
    flows.append(Flow("H54.01", None, 2))

    picture = picture_of_flows(flows, lambda code: code)
    left = [one for one in picture.families if one.is_left]
    right = [one for one in picture.families if not one.is_left]

    assert len(left) == MOST + 1
    assert [left[-1].key, {one.key for one in right} >= {REST, NOBODY}] == [REST, True]
    assert sum(one.count for one in left) == sum(one.count for one in right)
    assert [band.count for band in picture.bands if band.to_nobody] == [2]
    assert all(one.y + one.height < picture.height for one in picture.families)
