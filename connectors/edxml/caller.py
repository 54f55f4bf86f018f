"""Hands parcels over as letters: an HTTP POST of the envelope to the partner's node.

One parcel is one letter with one DocumentId, the same bytes on every attempt (but for elliptic
signatures, and for documents that are not to be had any more). The documents that a message refers
to and the gateway keeps go along as files, within the endpoint's bound. What the dialect has no
letter for is said to be untold, and counts as delivered: no attempt later would make one. Where a
dossier stands goes as a status about the partner's own letter (`status_letters`): said twice it is
one, so that it is repeated and never asked after. Whether a letter arrived is asked by its
DocumentId where the partner can say; it is not sent again on a guess unless the endpoint says that
it may be.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from connectors.agency_book import AgencyBook, EmptyBook
from connectors.document_source import DocumentSource, DocumentUnreadable, NoDocuments
from connectors.edxml.answers import EDXML_CODES, judge_letter, judge_question
from connectors.edxml.faults import EnvelopeRefused
from connectors.edxml.letters import Untold, letter_of
from connectors.edxml.model import Envelope
from connectors.edxml.papers import Left, Paper, papers_in, references_left
from connectors.edxml.partner import NoSuchCode, Partner, read_partner
from connectors.edxml.policy import PolicyError
from connectors.edxml.signatures import write_signed
from connectors.edxml.status_letters import status_of
from connectors.edxml.turns import LargeLetters
from connectors.edxml.writing import write
from connectors.http_calls import Failed, HttpCalls, NotBegun
from connectors.in_order import post_in_order
from connectors.letter_book import EmptyLetterBook, LetterBook
from connectors.protocol import (
    NOT_ATTEMPTED,
    Asked,
    Delivered,
    Endpoint,
    Missing,
    Outcome,
    Parcel,
    Refused,
    Unreachable,
)
from schemas.kinds import Kind

CONTENT_TYPE: Final = "application/xml; charset=utf-8"
CALLS_AT_ONCE: Final = 4

_come = EDXML_CODES.outcome


class EdxmlCaller:
    """Posts letters; `now` is machine time, for Retry-After dates."""

    name: Final = "edxml"
    codes: Final = EDXML_CODES

    def __init__(
        self,
        book: AgencyBook | None = None,
        documents: DocumentSource | None = None,
        posts: LetterBook | None = None,
        *,
        verify: ssl.SSLContext | bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._book = book or EmptyBook()
        self._documents = documents or NoDocuments()
        self._posts = posts or EmptyLetterBook()
        self._large = LargeLetters()
        self._now = now
        self._calls = HttpCalls(verify=verify)

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        """As the endpoint says; without a word, a letter sent twice is two letters there."""
        return endpoint.options.get("idempotent", False) is True

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Post the parcels, in order per dossier; `endpoint.timeout` bounds the whole call."""
        ends_at = asyncio.get_running_loop().time() + endpoint.timeout
        try:
            partner = read_partner(endpoint)
        except PolicyError as error:
            return [_come("bad-options", str(error))] * len(parcels)
        turns = asyncio.Semaphore(int(endpoint.options.get("concurrency", CALLS_AT_ONCE)))
        return await post_in_order(
            parcels, lambda parcel: self._post(endpoint, partner, parcel, turns, ends_at)
        )

    async def ask(self, endpoint: Endpoint, parcel: Parcel) -> Asked | None:
        """Ask the node about the letter's DocumentId; None where the endpoint names no such way."""
        if parcel.kind == Kind.DOSSIER_CHANGED:
            return Missing("repeated")
        try:
            partner = read_partner(endpoint)
            letter = letter_of(parcel, partner, self._book)
        except (NoSuchCode, KeyError, ValueError, TypeError):
            return None
        if partner.ask_at is None:
            return None
        if isinstance(letter, Untold):
            return _untold(letter)
        assert letter.message is not None
        answer = await self._calls.call(
            "GET",
            partner.ask_at,
            params={"docId": letter.message.document_id},
            headers=_headers(partner),
            ends_at=asyncio.get_running_loop().time() + endpoint.timeout,
            turns=asyncio.Semaphore(1),
        )
        if isinstance(answer, Failed):
            return Unreachable(answer.code, answer.detail)
        return judge_question(answer, partner, self._now())

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _post(
        self,
        endpoint: Endpoint,
        partner: Partner,
        parcel: Parcel,
        turns: asyncio.Semaphore,
        ends_at: float,
    ) -> Outcome:
        if not endpoint.address:
            return _come("not-configured", "the endpoint has no address")
        if parcel.kind == Kind.DOSSIER_CHANGED:
            return await self._post_status(endpoint, partner, parcel, turns, ends_at)
        papers = papers_in(parcel.data, partner.files_bound)
        size = sum(one.size for one in papers if one.left is None)
        try:
            async with self._large.turn(endpoint.agency, size, ends_at):
                papers = await self._read(endpoint.agency, parcel, papers)
                letter = self._letter(
                    parcel, lambda: letter_of(parcel, partner, self._book, papers)
                )
                if not isinstance(letter, Envelope):
                    return letter
                outcome = await self._hand_over(endpoint, partner, parcel, letter, turns, ends_at)
        except DocumentUnreadable:
            return _come("document-unreadable", "a document that goes along cannot be read")
        except TimeoutError:
            return NOT_ATTEMPTED
        return _with_left(outcome, papers)

    async def _hand_over(
        self,
        endpoint: Endpoint,
        partner: Partner,
        parcel: Parcel,
        envelope: Envelope,
        turns: asyncio.Semaphore,
        ends_at: float,
    ) -> Outcome:
        """Sign and post one envelope."""
        assert endpoint.address
        try:
            answer = await self._calls.call(
                "POST",
                endpoint.address,
                body=await asyncio.to_thread(_written, envelope, partner),
                headers=_headers(partner, parcel),
                ends_at=ends_at,
                turns=turns,
            )
        except EnvelopeRefused as refused:
            return _come("unwritable", str(refused.fault))
        except NotBegun:
            return NOT_ATTEMPTED
        if isinstance(answer, Failed):
            return _come(answer.code, answer.detail)
        return judge_letter(answer, partner, self._now())

    async def _post_status(
        self,
        endpoint: Endpoint,
        partner: Partner,
        parcel: Parcel,
        turns: asyncio.Semaphore,
        ends_at: float,
    ) -> Outcome:
        """Post a status. Whether one arrived is never in doubt for long: it is simply repeated."""
        behind = await self._posts.behind(self.name, endpoint.agency, parcel.delivery)
        status = self._letter(parcel, lambda: status_of(parcel, behind, partner, self._book))
        if not isinstance(status, Envelope):
            return status
        outcome = await self._hand_over(endpoint, partner, parcel, status, turns, ends_at)
        return replace(outcome, unknown=False) if isinstance(outcome, Unreachable) else outcome

    async def _read(self, agency: str, parcel: Parcel, papers: Sequence[Paper]) -> list[Paper]:
        """Read the documents that go along; those that are not to be had stay references."""
        read: list[Paper] = []
        for one in papers:
            if one.left is None:
                content = await self._documents.read(
                    agency, one.sha256, delivery=parcel.delivery, most=one.size
                )
                left = Left.NOT_AVAILABLE if content is None else None
                read.append(replace(one, content=content, left=left))
            else:
                read.append(one)
        return read

    def _letter(
        self, parcel: Parcel, write: Callable[[], Envelope | Untold]
    ) -> Envelope | Delivered | Outcome:
        try:
            letter = write()
        except NoSuchCode:
            return _come("no-older-code", "the directory has no QCVN 102 code of an agency")
        except (KeyError, ValueError, TypeError) as error:
            return _come(
                "unwritable", f"the parcel has no form of its kind: {type(error).__name__}"
            )
        return _untold(letter) if isinstance(letter, Untold) else letter


def _with_left(outcome: Outcome, papers: Sequence[Paper]) -> Outcome:
    """Say in the evidence how many documents the letter only refers to."""
    left = references_left(papers)
    if not left or not isinstance(outcome, Delivered):
        return outcome
    evidence = f"{outcome.evidence}; {left} of {len(papers)} documents by reference alone"
    return replace(outcome, evidence=evidence)


def _untold(letter: Untold) -> Delivered | Refused:
    return Delivered(f"untold: edXML has no letter for {letter.kind}")


def _written(letter: Envelope, partner: Partner) -> bytes:
    if partner.policy.sign is None:
        return write(letter)
    assert partner.key is not None
    assert partner.certificate is not None
    return write_signed(letter, partner.key, partner.certificate, partner.policy.sign)


def _headers(partner: Partner, parcel: Parcel | None = None) -> dict[str, str]:
    headers = {"accept": "application/json"}
    if partner.token is not None:
        headers["authorization"] = f"Bearer {partner.token}"
    if parcel is not None:
        headers["content-type"] = CONTENT_TYPE
        if parcel.traceparent:
            headers["traceparent"] = parcel.traceparent
    return headers
