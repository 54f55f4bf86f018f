"""Whatever is logged, by us or by a library: no payload, no secret, no text of an error."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import ValidationError

from gateway.observability.logs import configure_logs
from schemas.kinds import TransferWithdrawn

NAME = "Trần Thị Bí Mật"


@pytest.fixture
def lines() -> Iterator[Any]:
    """Configure the logs for the test; return what was written so far, as objects."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_event_is_one_json_line_with_its_facts(lines: Any) -> None:
    structlog.get_logger().info("hop.delivered", transfer="0195", waited=0.25, tries=3)

    [line] = lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "hop.delivered",
        "level": "info",
        "transfer": "0195",
        "waited": 0.25,
        "tries": 3,
    }


@pytest.mark.parametrize("key", ["body", "data", "payload", "Applicant", "secret", "authorization"])
def test_what_may_be_personal_or_secret_is_left_out(lines: Any, key: str) -> None:
    structlog.get_logger().warning("x.failed", **{key: {"name": NAME}})

    assert lines()[0][key] == "(left out)"


def test_an_error_is_its_type_and_places_without_its_text(lines: Any) -> None:
    try:
        TransferWithdrawn.model_validate({"transfer": NAME})
    except ValidationError:
        structlog.get_logger().exception("message.poison")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    ours, theirs = lines()
    assert NAME not in json.dumps([ours, theirs], ensure_ascii=False)
    assert ours["error"] == theirs["error"] == "ValidationError"
    assert any("test_an_error_is_its_type" in place for place in ours["places"])


def test_a_librarys_line_comes_without_its_values(lines: Any) -> None:
    logging.getLogger("aio_pika").warning("could not send %s", NAME)

    [line] = lines()
    assert line["text"] == "could not send %s"
    assert line["library"] == "aio_pika"
    assert NAME not in json.dumps(line, ensure_ascii=False)


def test_long_texts_are_cut(lines: Any) -> None:
    structlog.get_logger().info("x.happened", detail="x" * 10_000)

    assert len(lines()[0]["detail"]) <= 300
