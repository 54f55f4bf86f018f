"""A partner posts in its own dialect, and is taken in as any message of its agency is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import orjson
import psycopg
import pytest

from tests.stage.dossiers import COMMUNE, code, event
from tests.stage.inside import Inside, gateway_inside
from tests.stage.speakers import PASSWORD, LineSpeaker

DOSSIER = code(1)


@asynccontextmanager
async def _gateway(database_url: str, *, shows_token: bool = False) -> AsyncIterator[Inside]:
    """Run a gateway whose commune posts in lines, with one dossier under way to it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO endpoints (agency, connector, enabled) VALUES (%s, 'lines', false)",
            (COMMUNE,),
        )
    speaker = LineSpeaker(shows_token=shows_token)
    async with gateway_inside(database_url, callers={}, speakers={"lines": speaker}) as inside:
        caller = await inside.caller()
        receipt = await caller.say(event(1))
        assert receipt.status_code == 202, receipt.text
        yield inside


async def _post(inside: Inside, *lines: str, agency: str = COMMUNE, **how: str) -> httpx.Response:
    text = "\n".join((how.pop("password", PASSWORD), *lines))
    return await inside.http.post(f"/v1/partners/{agency}", content=text, headers=how)


def _hop(inside: Inside) -> str:
    [(state,)] = inside.rows("SELECT state FROM hops WHERE step = 'civil-status'")
    return str(state)


async def test_what_a_partner_posts_counts_as_its_agency_s_message(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        answer = await _post(inside, f"m-1;received;{DOSSIER}")

        assert (answer.status_code, answer.text) == (200, "accepted")
        assert _hop(inside) == "received"


async def test_what_was_posted_is_kept_byte_for_byte_beside_what_it_became(
    database_url: str,
) -> None:
    async with _gateway(database_url) as inside:
        await _post(inside, f"m-1;received;{DOSSIER}")

        [(body,)] = inside.rows(
            "SELECT p.body FROM inbox i JOIN payloads p USING (id) WHERE i.message_id = 'lines:m-1'"
        )
        stored = orjson.loads(bytes(body))
        assert stored["posted"]["text"] == f"{PASSWORD}\nm-1;received;{DOSSIER}"
        assert stored["data"]["raw_status"] == {"code": "received"}
        told = inside.rows("SELECT body FROM ledger WHERE act = 'hop.received'")
        assert PASSWORD not in str(told)


async def test_the_same_post_again_is_a_duplicate_whatever_became_of_the_turn(
    database_url: str,
) -> None:
    async with _gateway(database_url) as inside:
        await _post(inside, f"m-1;received;{DOSSIER}", f"m-2;done;{DOSSIER}")
        before = inside.count("SELECT count(*) FROM ledger")

        answer = await _post(inside, f"m-1;received;{DOSSIER}", f"m-2;done;{DOSSIER}")

        assert answer.text == "duplicate\nduplicate"
        assert inside.count("SELECT count(*) FROM ledger") == before


async def test_the_same_id_with_another_content_changes_nothing(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        await _post(inside, f"m-1;received;{DOSSIER}")

        answer = await _post(inside, f"m-1;done;{DOSSIER}")

        assert answer.text == "content-differs"
        assert _hop(inside) == "received"


async def test_a_dossier_that_is_not_the_partner_s_is_unknown_to_it(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        answer = await _post(inside, f"m-1;received;{code(7)}")

        assert answer.text == "unknown-transfer"


async def test_a_refused_post_stays_refused_however_often_it_is_sent(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        await _post(inside, f"m-1;received;{code(7)}")

        answer = await _post(inside, f"m-1;received;{code(7)}")

        assert answer.text == "unknown-transfer"


async def test_a_wrong_secret_is_counted_and_nothing_of_it_is_stored(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        before = inside.count("SELECT count(*) FROM inbox")

        answer = await _post(inside, f"m-1;received;{DOSSIER}", password="guess")

        assert (answer.status_code, answer.text) == (200, "NO")
        assert inside.count("SELECT count(*) FROM inbox") == before


async def test_who_guesses_has_to_wait(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        for _ in range(10):
            await _post(inside, password="guess")

        answer = await _post(inside, f"m-1;received;{DOSSIER}")

        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_an_unreadable_post_is_kept_as_a_refusal_under_the_agency(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        answer = await _post(inside, f"m-1;vanished;{DOSSIER}")

        assert answer.text == "WHAT"
        [(agency, problem, body)] = inside.rows(
            "SELECT i.agency, i.problem, p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.verdict = 'refused'"
        )
        assert (agency, problem) == (COMMUNE, "invalid-value")
        assert b"vanished" in bytes(body)


async def test_a_partner_that_shows_a_token_speaks_only_for_its_own_agency(
    database_url: str,
) -> None:
    async with _gateway(database_url, shows_token=True) as inside:
        other = await inside.caller("H31.144")

        unnamed = await _post(inside, f"m-1;received;{DOSSIER}")
        foreign = await _post(inside, f"m-1;received;{DOSSIER}", **other.authorization)

        assert (unnamed.status_code, foreign.status_code) == (401, 403)
        assert _hop(inside) != "received"


@pytest.mark.parametrize("agency", ["H31.144", "H99.1"], ids=["no dialect", "nobody"])
async def test_nobody_else_is_heard_here(agency: str, database_url: str) -> None:
    async with _gateway(database_url) as inside:
        answer = await _post(inside, f"m-1;received;{DOSSIER}", agency=agency)

        assert answer.status_code == 404


async def test_a_post_that_is_too_large_is_not_read(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        answer = await _post(inside, "x" * 2000)

        assert answer.status_code == 413
        assert inside.count("SELECT count(*) FROM inbox") == 1


async def test_a_suspended_partner_finds_its_door_shut(database_url: str) -> None:
    async with _gateway(database_url) as inside:
        inside.rows("INSERT INTO members (agency, state) VALUES (%s, 'testing')", COMMUNE)
        await inside.gateway.refresh_endpoints()
        before = await _post(inside, f"m-1;received;{DOSSIER}")
        inside.rows("UPDATE members SET state = 'suspended', resumes_as = 'testing'")
        await inside.gateway.refresh_endpoints()
        suspended = await _post(inside, f"m-1;received;{DOSSIER}")
        inside.rows("UPDATE members SET state = 'live', resumes_as = NULL")
        await inside.gateway.refresh_endpoints()
        live = await _post(inside, f"m-1;received;{DOSSIER}")

        assert (before.status_code, before.text) == (200, "not-live")
        assert suspended.status_code == 404
        assert (live.status_code, live.text) == (200, "accepted")
