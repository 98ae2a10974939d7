"""What a log line says: ids and facts, and of a failure its class and place alone."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from lib.log_context import about, begin, bind, present
from lib.log_lines import JsonLines, TextLines


@pytest.fixture(autouse=True)
def nothing_left_over():
    begin()
    yield
    begin()


def _record(message="saved %s", *args, **extra):
    logger = logging.getLogger("tests")
    return logger.makeRecord(
        "tests", logging.WARNING, "x.py", 1, message, args, extra.pop("exc_info", None), extra=extra
    )


def _failed(text="Anna 070-174 06 05"):
    try:
        try:
            raise ValueError(text)
        except ValueError as error:
            raise RuntimeError(text) from error
    except RuntimeError:
        return sys.exc_info()


def _said(record, **options):
    return json.loads(JsonLines(**options).format(record))


def test_it_writes_one_object_a_line():
    line = JsonLines().format(_record("åäö\n%s", 7))
    assert "\n" not in line
    assert json.loads(line)["message"] == "åäö\n7"


def test_it_says_when_by_universal_time():
    record = _record("x")
    record.created = 0.5
    assert _said(record)["time"] == "1970-01-01T00:00:00.500+00:00"


def test_it_carries_the_ids_that_hold():
    with about(request_id="r1", submission=4):
        line = _said(_record("x"))
    assert (line["request_id"], line["submission"]) == ("r1", "4")


def test_it_carries_plain_facts_and_no_objects():
    line = _said(_record("x", milliseconds=12, ok=True, data={"note": "Anna"}, request=object()))
    assert (line["milliseconds"], line["ok"]) == (12, True)
    assert "Anna" not in json.dumps(line)
    assert "request" not in line


@pytest.mark.parametrize("lines", [JsonLines, TextLines])
def test_it_quotes_no_exception(lines):
    with about(submission=4):
        text = lines().format(_record("failed", exc_info=_failed()))
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_log_lines.py" in text
    assert "Anna" not in text
    assert "070" not in text


@pytest.mark.parametrize("lines", [JsonLines, TextLines])
def test_it_quotes_exceptions_in_development(lines):
    assert "Anna" in lines(quote=True).format(_record("failed", exc_info=_failed()))


@pytest.mark.parametrize("lines", [JsonLines, TextLines])
def test_it_takes_the_text_out_of_celerys_own_words(lines):
    values = {"name": "deliver", "id": "t1", "exc": "ValueError('Anna')", "traceback": "Anna"}
    record = _record("Task %(name)s[%(id)s] raised: %(exc)s%(traceback)s", exc_info=_failed())
    record.args = values
    text = lines().format(record)
    assert "Task deliver[t1] raised: RuntimeError" in text
    assert "Anna" not in text


def test_it_reads_as_text_with_the_ids_behind():
    with about(task="t1"):
        assert TextLines().format(_record("saved %s", 4)).endswith("WARNING tests saved 4 task=t1")


def test_a_text_line_says_when_by_universal_time():
    record = _record("x")
    record.created = 0.5
    assert TextLines().format(record).startswith("1970-01-01 00:00:00.500+00:00 WARNING")


def test_a_text_line_is_one_line_whatever_is_in_it():
    forged = "x\r\n1970-01-01 INFO accounts account 1 signed in\x1b[2J\u2028y"
    line = TextLines().format(_record("%s", forged))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "\\x0d\\x0a1970" in line


def test_ids_hold_until_their_block_ends():
    with about(request_id="r1"):
        bind(submission=4)
        with about(submission=5):
            assert dict(present()) == {"request_id": "r1", "submission": "5"}
        assert present()["submission"] == "4"
    assert dict(present()) == {}


def test_an_id_that_is_not_known_is_no_id():
    with about(request_id="", office=None, task="t1"):
        assert dict(present()) == {"task": "t1"}


def test_a_new_piece_of_work_forgets_the_last():
    bind(submission=4)
    begin(task="t2")
    assert dict(present()) == {"task": "t2"}
