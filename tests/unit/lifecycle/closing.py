"""Close agencies under a journey, and reorganise it."""

from dataclasses import replace
from datetime import timedelta

from routing.directory import Directory
from routing.lifecycle.model import Declined, Folded
from routing.reform import Otherwise, Plan, Takeover
from tests.unit.lifecycle.journey import Journey, folded

BASIS = "NQ 202/2025/QH15"


def close(journey: Journey, agency: str, *successors: str) -> None:
    """From a moment on the agency exists no more, and the directory says who follows."""
    now = journey.now + timedelta(microseconds=1)
    rows = [
        replace(row, valid_to=now, successors=successors)
        if row.code == agency and row.in_force(journey.now)
        else row
        for row in journey.context.directory
    ]
    directory = Directory(version=f"without {agency}", agencies=rows, units=journey.context.units)
    journey.context = replace(journey.context, directory=directory)
    journey.now = now


def a_plan(journey: Journey, *takeovers: Takeover, person: bool = False) -> Plan:
    otherwise = Otherwise.PERSON if person else Otherwise.DIRECTORY
    return Plan("reform", journey.now, BASIS, otherwise, takeovers)


def reorganise(journey: Journey, plan: Plan | None = None) -> Folded:
    return folded(tries_to_reorganise(journey, plan))


def tries_to_reorganise(journey: Journey, plan: Plan | None = None) -> Folded | Declined:
    return journey.tries_to("reorganise", plan=plan or a_plan(journey))
