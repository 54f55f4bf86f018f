"""A letter of apology: drafted often, issued once with the date it moves, sent by nobody here."""

import asyncio
from hashlib import sha256
from typing import Any

import pytest

from gateway.letters import issuing
from gateway.letters.drafting import Draft, draft_letter
from gateway.operations import acts
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, list_stuck
from gateway.operations.stuck_filter import StuckFilter
from routing.lifecycle.model import Act
from routing.policies import load_policies
from tests.integration.api.running import UNIT, Api

ALLOCATION = "9.000006"
UNTIL = "2026-03-12T17:30:00+07:00"
LATER = "2026-03-16T17:30:00+07:00"
REASON = "Cơ quan đăng ký đất đai đề nghị gia hạn"
PDF, TEXT = {"Accept": "application/pdf"}, {"Accept": "text/plain"}


async def late(api: Api, **moved: float) -> tuple[str, dict[str, str]]:
    """Submit a dossier whose first hop nobody answers, until Wednesday; sign an operator in."""
    commune = await api.sign_in()
    receipt = await api.submit(
        commune,
        data__procedure=ALLOCATION,
        data__places={"land_parcel": UNIT},
        data__received_at="2026-03-02T08:30:00+07:00",
    )
    await api.reach_by("mailbox", *{hop["agency"] for hop in receipt["itinerary"]})
    api.clock.move(**(moved or {"days": 2}))
    await api.keep_time()
    return receipt["transfer"], await api.sign_in(None, "operator")


async def issued(api: Api, transfer: str, operator: dict[str, str], until: str = UNTIL) -> Any:
    return await api.http.post(
        f"/v1/operations/transfers/{transfer}/letter",
        json={"until": until, "reason": REASON},
        headers=operator,
    )


async def everything(api: Api) -> list[Any]:
    """What a draft must leave as it is."""
    return [
        await api.rows("SELECT id, seq, deadline_at FROM transfers"),
        await api.rows("SELECT count(*) FROM letters"),
        await api.rows("SELECT count(*) FROM operator_acts"),
        await api.rows("SELECT count(*) FROM deliveries"),
        await api.rows("SELECT count(*) FROM ledger"),
    ]


async def test_a_draft_can_be_read_as_json_text_and_pdf_and_writes_nothing(api: Api) -> None:
    transfer, operator = await late(api)
    url = f"/v1/operations/transfers/{transfer}/letter"
    before = await everything(api)

    shown = (await api.http.get(url, headers=operator)).json()
    text = await api.http.get(url, headers=operator | TEXT)
    english = await api.http.get(url, headers=operator | TEXT, params={"lang": "en"})
    pdf = await api.http.get(url, headers=operator | PDF)

    assert (shown["status"], shown["needed"]) == ("draft", True)
    assert shown["cause"]["step"] == "commune-intake"
    assert shown["cause"]["proof"]
    assert shown["form"]["certainty"] == "unverified"
    assert text.text == shown["text"]
    assert sha256(text.text.encode()).hexdigest() == shown["digest"]
    assert "courtesy translation" in english.text
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert "Bí Mật" not in text.text
    assert await everything(api) == before


async def test_every_entry_that_proves_the_cause_is_in_the_ledger(api: Api) -> None:
    transfer, operator = await late(api)

    shown = await api.http.get(f"/v1/operations/transfers/{transfer}/letter", headers=operator)
    proof = {(one["seq"], one["act"], one["hash"]) for one in shown.json()["cause"]["proof"]}

    known = await api.rows("SELECT seq, act, encode(hash, 'hex') FROM ledger")
    assert proof
    assert proof <= set(known)


async def test_issuing_moves_the_promised_date_and_keeps_the_letter(api: Api) -> None:
    transfer, operator = await late(api)

    answer = await issued(api, transfer, operator)
    letter = answer.json()
    shown = (await api.http.get(f"/v1/operations/transfers/{transfer}", headers=operator)).json()

    assert answer.status_code == 201, answer.text
    assert letter["status"] == "issued"
    assert letter["issued_by"].startswith("operator:operator-")
    assert shown["clock"]["deadline_at"] == letter["new_date"] == "2026-03-12T10:30:00Z"
    assert sha256(letter["text"].encode()).hexdigest() == letter["digest"]
    [entry] = [one for one in shown["ledger"] if one["act"] == "transfer.extended"]
    assert entry["seq"] == letter["seq"]
    assert (entry["reason"], entry["legal_basis"]) == ("apology-letter", letter["legal_basis"])
    assert entry["facts"]["from"] == letter["due_at"]


