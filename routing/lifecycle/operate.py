"""Operate: what a person can do where a transfer cannot go on, or should not, by itself."""

from __future__ import annotations

from dataclasses import replace

from routing.lifecycle.clocks import carry_clock
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, Operated
from routing.lifecycle.finish import cancel, code_of
from routing.lifecycle.give_back import plan_again
from routing.lifecycle.hand_over import ancestors, go_on, send_offer
from routing.lifecycle.model import ORIGIN, Hop, HopState
from routing.lifecycle.work import extend, extend_promise, pause, pause_otherwise


def send_again(draft: Draft, hop: Hop, event: Operated) -> None:
    """Send the same handover again; what may still wait of the last one is not sent any more."""
    hop = draft.put(replace(hop, failure=hop.lasting_failure))
    draft.enter("hop.retried", hop, reason=code_of(event.reason))
    draft.withdraw(hop, "retried")
    send_offer(draft, hop)


def resolve_again(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Look for the agency again with today's tables."""
    if not _its_turn(draft, hop):
        return Declined("illegal-transition", "its turn has not come: nothing to send yet")
    draft.enter("hop.retried", hop, reason=code_of(event.reason))
    draft.put(replace(hop, stuck=False, chosen=False))
    go_on(draft)
    return None


def resolve(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Name the agency that the tables could not."""
    if hop.failure is None:
        return Declined("illegal-transition", "it has an agency: redirect it instead")
    return _address(draft, hop, event, "hop.resolved")


def address(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Name another agency for a turn that has not come yet."""
    return _address(draft, hop, event, "hop.redirected")


def redirect(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Take the turn from one agency and give it to another; its time runs on."""
    declined = _unknown(draft, hop, event)
    if declined is not None:
        return declined
    hop = cancel(draft, hop, HopState.CANCELLED, "redirected")
    following = plan_again(draft, hop, agency=event.agency, chosen=True, opened_by=hop.key)
    following = draft.put(replace(following, clock=carry_clock(hop.clock)))
    draft.enter(
        "hop.redirected",
        following,
        reason=code_of(event.reason),
        facts={"from": hop.agency, "to": event.agency},
    )
    go_on(draft)
    return None


def pause_for(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Let the clock stand, for one of the reasons that the policies know."""
    if event.pause_reason not in draft.context.policies.pauses:
        return Declined("invalid-value", "a pause needs one of the known reasons")
    if hop.state is HopState.PAUSED:
        return pause_otherwise(draft, hop, event)
    return pause(draft, hop, event)


def move_deadline(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Move a hop's deadline."""
    return extend(draft, hop, event)


def move_promise(draft: Draft, event: Operated) -> Declined | None:
    """Move the date promised to the citizen."""
    if event.until is None:
        return Declined("missing-field", "an extension needs the new date")
    return extend_promise(draft, event.until, event.legal_basis, code_of(event.reason))


def archive(draft: Draft, event: Operated) -> None:
    """Take the transfer off the work-queues; nothing about it changes."""
    draft.touched = False
    draft.archived = code_of(event.reason)
    draft.enter("transfer.archived", reason=draft.archived)


def _address(draft: Draft, hop: Hop, event: Operated, act: str) -> Declined | None:
    declined = _unknown(draft, hop, event)
    if declined is not None:
        return declined
    before = hop.agency
    hop = draft.move(hop, agency=event.agency, failure=None, stuck=False, chosen=True)
    draft.enter(act, hop, reason=code_of(event.reason), facts={"from": before, "to": event.agency})
    go_on(draft)
    return None


def _unknown(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    directory, now = draft.context.directory, draft.context.now
    if hop.step == ORIGIN:
        return Declined("illegal-transition", "what came back is the originator's to correct")
    if event.agency is None:
        return Declined("missing-field", "name the agency")
    if directory.agency(event.agency, now) is None:
        return Declined("unknown-agency", "no such agency is in force")
    if event.agency == hop.agency:
        return Declined("illegal-transition", "it has this agency already")
    return None


def _its_turn(draft: Draft, hop: Hop) -> bool:
    return all(draft.current(before).is_done for before in ancestors(draft.itinerary, hop.step))
