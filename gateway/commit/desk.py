"""The desk: decide a batch in arrival order, in memory, and gather the rows to write.

No I/O. Everything the batch may touch was loaded and locked before. Whatever raises here ends the
transaction without a trace; the group committer then halves the batch until it knows whose it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never
from uuid import UUID

from gateway import receipts
from gateway.commit.citations import Citation, Cited, citations_of
from gateway.commit.items import (
    Act,
    Answer,
    Due,
    Item,
    Judged,
    Outcome,
    Road,
    Settlement,
)
from gateway.commit.live import Live
from gateway.commit.outbox import Outbox, Roads
from gateway.commit.rows import Rows, hexed
from gateway.ids import new_id
from gateway.receipt_warnings import warnings_of
from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.following import tell_followers
from routing.lifecycle.model import (
    Available,
    Context,
    Declined,
    Delivered,
    Folded,
    Hop,
    HopState,
    Said,
    TimeReached,
    Undeliverable,
)
from schemas.envelope import STRUCTURED_MEDIA_TYPE
from schemas.kinds import Kind
from schemas.problems import Problem, ProblemType, problem

OVERTAKEN = "overtaken: the transfer has gone on since the letter was written"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first judgement of a key that was claimed before."""

    digest: bytes
    inbox_id: UUID
    verdict: str | None
    answer: str | None


@dataclass(slots=True)
class Loaded:
    """What the transaction found and locked."""

    earlier: dict[tuple[str, str], Earlier] = field(default_factory=dict)
    in_transit: dict[tuple[str, str], UUID] = field(default_factory=dict)
    live: dict[UUID, Live] = field(default_factory=dict)
    settled: set[UUID] = field(default_factory=set)
    cited: Cited = field(default_factory=Cited)
    epoch: int | None = None
    """Of the declared outages, as the locks saw it; None: nothing was locked that has a clock."""