async def test_what_was_issued_is_read_again_word_by_word(api: Api) -> None:
    transfer, operator = await late(api)
    letter = (await issued(api, transfer, operator)).json()
    api.clock.move(days=1)

    again = await api.http.get(f"/v1/operations/transfers/{transfer}/letter", headers=operator)
    pdf = await api.http.get(f"/v1/operations/transfers/{transfer}/letter", headers=operator | PDF)

    assert again.json() == letter
    assert pdf.content.startswith(b"%PDF-")


async def test_a_second_letter_is_refused_with_the_article(api: Api) -> None:
    transfer, operator = await late(api)
    await issued(api, transfer, operator)

    second = await issued(api, transfer, operator, LATER)

    assert second.status_code == 409
    assert "NĐ 61/2018 Điều 19 khoản 9" in second.json()["detail"]
    assert await api.rows("SELECT count(*) FROM letters") == [(1,)]


async def test_the_dossiers_next_transfer_gets_no_second_letter(api: Api) -> None:
    transfer, operator = await late(api)
    await issued(api, transfer, operator)
    await api.rows("UPDATE letters SET transfer_id = gen_random_uuid()")
    await api.rows(
        "UPDATE transfers SET document = (document::jsonb #- '{clock,extensions}')::json,"
        " seq = seq + 1, head_hash = head_hash"
    )

    second = await issued(api, transfer, operator, LATER)

    assert second.status_code == 409
    assert "before" in second.json()["detail"]


@pytest.mark.parametrize(
    ("moved", "until", "status"),
    [
        ({"days": 6, "minutes": 1}, UNTIL, 409),
        ({"days": 2}, "2026-03-09T08:30:00+07:00", 422),
        ({"days": 2}, "9999-01-01T00:00:00Z", 422),
    ],
    ids=["less than a day before", "no later than before", "beyond what is known"],
)
async def test_where_the_date_may_not_move_nothing_is_issued(
    moved: dict[str, float], until: str, status: int, api: Api
) -> None:
    transfer, operator = await late(api, **moved)
    before = await everything(api)

    answer = await issued(api, transfer, operator, until)

    assert answer.status_code == status, answer.text
    assert await everything(api) == before


