"""Every statement under queries/ is one that this schema understands, and that something uses."""

import re
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from psycopg._queries import PostgresQuery
from psycopg.pq import ExecStatus

import gateway
from gateway.operations.causes import Cause
from gateway.operations.questions import count, freezing, groups, listing, page
from gateway.store.sql import statement

ROOT = Path(gateway.__path__[0])
NAMES = sorted(
    one.name.removesuffix(".sql")
    for one in files("gateway.store.queries").iterdir()
    if one.name.endswith(".sql")
)
OF_WHAT_IS_STUCK = ("narrow_stuck", *(name for name in NAMES if name.endswith("_of_stuck")))
"""Statements that ask further of what another one found: they are put together before they run."""
_NAMED = re.compile(rb"%\((\w+)\)s")


@pytest.fixture
def connection(database_url: str) -> psycopg.Connection:
    return psycopg.connect(database_url)


def prepared(connection: psycopg.Connection, query: bytes) -> str:
    """Prepare a statement as the driver does; return what the server finds wrong with it."""
    converted = PostgresQuery(psycopg.adapt.Transformer(connection))
    named = {one.decode() for one in _NAMED.findall(query)}
    places = query.count(b"%s") + query.count(b"%b")
    converted.convert(query, dict.fromkeys(named) if named else [None] * places)
    result = connection.pgconn.prepare(b"", converted.query)
    return "" if result.status == ExecStatus.COMMAND_OK else result.error_message.decode()


def asked() -> dict[str, bytes]:
    """Every statement as it is sent, by name."""
    alone = {name for name in NAMES if name not in (*OF_WHAT_IS_STUCK, "freeze_stuck")}
    together = {
        f"{how.__name__} {cause}": how(cause) for cause in Cause for how in (page, count, groups)
    }
    return (
        {name: statement(name) for name in alone}
        | together
        | {"freezing": freezing(Cause), "listing": listing(Cause)}
    )


def test_every_statement_parses_on_a_migrated_database(connection: psycopg.Connection) -> None:
    wrong: dict[str, str] = {}
    with connection:
        for name, text in asked().items():
            if found := prepared(connection, text):
                wrong[name] = found
            connection.rollback()

    assert len(NAMES) > 50
    assert wrong == {}


def test_every_statement_is_used_by_its_name() -> None:
    code = "\n".join(path.read_text("utf-8") for path in ROOT.rglob("*.py"))

    unused = [name for name in NAMES if f'"{name}"' not in code]

    assert [name for name in unused if not name.startswith("find_stuck_")] == []


def test_every_question_of_what_is_stuck_is_that_of_a_cause() -> None:
    asked = {name for name in NAMES if name.startswith("find_stuck_")}

    assert {name for cause in Cause for name in cause.queries} == asked


def test_every_name_that_code_asks_for_is_a_statement() -> None:
    asked = {
        name
        for path in ROOT.rglob("*.py")
        for name in re.findall(r'(?:statement|run)\(\s*(?:\w+, )?"(\w+)"', path.read_text("utf-8"))
    }

    assert len(asked) > 30
    assert asked <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_is_one_line_of_purpose_per_clause(name: str) -> None:
    text = statement(name).decode()

    assert ";" not in re.sub(r"--.*", "", text)
    assert max(map(len, text.splitlines())) <= 150