class Desk:
    """Decides one batch. Use once."""

    def __init__(
        self,
        loaded: Loaded,
        context: Context,
        versions: Mapping[str, str],
        roads: Roads,
    ) -> None:
        self.rows = Rows()
        self._outbox = Outbox(self.rows, roads, context.now)
        self._loaded = loaded
        self._context = context
        self._versions = versions
        self._answers: dict[UUID, Answer] = {}

    def decide(self, items: Iterable[Item]) -> list[Answer | str | None]:
        """Return one answer per item: for messages the Answer, for operators' acts a sentence."""
        answers = [self._decide(item) for item in items]
        self._gather()
        return answers

    def _decide(self, item: Item) -> Answer | str | None:
        match item:
            case Judged():
                return self.judge(item)
            case Outcome():
                self._outcome(item)
                return None
            case Due():
                self._due(item)
                return None
            case Act():
                return self._act(item)
        assert_never(item)

    # Messages

    def judge(self, judged: Judged) -> Answer:
        """Decide one message; what it writes of its transfer is gathered by `decide` alone."""
        incoming = judged.incoming
        if judged.key is not None:
            again = self._again(judged)
            if again is not None:
                return again
        found, live, hop = judged.problem, None, None
        citations = citations_of(judged)
        if citations:
            found = self._cite(judged, citations)
        if found is None:
            found, live, hop = self._fold_message(judged)
        if found is not None or live is None:
            assert found is not None
            return self._refuse(judged, found, "poison" if judged.poison else "refused")
        if citations:
            self._refer(judged, live, citations)
        receipt = receipts.accepted(
            incoming.id,
            judged.key or "",
            live.transfer,
            self._context,
            hop=hop,
            forecast=judged.kind is Kind.TRANSFER_SUBMITTED,
            warnings=warnings_of(
                judged.kind, live.transfer, self._context, self._outbox.is_connected
            ),
        )
        answer = Answer("accepted", 202, receipt)
        self._record(judged, "accepted", answer, live.transfer.id, live.transfer.code)
        return answer

    def _cite(self, judged: Judged, citations: Sequence[Citation]) -> Problem | None:
        """Judge the documents that a message refers to; nobody learns of what is not theirs."""
        cited, transfer = self._loaded.cited, getattr(judged.data, "transfer", None)
        found = cited.judge(judged.incoming.agency, citations)
        live = self._loaded.live.get(transfer) if transfer is not None else None
        if found is None and (live is None or concerns(live, judged.incoming.agency)):
            found = cited.weigh(transfer, citations)
        return found

    def _refer(self, judged: Judged, live: Live, citations: Sequence[Citation]) -> None:
        transfer = live.transfer.id
        self._loaded.cited.refer(transfer, citations)
        self.rows.document_references.extend(
            {
                "transfer_id": transfer,
                "sha256": hexed(one.sha256),
                "agency": judged.incoming.agency,
                "cause": judged.incoming.id,
                "size": one.size,
                "since": self._context.now,
            }
            for one in citations
        )

    def _again(self, judged: Judged) -> Answer | None:
        """Answer a message whose key was claimed before; None if it is the first."""
        assert judged.key is not None
        incoming = judged.incoming
        earlier = self._loaded.earlier.get((incoming.agency, judged.key))
        if earlier is None or earlier.inbox_id == incoming.id:
            return None  # the second: another copy in this very batch found ours
        first = self._answers.get(earlier.inbox_id)
        if earlier.digest != judged.digest:
            found = problem(
                ProblemType.CONTENT_DIFFERS,
                "this id was used before, for a message with another content; nothing was changed",
                "/id",
            )
            return self._refuse(judged, found, "conflict")
        verdict, stored = (
            (first.verdict, first.receipt.decode())
            if first is not None
            else (earlier.verdict or "refused", earlier.answer or "{}")
        )
        outcome = "accepted" if verdict == "accepted" else "refused"
        answer = Answer("duplicate", 200, receipts.repeated(stored, outcome))
        if incoming.road is Road.AMQP:
            self._outbox.owe_receipt(incoming, judged.key, answer, None, judged.subject)
        return answer

    def _fold_message(self, judged: Judged) -> tuple[Problem | None, Live | None, Hop | None]:
        incoming = judged.incoming
        assert judged.kind is not None
        said = Said(
            kind=judged.kind,
            sender=incoming.agency,
            data=judged.data,
            claimed_at=judged.claimed_at,
            recorded_at=incoming.recorded_at,
            ref=incoming.id,
        )
        if judged.kind is Kind.TRANSFER_SUBMITTED:
            return self._submit(judged, said)
        data: Any = judged.data
        live = self._loaded.live.get(data.transfer)
        if live is None or not concerns(live, incoming.agency):
            found = problem(
                ProblemType.UNKNOWN_TRANSFER, "no such transfer concerns you", "/data/transfer"
            )
            return found, None, None
        if judged.subject is not None and judged.subject != live.transfer.code:
            found = problem(
                ProblemType.KEY_MISMATCH,
                "`subject` is not the code of this transfer's dossier",
                "/subject",
            )
            return found, None, None
        result = fold(live.transfer, said, self._context)
        if isinstance(result, Declined):
            return _problem_of(result), None, None
        self._take_over(live, result, traceparent=incoming.traceparent)
        step, round_ = getattr(data, "step", None), getattr(data, "round", None)
        hop = live.transfer.hops.get((step, round_)) if step and round_ else None
        return None, live, hop

    def _submit(self, judged: Judged, said: Said) -> tuple[Problem | None, Live | None, Hop | None]:
        incoming, code = judged.incoming, judged.subject
        assert code is not None
        dossier = (incoming.agency, code)
        under_way = self._loaded.in_transit.get(dossier)
        if under_way is not None:
            found = problem(
                ProblemType.DOSSIER_IN_TRANSIT,
                f"this dossier is on its way as transfer {under_way}; "
                "that must end before another one begins",
                "/subject",
            )
            return found, None, None
        result = open_transfer(said, new_id(), code, self._context)
        if isinstance(result, Declined):
            return _problem_of(result), None, None
        live = Live(result.transfer)
        self._loaded.live[result.transfer.id] = live
        self._loaded.in_transit[dossier] = result.transfer.id
        self._take_over(live, result, traceparent=incoming.traceparent)
        data: Any = judged.data
        self.rows.dossiers.append(
            {
                "issuer": incoming.agency,
                "code": code,
                "first_seen": self._context.now,
                "promised_at": data.promised_at,
            }
        )
        for alias in data.aliases:
            self.rows.aliases.append(
                {
                    "system": alias.system,
                    "alias": alias.code,
                    "issuer": incoming.agency,
                    "code": code,
                }
            )
        first = next((hop for hop in live.transfer.hops.values() if hop.is_running), None)
        return None, live, first

    def _refuse(self, judged: Judged, found: Problem, verdict: str) -> Answer:
        receipt = receipts.refused(
            judged.incoming.id, judged.key or judged.incoming.message_id, found
        )
        answer = Answer("refused", found.status, receipt, found)
        data: Any = judged.data
        transfer = getattr(data, "transfer", None)
        live = self._loaded.live.get(transfer) if transfer is not None else None
        if live is None or not concerns(live, judged.incoming.agency):
            transfer = None
        self._record(judged, verdict, answer, transfer, judged.subject)
        return answer

    def _record(
        self,
        judged: Judged,
        verdict: str,
        answer: Answer,
        transfer: UUID | None,
        subject: str | None,
    ) -> None:
        incoming = judged.incoming
        self._answers[incoming.id] = answer
        self.rows.inbox.append(
            {
                "id": incoming.id,
                "recorded_at": incoming.recorded_at,
                "road": incoming.road,
                "agency": incoming.agency,
                "message_id": judged.key or incoming.message_id,
                "kind": judged.kind,
                "transfer_id": transfer,
                "verdict": verdict,
                "problem": answer.problem.slug if answer.problem else None,
                "answer": answer.receipt.decode(),
                "size": len(incoming.body) if judged.size is None else judged.size,
                "digest": hexed(judged.body_digest),
                "traceparent": incoming.traceparent,
            }
        )
        if judged.keep_body:
            self.rows.payloads.append(
                (incoming.id, judged.body_digest, _media(judged), incoming.body)
            )
        if incoming.road is not Road.HTTP:
            live = self._loaded.live.get(transfer) if transfer is not None else None
            message_id = judged.key or incoming.message_id
            self._outbox.owe_receipt(incoming, message_id, answer, live, subject)

    # Outcomes, timers, operators

    def _outcome(self, outcome: Outcome) -> None:
        owed = outcome.owed
        in_time = owed.id in self._loaded.settled
        if not in_time or outcome.settlement is not Settlement.DELIVERED:
            self.rows.attempts.append(
                {
                    "delivery_id": owed.id,
                    "lease_no": owed.lease_no,
                    "outcome": outcome.settlement if in_time else "late",
                    "code": outcome.code,
                    "detail": outcome.detail,
                    "unknown": outcome.unknown,
                    "latency_ms": outcome.latency_ms,
                }
            )
        if not in_time or not owed.is_handover or owed.transfer_id is None:
            return
        live = self._loaded.live.get(owed.transfer_id)
        if live is None:
            return
        assert owed.step is not None
        assert owed.round is not None
        match outcome.settlement:
            case Settlement.DELIVERED:
                event: Delivered | Undeliverable = Delivered(
                    owed.step, owed.round, outcome.at, outcome.code
                )
            case Settlement.REFUSED:
                event = Undeliverable(owed.step, owed.round, outcome.code, permanent=True)
            case Settlement.UNREACHABLE | Settlement.ASKED | Settlement.HELD:
                return
        self._fold_own(live, event)

    def _due(self, due: Due) -> None:
        live = self._loaded.live.get(due.transfer_id)
        if live is not None:
            self._fold_own(live, TimeReached(self._context.now))

    def _fold_own(self, live: Live, event: Delivered | Undeliverable | TimeReached) -> None:
        result = fold(live.transfer, event, self._context)
        if isinstance(result, Folded):
            self._take_over(live, result)

    def _act(self, act: Act) -> str:
        live = self._loaded.live.get(act.transfer_id)
        if live is None:
            return "not-found"
        letter = act.letter
        if letter is not None and letter.seq != live.seq:
            return OVERTAKEN
        result = fold(live.transfer, act.event, self._context)
        if isinstance(result, Declined):
            return f"{result.slug}: {result.detail}"
        self._take_over(live, result)
        if letter is not None:
            now = self._context.now
            self.rows.letters.append({**letter.row, "seq": live.seq, "issued_at": now})
        return f"done: {_came_of(result)}" if act.event.plan is not None else "done"

    # Consequences

    def _take_over(self, live: Live, folded: Folded, *, traceparent: str | None = None) -> None:
        live.transfer = folded.transfer
        if folded.transfer.ended_at is not None:
            self._loaded.in_transit.pop((folded.transfer.issuer, folded.transfer.code), None)
        for entry in folded.entries:
            live.append(entry, self._context, self._versions)
        for withdraw in folded.withdraws:
            self._outbox.withdraw(live, withdraw)
        for hand_on in folded.hands_on:
            self._outbox.hand_on(live, hand_on)
        parked: list[tuple[str, int]] = []
        for no, send in enumerate(folded.sends):
            self._outbox.send(live, no, send, traceparent)
            if send.kind is Kind.HANDOVER_OFFERED and self._outbox.is_mailbox(send.to):
                assert send.step is not None
                assert send.round is not None
                parked.append((send.step, send.round))
        followers = self._context.policies.followers.get(live.transfer.procedure, ())
        originator = live.transfer.originator
        if self._outbox.follows_own(originator) and originator not in followers:
            followers = (*followers, originator)
        if followers:
            self._tell_followers(live, folded, followers, traceparent)
        for step, round_ in parked:
            shown = fold(live.transfer, Available(step, round_, self._context.now), self._context)
            if isinstance(shown, Folded):
                self._take_over(live, shown)

    def _tell_followers(
        self, live: Live, folded: Folded, followers: Sequence[str], traceparent: str | None
    ) -> None:
        connected = [one for one in followers if self._outbox.is_connected(one)]
        if connected:
            sends = tell_followers(folded, connected, self._context)
            for no, send in enumerate(sends, len(folded.sends)):
                self._outbox.send(live, no, send, traceparent)

    def _gather(self) -> None:
        rows = self.rows
        for live in self._loaded.live.values():
            if not live.is_changed:
                continue
            plan = live.itinerary_row()
            if plan is not None:
                rows.itineraries.append(plan)
            (rows.transfers if live.is_new else rows.transfer_changes).append(live.transfer_row())
            rows.hops.extend(live.hop_rows())
            rows.ledger.extend(live.ledger)


