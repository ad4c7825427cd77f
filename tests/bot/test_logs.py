"""Logs for machines and people, and the progress of a sync."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs
from bot.progress import watching
from sync.domain.runs import Progress
from tests.bot.outsides import Terminal


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_stream_that_is_no_terminal_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    logs.set_up(stream)
    logging.getLogger("tieout.test").info("read %d rows", 3, extra={"facts": {"source": "cin7"}})
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["level"], found["message"], found["source"]) == ("info", "read 3 rows", "cin7")
    assert found["at"].endswith("Z")


def test_a_traceback_stays_inside_its_line() -> None:
    stream = io.StringIO()
    logs.set_up(stream)
    try:
        raise RuntimeError("boom\nagain")
    except RuntimeError:
        logging.getLogger("tieout.test").exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "RuntimeError: boom" in json.loads(line)["traceback"]


def test_people_see_warnings_only() -> None:
    stream = Terminal()
    logs.set_up(stream)
    logging.getLogger("tieout.test").info("quiet")
    logging.getLogger("tieout.test").warning("loud")
    assert stream.getvalue() == "WARNING tieout.test: loud\n"


@pytest.mark.parametrize("wanted", ["json", "text"])
def test_the_form_can_be_asked_for(wanted: str) -> None:
    stream = Terminal() if wanted == "json" else io.StringIO()
    logs.set_up(stream, wanted)
    logging.getLogger("tieout.test").warning("loud")
    assert stream.getvalue().startswith("{") == (wanted == "json")


def test_addresses_of_calls_do_not_reach_the_log() -> None:
    stream = io.StringIO()
    logs.set_up(stream)
    logging.getLogger("httpx").info("HTTP Request: GET https://example.com/?code=secret")
    assert stream.getvalue() == ""


def test_machines_read_the_end_of_each_part_and_no_page_between() -> None:
    stream, elsewhere = io.StringIO(), io.StringIO()
    logs.set_up(stream)
    with watching(elsewhere) as watch:
        watch(Progress("cin7", "sales", 100, 300, 1))
        watch(Progress("cin7", "sales", 300, 300, 3, "done"))
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["rows"] == 300
    assert elsewhere.getvalue() == ""


def test_people_see_what_is_at_work() -> None:
    stream = Terminal()
    with watching(stream) as watch:
        watch(Progress("qbo", "credit_memos", 20, 40, 1))
        watch(Progress("qbo", "credit_memos", 40, 40, 2, "done"))
        watch(Progress("cin7", "sales", 1, None, 1))
    assert "Cin7: sales" in stream.getvalue()
