"""What an answer, or its absence, means: the one table from the wire to Reply and VitecError."""

from __future__ import annotations

import codecs
import dataclasses
import datetime
import email.utils
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from connect import answers
from connect.calls import Answer, Call, Reply
from connect.errors import Busy, Denied, NotSent, OutcomeUnknown, Refused, VitecError

RETRY_AFTER_SECONDS = (0.5, 3600.0)


class NotJson(Exception):
    """The body is no JSON document."""


@dataclasses.dataclass
class Heard:
    """What came back so far. Whole only when the exchange ended without a failure.

    body: decoded of any Content-Encoding.
    charset: as the answer declares it, or None.
    said_at: the header Date, or None.
    """

    request_id: str
    status: int | None = None
    retry_after: str | None = None
    said_at: str | None = None
    charset: str | None = None
    body: bytearray = dataclasses.field(default_factory=bytearray)
    milliseconds: int = 0

    @property
    def text(self) -> str:
        """The body as text: UTF-8 with or without its mark, else as declared, never an error."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.body.decode(_known_charset(self.charset), errors="replace")


def after_failure(heard: Heard, *, marked: bool, cause: str) -> VitecError:
    """Told apart by phase alone: before the mark *not sent*, after it *unknown*."""
    kind = OutcomeUnknown if marked else NotSent
    return _error(kind, heard, cause=cause)


def after_answer(call: Call, heard: Heard, *, not_processed: frozenset[int]) -> Reply | VitecError:
    """What a whole answer means.

    not_processed: the statuses among 429 and 503 which are taken as Vitec's word that nothing
        was done. Vitec documents neither.
    """
    status = heard.status or 0
    if status in (401, 403):
        return _error(Denied, heard)
    if status in (429, 503):
        return _busy_or_unknown(heard, status in not_processed)
    if 400 <= status < 500 and status != 408:
        return _error(Refused, heard)
    return _as_promised(call.answer, heard)


def _as_promised(answer: Answer, heard: Heard) -> Reply | VitecError:
    if heard.status != 200 and not (heard.status == 204 and answer is Answer.ANYTHING):
        return _error(OutcomeUnknown, heard, cause="status")
    text = heard.text
    try:
        value = _json(text)
    except NotJson:
        if answer is not Answer.ANYTHING:
            return _error(OutcomeUnknown, heard, cause="not json")
        value = None
    if answer is Answer.TEXT and not (isinstance(value, str) and value.strip()):
        return _error(OutcomeUnknown, heard, cause="not a text")
    return Reply(heard.status, value, text, heard.milliseconds, heard.request_id)


def _busy_or_unknown(heard: Heard, not_processed: bool) -> VitecError:
    """A bare 503 comes from any gateway on the way; only with Retry-After does it decline."""
    seconds = retry_after(heard.retry_after, heard.said_at)
    if not not_processed or (heard.status == 503 and seconds is None):
        return _error(OutcomeUnknown, heard, cause="status")
    return _error(Busy, heard, seconds=seconds)


def _error(
    kind: type[VitecError], heard: Heard, *, cause: str = "", seconds: float | None = None
) -> VitecError:
    text = heard.text
    return kind(
        status=heard.status,
        cause=cause,
        text=text,
        messages=answers.messages(text) if kind is Refused else (),
        retry_after=seconds,
        milliseconds=heard.milliseconds,
        request_id=heard.request_id,
    )


def retry_after(header: str | None, said_at: str | None = None) -> float | None:
    """Seconds to wait, between half a second and an hour; None when the header is unreadable.

    The header holds seconds or an HTTP date (RFC 9110, 10.2.3). A date is by Vitec's clock, which
    said_at tells, the answer's own header Date; only without it by ours, which may be wrong.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return _clamped(float(text))
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(said_at or "") or datetime.datetime.now(datetime.UTC)
    return _clamped((moment - now).total_seconds())


def _moment(text: str) -> datetime.datetime | None:
    """An HTTP date; None for anything else."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        return None


def _clamped(seconds: float) -> float:
    least, most = RETRY_AFTER_SECONDS
    return min(max(seconds, least), most)


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise NotJson from error


def _not_json(constant: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError


def _known_charset(name: str | None) -> str:
    try:
        return codecs.lookup(name or "utf-8").name
    except LookupError:
        return "utf-8"


def charset_of(headers: Mapping[str, str]) -> str | None:
    """The charset of Content-Type, or None."""
    found = re.search(r"charset=\"?([A-Za-z0-9._-]+)", headers.get("Content-Type", ""))
    return found.group(1) if found else None