NOTHING = "nothing of it is at an agency that has closed"
_OF_REFORM = {
    "hop.reorganised": "moved",
    "hop.rerouted": "addressed",
    "hop.unresolved": "waits",
    "transfer.reorganised": "originator",
}


def _came_of(reorganised: Folded) -> str:
    """Say in words and numbers what a reorganisation did to one transfer."""
    did = Counter(_OF_REFORM[one.act] for one in reorganised.entries if one.act in _OF_REFORM)
    return ", ".join(f"{word} {number}" for word, number in sorted(did.items())) or NOTHING


def concerns(live: Live, agency: str) -> bool:
    """Whether an agency is party to a transfer: its originator, or on a hop that was its turn."""
    return live.transfer.originator == agency or any(
        agency in (hop.agency, hop.answers) and hop.state is not HopState.PLANNED
        for hop in live.transfer.hops.values()
    )


def _problem_of(declined: Declined) -> Problem:
    return problem(ProblemType(declined.slug), declined.detail, declined.pointer)


def _media(judged: Judged) -> str:
    """Name what the stored body is: a binary event's body does not say its own type."""
    media = judged.incoming.media
    if media.startswith(STRUCTURED_MEDIA_TYPE) or judged.kind is None:
        return media
    return f"{media.partition(';')[0]};kind={judged.kind}"
