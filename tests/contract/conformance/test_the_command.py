"""`lienthong conformance`: an agency's software is tested from the command line and certified."""

import asyncio
import sys
from pathlib import Path
from subprocess import PIPE

import orjson

from connectors.simulators import MailboxAgency, SystemWake, running
from connectors.simulators.instructions import Instructed
from tests.contract.conformance.stage import AGENCY, free_port

LIENTHONG = Path(sys.executable).with_name("lienthong")
SOME = ("correct", "hand-over-again", "refused-incomplete", "bad-signature")


async def run(*arguments: str) -> tuple[int, str, str]:
    program = await asyncio.create_subprocess_exec(
        str(LIENTHONG), "conformance", *arguments, stdout=PIPE, stderr=PIPE, stdin=PIPE
    )
    out, err = await program.communicate(b"")
    return program.returncode or 0, out.decode(), err.decode()


async def test_software_is_tested_and_the_result_signed(tmp_path: Path) -> None:
    port, kept, out = free_port(), tmp_path / "credentials.json", tmp_path / "out"
    credentials = {
        "client_id": "vendor",
        "client_secret": "synthetic-secret-of-a-test",
        "webhook_secret": "whsec_c3ludGhldGljLXN5bnRoZXRpYw==",
    }
    kept.write_bytes(orjson.dumps(credentials))
    agency = MailboxAgency(
        AGENCY,
        f"http://127.0.0.1:{port}",
        client_id="vendor",
        client_secret=credentials["client_secret"],
        pause=0.05,
        long_poll=0,
        behaviour=Instructed(),
        wake=SystemWake(),
    )

    async with running(agency):
        code, told, _ = await run(
            *("--agency", AGENCY, "--port", str(port), "--credentials", str(kept)),
            *("--out", str(out), "--key", str(tmp_path / "key.json"), "--json"),
            *(word for name in SOME for word in ("--only", name)),
        )

    content = orjson.loads(told)
    verdicts = {one["case"]: one["verdict"] for one in content["cases"]}
    assert verdicts == dict.fromkeys(SOME, "passed") | {"bad-signature": "not-applicable"}
    assert (content["conformant"], content["complete"], code) == (False, False, 1)
    assert "whsec_" not in told
    code, told, _ = await run("--verify", str(out / "result.json"))
    assert (code, told.split(";")[0]) == (0, "genuine")
    assert "Các tình huống" in (out / "result.html").read_text(encoding="utf-8")


async def test_without_a_terminal_the_first_run_only_makes_the_credentials(tmp_path: Path) -> None:
    kept = tmp_path / "kit.json"

    code, told, said = await run("--agency", AGENCY, "--credentials", str(kept))

    assert (code, told) == (1, "")
    assert str(kept) in said
    assert set(orjson.loads(kept.read_bytes())) == {"client_id", "client_secret", "webhook_secret"}


async def test_bad_input_is_one_line(tmp_path: Path) -> None:
    refusals = [
        await run(),
        await run("ftp://example", "--agency", AGENCY),
        await run("--agency", AGENCY, "--only", "no-such-case"),
        await run("--agency", "H99.99"),
        await run("http://127.0.0.1:1", "--guests", str(tmp_path / "missing.json")),
        await run("--verify", str(tmp_path / "missing.json")),
    ]

    for code, told, wrong in refusals:
        assert (code, told, len(wrong.splitlines())) == (2, "", 1), wrong
        assert wrong.startswith("lienthong conformance: ")
