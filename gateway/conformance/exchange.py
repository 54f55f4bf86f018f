"""What a case may do to an agency's software, and see of it, while we play the gateway.

Each case hands over a dossier of its own, which a neighbour submits with a note that says what the
software is to do with it (`instructions`). Waiting is bounded by `patience`: a person who clicks
needs more of it than a program.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from standardwebhooks.webhooks import Webhook

from connectors.raw_http import NoAnswer, RawAnswer, RawCaller
from gateway.conformance.places import Place
from gateway.conformance.player import Heard, Letter
from gateway.conformance.surface import Surface
from gateway.conformance.verdicts import Failure, NotApplicable, require
from routing.data.tables import VIETNAM
from routing.lifecycle.model import Hop
from schemas.kinds import Kind
from schemas.problems import PROBLEM_URN_PREFIX

CONTENT_TYPE: Final = "application/cloudevents+json; charset=UTF-8"
_LOOK_EVERY: Final = 0.02
_RETRIES: Final = 3

Prompt = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """One hop that was handed to the software, and its dossier."""

    transfer: UUID
    step: str
    round: int
    subject: str
    letter: Letter

    def of(self, **more: Any) -> dict[str, Any]:
        """Return the data of a message about this hop."""
        return {"transfer": str(self.transfer), "step": self.step, "round": self.round, **more}


@dataclass(slots=True)
class Exchange:
    """The two sides of one run. `address` is the software's webhook; None: it has a mailbox."""

    surface: Surface
    place: Place
    raw: RawCaller
    address: str | None
    secret: str | None = field(repr=False)
    patience: float = 10.0
    calm: float = 1.0
    """Seconds to watch for what must not come."""
    prompt: Prompt = lambda _text: None
    originates: bool = False
    seen: dict[UUID, RawAnswer | NoAnswer] = field(default_factory=dict)
    _numbers: int = 0

    # To the software

    async def hand_over(self, case: str, act: str = "complete", *, send: bool = True) -> Turn:
        """Submit a dossier as a neighbour, and hand the software its hop; wait until it has it."""
        player, place = self.surface.player, self.place
        self._numbers += 1
        now = player.clock.now()
        subject = f"{place.originator}-{now.astimezone(VIETNAM):%y%m%d}-{7000 + self._numbers}"
        submission = place.submission(now, f"conformance/{case}: {act}")
        answer = player.say(place.originator, Kind.TRANSFER_SUBMITTED, subject, submission)
        assert answer.verdict == "accepted", answer.receipt
        transfer = UUID(orjson.loads(answer.receipt)["transfer"])
        self._walk_to_the_software(transfer, subject)
        return await self.offered(transfer, send=send)

    async def offered(self, transfer: UUID, *, round_: int = 1, send: bool = True) -> Turn:
        """Return the hop that the software is owed of a transfer, after delivering it."""
        letter = await self._next_letter(transfer, Kind.HANDOVER_OFFERED, round_)
        assert letter.owed.step is not None
        assert letter.owed.subject is not None
        turn = Turn(transfer, letter.owed.step, round_, letter.owed.subject, letter)
        if send:
            await self.deliver(letter)
        return turn

    async def deliver(self, letter: Letter) -> None:
        """Deliver until the software has it; fail the case if it will not take it."""
        if self.address is None:
            self.surface.box(letter)
            await self.until(
                lambda: letter.owed.id in self.surface.acknowledged,
                "the delivery was fetched but not acknowledged, or not fetched at all",
                "fetch /v1/mailbox and acknowledge each delivery once it is stored",
            )
            return
        answer: RawAnswer | NoAnswer = NoAnswer("not sent")
        for attempt in range(_RETRIES):
            answer = await self.post(letter)
            if isinstance(answer, RawAnswer) and answer.status < 500:
                break
            await asyncio.sleep(0.2 * 2**attempt)
        require(
            isinstance(answer, RawAnswer) and 200 <= answer.status < 300,
            f"a correct delivery was answered {told(answer)}",
            "answer 2xx once the delivery is stored, within 10 s",
        )
        self.surface.player.delivered(letter, "HTTP 2xx")

    async def post(
        self,
        letter: Letter,
        *,
        body: bytes | None = None,
        secret: str | None = None,
        at: datetime | None = None,
        tampered: bool = False,
    ) -> RawAnswer | NoAnswer:
        """Post once to the webhook: as it should be, or not."""
        if self.address is None or self.secret is None:
            raise NotApplicable("the software fetches from its mailbox: it is not called")
        body = letter.parcel.body if body is None else body
        now = at or datetime.now(UTC)  # of machines: a signature's age is no legal time
        id_ = str(letter.owed.id)
        signature = Webhook(secret or self.secret).sign(id_, now, body.decode("utf-8", "replace"))
        headers = {
            "content-type": CONTENT_TYPE,
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        content = body.replace(b"conformance/", b"conformanse/") if tampered else body
        answer = await self.raw.call("POST", self.address, content=content, headers=headers)
        self.seen[letter.owed.id] = answer
        return answer

    async def again(self, letter: Letter, body: bytes | None = None) -> None:
        """Deliver the same id once more, with the same bytes or with others."""
        if self.address is None:
            parcel = letter.parcel if body is None else replace(letter.parcel, body=body)
            self.surface.box(Letter(letter.owed, parcel))
            with suppress(Failure):
                await self.until(lambda: letter.owed.id not in self.surface.mailbox, "", "")
            self.surface.mailbox.pop(letter.owed.id, None)
            return
        await self.post(letter, body=body)

    async def tell(self, kind: Kind, turn: Turn, data: Mapping[str, Any]) -> None:
        """Tell the software something that the gateway tells of its own accord."""
        await self.deliver(self.surface.player.notice(kind, turn.subject, data))

    async def pass_on(self) -> None:
        """Deliver whatever else the software is owed by now."""
        owed = self.surface.player.owed
        while owed:
            await self.deliver(owed.popleft())

    # From the software

    def said(self, turn: Turn, kind: Kind | None = None, *, taken: bool = True) -> list[Heard]:
        """Return what the software said of a hop, first to last."""
        return [
            one
            for one in self.surface.player.heard
            if getattr(one.data, "transfer", None) == turn.transfer
            and getattr(one.data, "step", turn.step) == turn.step
            and getattr(one.data, "round", turn.round) == turn.round
            and (kind is None or one.kind is kind)
            and (one.taken or not taken)
        ]

    async def hears(self, turn: Turn, kind: Kind, *, remedy: str = "") -> Heard:
        """Wait for the software to say something of a hop; fail with what it said instead."""

        def missing() -> str:
            others = [one for one in self.said(turn, taken=False) if not one.taken]
            refused = [f"{one.kind} refused ({_problem(one)})" for one in others]
            said = [str(one.kind) for one in self.said(turn)]
            told_ = ", ".join([*said, *refused]) or "nothing"
            return f"no {kind} within {self.patience:g} s; it said {told_}"

        await self.until(
            lambda: self.said(turn, kind), missing, remedy or f"send {kind} for the hop"
        )
        return self.said(turn, kind)[0]

    async def stays_silent(self, check: Callable[[], object], seen: str, remedy: str) -> None:
        """Watch for a while that something does not come about."""
        ends_at = asyncio.get_running_loop().time() + self.calm
        while asyncio.get_running_loop().time() < ends_at:
            require(not check(), seen, remedy)
            await asyncio.sleep(_LOOK_EVERY)

    async def until(
        self, check: Callable[[], object], seen: str | Callable[[], str], remedy: str
    ) -> None:
        """Wait until something holds; fail the case when patience ends."""
        ends_at = asyncio.get_running_loop().time() + self.patience
        while not check():
            if asyncio.get_running_loop().time() >= ends_at:
                raise Failure(seen if isinstance(seen, str) else seen(), remedy)
            await asyncio.sleep(_LOOK_EVERY)

    # The others

    def hop(self, turn: Turn) -> Hop:
        return self.surface.player.transfer(turn.transfer).hops[(turn.step, turn.round)]

    def finish_hop(self, transfer: UUID, subject: str, step: str) -> None:
        """Let whoever has a step do it."""
        player = self.surface.player
        hop = player.hop(transfer, step)
        assert hop.agency is not None
        data = {"transfer": str(transfer), "step": step, "round": hop.round}
        player.say(hop.agency, Kind.HOP_RECEIVED, subject, data)
        done = player.say(hop.agency, Kind.HOP_COMPLETED, subject, data | {"outcome": "approved"})
        assert done.verdict == "accepted", done.receipt

    def _walk_to_the_software(self, transfer: UUID, subject: str) -> None:
        """Let the agencies before it do their part."""
        player = self.surface.player
        for _ in range(20):
            running = [one for one in player.transfer(transfer).hops.values() if one.is_running]
            if any(one.agency == player.agency for one in running):
                return
            for one in running:
                self.finish_hop(transfer, subject, one.step)

    async def _next_letter(self, transfer: UUID, kind: Kind, round_: int) -> Letter:
        """Return the software's letter of this kind, delivering what is owed before it."""
        owed = self.surface.player.owed
        while owed:
            letter = owed.popleft()
            one = letter.owed
            if (one.transfer_id, one.kind, one.round) == (transfer, kind, round_):
                return letter
            await self.deliver(letter)
        raise AssertionError(f"the gateway owes no {kind} of round {round_}")


def told(answer: RawAnswer | NoAnswer) -> str:
    """Say an answer in words."""
    match answer:
        case RawAnswer(status=status):
            return f"HTTP {status}"
        case NoAnswer(why):
            return f"nothing ({why})"


def _problem(heard: Heard) -> str:
    found = heard.answer.problem
    return found.type.removeprefix(PROBLEM_URN_PREFIX) if found is not None else "duplicate"
