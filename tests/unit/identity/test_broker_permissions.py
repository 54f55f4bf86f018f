"""The patterns that a broker user gets, for every pair of codes that could be mistaken."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.broker_users import permissions_of, topic_permissions_of
from schemas.kinds import FROM_AGENCIES, Kind

CODES = st.from_regex(r"[A-Y][0-9]{2}(?:\.[A-Z0-9]{1,4}){0,4}", fullmatch=True)


@given(CODES, CODES, st.sampled_from(list(Kind)))
def test_a_code_writes_its_own_kinds_and_no_others(code: str, other: str, kind: Kind) -> None:
    pattern = topic_permissions_of(code).write

    assert bool(re.search(pattern, f"{code}.{kind}")) == (kind in FROM_AGENCIES)
    if other != code:
        assert not re.search(pattern, f"{other}.{kind}")


@given(CODES, st.from_regex(r"[A-Z0-9]{1,4}", fullmatch=True))
def test_neither_parent_nor_child_may_write_as_the_other(code: str, part: str) -> None:
    child = f"{code}.{part}"

    assert not re.search(topic_permissions_of(code).write, f"{child}.hop.received")
    assert not re.search(topic_permissions_of(child).write, f"{code}.hop.received")


@given(CODES, CODES)
def test_a_code_reads_its_own_queues_and_no_others(code: str, other: str) -> None:
    granted = permissions_of(code)

    for queue in ("agency", "events"):
        assert re.search(granted.read, f"{queue}.{code}")
        if other != code:
            assert not re.search(granted.read, f"{queue}.{other}")
    for foreign in ("lienthong.intake", "lienthong.dead", "", "agency."):
        assert not re.search(granted.read, foreign)
    assert not re.search(granted.configure, f"agency.{code}")
    assert [name for name in _EXCHANGES if re.search(granted.write, name)] == ["lienthong.messages"]


_EXCHANGES = (
    "",
    "amq.topic",
    "lienthong.messages",
    "lienthong-messages",
    "lienthong.messages2",
    "lienthong.deliveries",
    "lienthong.events",
    "lienthong.dead",
)
