"""Draw the transition table: the diagram and the tables of docs/lifecycle.md.

`python -m routing.lifecycle.diagram docs/lifecycle.md` writes them between their markers; with
`--check` it only says whether they are what the table says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from routing.lifecycle.model import HopState, TransferState
from routing.lifecycle.table import (
    HOP_EVENTS,
    HOP_TABLE,
    MESSAGES,
    RECEIVED_BY_FORMER,
    TRANSFER_EVENTS,
    TRANSFER_TABLE,
    Effect,
    Rule,
)

_MARKS: Final = (
    "hop-overview",
    "transfer-overview",
    "hop-diagram",
    "transfer-diagram",
    "messages",
    "acts",
    "transfers",
)

_SAID: Final = (*MESSAGES, RECEIVED_BY_FORMER)

_EFFECTS: Final = {
    Effect.ACTS: "acts",
    Effect.REPEATS: "repeats: accepted, nothing changes",
    Effect.NOTED: "noted: entered as evidence, nothing changes",
    Effect.DECLINED: "declined",
}

_COLUMNS: Final = {
    Effect.ACTS: "counts",
    Effect.REPEATS: "changes nothing",
    Effect.NOTED: "changes nothing",
    Effect.DECLINED: "refused",
}

_FOLLOWING: Final = {
    "turn": "its turn comes",
    "withdrawal": "transfer withdrawn",
    "stop": "transfer stopped",
    "cancellation": "cancelled",
    "takeover": "taken over",
}


def hop_overview() -> str:
    """Return in which states of a hop each message counts, is known already, or is declined."""
    return _overview(HOP_TABLE.values(), MESSAGES)


def transfer_overview() -> str:
    """Return the same for what an originator says of the whole transfer."""
    return _overview(TRANSFER_TABLE.values(), ("transfer.corrected", "transfer.withdrawn"))


def hop_diagram() -> str:
    """Return the hop's states as a Mermaid state diagram: one arrow per pair of states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for event in HOP_EVENTS:
        for state in HopState:
            rule = HOP_TABLE.get((event, state))
            if rule is None:
                continue
            for to in rule.to:
                if to != state:
                    arrows.setdefault((state, to), []).append(_FOLLOWING.get(event, event))
    lines = ["stateDiagram-v2", "    [*] --> planned"]
    lines += [
        f"    {state} --> {to}: {', '.join(dict.fromkeys(events))}"
        for (state, to), events in arrows.items()
    ]
    started = {state for state, _ in arrows}
    lines += [f"    {state} --> [*]" for state in HopState if state not in started]
    return _mermaid(lines)


def transfer_diagram() -> str:
    """Return the transfer's states as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> open: transfer.submitted"]
    lines += [
        "    open --> completed: every step is completed, skipped or lapsed",
        "    open --> refused: a rejection is acknowledged or released",
        "    open --> stopped: a supplement is not provided in time",
    ]
    for event in TRANSFER_EVENTS:
        rule = TRANSFER_TABLE[event, TransferState.OPEN]
        lines += [f"    open --> {to}: {event}" for to in rule.to if to != TransferState.OPEN]
    lines += [f"    {state} --> [*]" for state in TransferState if state != TransferState.OPEN]
    return _mermaid(lines)


def message_table() -> str:
    """Return what each message means in each state, in turn, late, early or repeated."""
    return _table(HOP_TABLE.values(), _SAID)


def act_table() -> str:
    """Return what deliveries, limits, operators and consequences mean in each state."""
    return _table(HOP_TABLE.values(), [event for event in HOP_EVENTS if event not in _SAID])


def transfer_table() -> str:
    """Return what each event means in each state of the transfer."""
    return _table(TRANSFER_TABLE.values(), TRANSFER_EVENTS)


def redrawn(text: str) -> str:
    """Return a document with everything between its markers drawn again."""
    drawn = (
        hop_overview(),
        transfer_overview(),
        hop_diagram(),
        transfer_diagram(),
        message_table(),
        act_table(),
        transfer_table(),
    )
    for mark, part in zip(_MARKS, drawn, strict=True):
        begin, end = f"<!-- {mark}: generated -->", f"<!-- {mark}: end -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise ValueError(f"the markers of {mark} are missing")
        text = f"{head}{begin}\n\n{part}\n\n{end}{tail}"
    return text


def _overview(rules: Iterable[Rule], events: Iterable[str]) -> str:
    rows = [
        "| message | counts while it is | accepted, changes nothing | refused while it is |",
        "|---|---|---|---|",
    ]
    states: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        column = _COLUMNS[rule.effect]
        states.setdefault((rule.event, column), []).append(str(rule.state))
    for event in events:
        cells = [
            ", ".join(states.get((event, column), ())) or "never"
            for column in dict.fromkeys(_COLUMNS.values())
        ]
        rows.append(f"| `{event}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def _table(rules: Iterable[Rule], events: Iterable[str]) -> str:
    rows = ["| event | in state | rule | effect | leads to | says |", "|---|---|---|---|---|---|"]
    by_event: dict[str, dict[tuple[str, str], list[Rule]]] = {}
    for rule in rules:
        by_event.setdefault(rule.event, {}).setdefault((rule.name, rule.says), []).append(rule)
    for event in events:
        for alike in by_event[event].values():
            first = alike[0]
            states = ", ".join(str(rule.state) for rule in alike)
            targets = dict.fromkeys(str(to) for rule in alike for to in rule.to if to != rule.state)
            stays = any(rule.state in rule.to for rule in alike)
            leads = ", ".join([*targets, *(["stays"] if stays else [])])
            if first.effect is not Effect.ACTS:
                leads = "stays"
            rows.append(
                f"| `{event}` | {states} | {first.name} | {_EFFECTS[first.effect]} "
                f"| {leads} | {first.says} |"
            )
    return "\n".join(rows)


def _mermaid(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def main(arguments: list[str]) -> int:
    """Redraw a document, or with `--check` say whether it needs it."""
    check = "--check" in arguments
    [path] = [Path(argument) for argument in arguments if argument != "--check"]
    text = path.read_text("utf-8")
    drawn = redrawn(text)
    if check:
        return int(drawn != text)
    path.write_text(drawn, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
