"""Four eyes: nobody decides what they proposed, and approval is had once."""

import asyncio

import pytest

from gateway.people.four_eyes import (
    Irrevocable,
    Proposal,
    ProposalRefused,
    decide,
    list_open,
    needs_second_person,
    propose,
    withdraw,
)
from gateway.people.signed_in import SignedIn
from tests.integration.api.running import Api
from tests.integration.console.visiting import sign_in

REMOVE = Irrevocable.REMOVE_AGENCY


async def person(api: Api, *roles: str) -> SignedIn:
    visit = await sign_in(api, *roles)
    who = await api.state.sessions.present(visit.token)
    assert who is not None
    return who


def why(said: object) -> str:
    assert isinstance(said, ProposalRefused)
    return said.word


async def test_a_second_person_decides_and_nobody_their_own(api: Api) -> None:
    pool = api.gateway.services.pool
    first, second = (
        await person(api, "supervisor", "administrator"),
        await person(api, "supervisor"),
    )
    proposal = await propose(pool, first, REMOVE, "H31.101", "giải thể", agencies=["H31.101"])

    with pytest.raises(ProposalRefused, match="their-own"):
        await decide(pool, first, proposal, "tự duyệt", approve=True)
    [shown] = await list_open(pool, second)
    approved = await decide(pool, second, proposal, "đã có quyết định", approve=True)
    trail = await api.rows("SELECT act, actor, reason FROM audit WHERE act LIKE %s", "proposal.%")

    assert (shown.id, shown.may_be_decided_by(second), shown.may_be_decided_by(first)) == (
        proposal,
        True,
        False,
    )
    assert (approved.kind, approved.subject) == (REMOVE, "H31.101")
    assert await list_open(pool, second) == []
    assert trail == [
        ("proposal.proposed", first.actor, "giải thể"),
        ("proposal.approved", second.actor, "đã có quyết định"),
    ]


async def test_the_database_itself_takes_no_decision_of_ones_own(api: Api) -> None:
    first = await person(api, "supervisor")
    await propose(api.gateway.services.pool, first, REMOVE, "H31.101", "thử")

    with pytest.raises(Exception, match="check constraint"):
        await api.rows("UPDATE proposals SET state = 'approved', decided_by = proposed_by")


async def test_approval_is_had_once_whoever_is_faster(api: Api) -> None:
    pool = api.gateway.services.pool
    first, *others = [await person(api, "supervisor") for _ in range(4)]
    proposal = await propose(pool, first, REMOVE, "H31.101", "giải thể")

    said = await asyncio.gather(
        *(decide(pool, one, proposal, "duyệt", approve=True) for one in others),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Proposal) for one in said) == 1
    assert {why(one) for one in said if not isinstance(one, Proposal)} == {"no-such"}


async def test_the_second_person_must_reach_everything_it_concerns(api: Api) -> None:
    pool = api.gateway.services.pool
    first = await person(api, "supervisor")
    near, viewer = await person(api, "supervisor@H31.101"), await person(api, "viewer")
    one = await propose(pool, first, REMOVE, "H31.101", "thử", agencies=["H31.101"])
    both = await propose(
        pool, first, Irrevocable.ARCHIVE_MANY, "act", "thử", agencies=["H31.101", "H31.102"]
    )
    everything = await propose(pool, first, Irrevocable.APPROVE_CALENDAR, "vn@2", "thử")

    shown = [proposal.id for proposal in await list_open(pool, near)]
    for proposal in (both, everything):
        with pytest.raises(ProposalRefused, match="no-such"):
            await decide(pool, near, proposal, "duyệt", approve=True)
    with pytest.raises(ProposalRefused, match="no-such"):
        await decide(pool, viewer, one, "duyệt", approve=True)

    assert shown == [one]
    assert await list_open(pool, viewer) == []
    await decide(pool, near, one, "không đúng", approve=False)


async def test_a_proposal_is_made_once_taken_back_and_ends(api: Api) -> None:
    pool = api.gateway.services.pool
    first, second = await person(api, "supervisor"), await person(api, "supervisor")
    proposal = await propose(pool, first, REMOVE, "H31.101", "thử")
    with pytest.raises(ProposalRefused, match="open-already"):
        await propose(pool, second, REMOVE, "H31.101", "cũng thế")
    with pytest.raises(ProposalRefused, match="no-such"):
        await withdraw(pool, second, proposal)
    await withdraw(pool, first, proposal)
    late = await propose(pool, first, REMOVE, "H31.101", "lần nữa")
    await api.rows("UPDATE proposals SET expires_at = now() WHERE id = %s", late)

    with pytest.raises(ProposalRefused, match="no-such"):
        await decide(pool, second, late, "duyệt", approve=True)
    await propose(pool, second, REMOVE, "H31.101", "lần ba")
    states = await api.rows("SELECT state FROM proposals ORDER BY id")
    assert states == [("withdrawn",), ("expired",), ("open",)]


async def test_tables_that_another_imported_have_two_persons_already(api: Api) -> None:
    who = await person(api, "supervisor")

    assert needs_second_person(Irrevocable.APPROVE_CALENDAR, who, made_by=who.actor)
    assert not needs_second_person(Irrevocable.APPROVE_DIRECTORY, who, made_by="operator:cli:root")
    assert needs_second_person(Irrevocable.REORGANISE, who)