async def test_two_who_issue_at_the_same_time_issue_one(api: Api) -> None:
    transfer, operator = await late(api)

    answers = await asyncio.gather(*(issued(api, transfer, operator) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert await api.rows("SELECT count(*) FROM letters") == [(1,)]
    extended = "SELECT count(*) FROM ledger WHERE act = 'transfer.extended'"
    assert await api.rows(extended) == [(1,)]


async def test_a_transfer_that_went_on_meanwhile_gets_a_letter_that_knows(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer, operator = await late(api)
    written: list[int] = []

    async def written_then_overtaken(*given: Any, **asked: Any) -> Any:
        draft = await draft_letter(*given, **asked)
        assert isinstance(draft, Draft)
        written.append(draft.seq)
        if len(written) == 1:
            order = acts.Order(Act.ARCHIVE, "operator:test", "xong")
            target = acts.Target(transfer_id=draft.apology.transfer.id)
            pool, runner = api.gateway.services.pool, api.state.runner
            frozen = await acts.freeze(pool, order, [target], question={}, dry_run=False)
            await runner.run(frozen.id, seconds=5)
        return draft

    monkeypatch.setattr(issuing, "draft_letter", written_then_overtaken)

    letter = (await issued(api, transfer, operator)).json()

    assert written == [letter["seq"] - 2, letter["seq"] - 1]
    [kept] = await api.rows("SELECT seq FROM letters")
    assert kept == (letter["seq"],)
    items = await api.rows("SELECT outcome, detail FROM operator_act_items ORDER BY act_id")
    assert [outcome for outcome, _ in items] == ["done", "skipped", "done"]
    assert items[1][1].startswith("overtaken")


async def test_it_is_sent_to_nobody(api: Api) -> None:
    transfer, operator = await late(api)
    before = {row[0] for row in await api.rows("SELECT id FROM deliveries")}

    await issued(api, transfer, operator)

    owed = await api.rows("SELECT id, kind, data FROM deliveries")
    new = [(kind, data) for id_, kind, data in owed if id_ not in before]
    assert [kind for kind, _ in new] == ["transfer.changed"]
    assert "xin lỗi" not in new[0][1]


async def test_letters_are_listed_and_the_act_is_in_the_audit_trail(api: Api) -> None:
    transfer, operator = await late(api)
    letter = (await issued(api, transfer, operator)).json()

    listed = (await api.http.get("/v1/operations/letters", headers=operator)).json()
    trail = (await api.http.get("/v1/operations/acts", headers=operator)).json()

    [one] = listed["letters"]
    assert (one["transfer"], one["digest"]) == (transfer, letter["digest"])
    assert one["cause"]["step"] == "commune-intake"
    [act] = trail["acts"]
    assert (act["act"], act["reason"], act["state"]) == ("extend", REASON, "done")
    assert act["details"]["letter"] == letter["letter"]


async def test_agencies_neither_draft_nor_issue(api: Api) -> None:
    transfer, _ = await late(api)
    agency = await api.sign_in()
    url = f"/v1/operations/transfers/{transfer}/letter"

    assert (await api.http.get(url, headers=agency)).status_code == 403
    assert (await issued(api, transfer, agency)).status_code == 403
    assert (await api.http.get("/v1/operations/letters", headers=agency)).status_code == 403


# Which dossiers need one


async def letter_due(api: Api) -> list[str]:
    services = api.gateway.services
    wanted = StuckFilter(causes=(Cause.LETTER_DUE,))
    found = await list_stuck(services.pool, Asking.of(services.rulebook, api.clock.now(), wanted))
    return [str(one.transfer) for one in found]


async def test_a_late_dossier_is_listed_before_its_last_chance_and_not_after(api: Api) -> None:
    # Promised for Monday 08:30; the last chance is on Sunday 08:30, a working day ahead of which is
    # Friday 08:30 (Friday's own eight hours end at 17:30).
    transfer, _ = await late(api, days=2)
    found: dict[str, bool] = {}
    for name, hours in (("Wednesday", 0), ("Friday", 49), ("Sunday", 46.9), ("too late", 0.2)):
        api.clock.move(hours=hours)
        found[name] = await letter_due(api) == [transfer]

    assert found == {"Wednesday": False, "Friday": True, "Sunday": True, "too late": False}


async def test_what_makes_it_is_not_listed(api: Api) -> None:
    await late(api, days=4, hours=1)
    await api.rows(
        "UPDATE hops SET deliver_by = NULL, receive_by = NULL, deadline_at = %s"
        " WHERE state = 'dispatching'",
        api.clock.now(),
    )

    assert await letter_due(api) == []


async def test_what_lost_time_before_is_listed_while_turns_are_still_to_come(api: Api) -> None:
    transfer, _ = await late(api, days=4, hours=1)
    await api.rows(
        "UPDATE hops SET state = 'completed', document = jsonb_set(document::jsonb,"
        " '{clock,breached}', '[\"deadline\"]')::json WHERE state = 'dispatching'"
    )
    before = await letter_due(api)
    await api.rows("UPDATE hops SET state = 'completed' WHERE state = 'planned'")

    assert before == [transfer]
    assert await letter_due(api) == []


async def test_once_issued_it_is_off_the_list(api: Api) -> None:
    transfer, operator = await late(api, days=4, hours=1)
    before = await letter_due(api)

    # To a date that would be listed again, were it not for the letter.
    await issued(api, transfer, operator, "2026-03-09T08:45:00+07:00")

    assert before == [transfer]
    assert await letter_due(api) == []


def test_the_lists_notice_is_the_policies() -> None:
    from gateway.operations.stuck import LETTER_NOTICE

    assert load_policies().extension_notice == LETTER_NOTICE
