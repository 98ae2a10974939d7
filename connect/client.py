"""One office's line to Vitec Connect: one send, one translation of what may have happened.

The client never repeats anything. Whether to try again is the caller's decision, and the class of
the error is what it needs for that.
"""

from __future__ import annotations

import base64
import functools
import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, Response

from connect.calls import Call, Reply
from connect.errors import VitecError
from connect.outcomes import Heard, after_answer, after_failure, charset_of
from connect.transport import Adapter, Flight

logger = logging.getLogger("connect")

DEFAULT_USER_AGENT = "vitecportal/0.1.0"

READ_LIMIT = 64 * 1024 * 1024
"""Bytes of a look-up's answer, decoded. A year of meetings of a large office fits many times."""

WRITE_LIMIT = 1024 * 1024
"""Bytes of a write's answer, decoded. What is promised is an id."""

_CHUNK = 64 * 1024
_READ_CONNECTIONS = 32


class TooLarge(Exception):
    """The answer is longer than the limit."""


class Client:
    """Sends calls to one Vitec host with one login. May be shared by threads.

    base_url: `https://host`, http for a local stand-in; a trailing slash is tolerated.
    username, password: Basic auth, encoded as UTF-8.
    connect_timeout: seconds for each address of the host, and again for TLS.
    read_timeout: seconds of silence that end the wait for an answer.
    write_deadline, read_deadline: seconds for the whole send, whatever trickles in. A name look-up
        that hangs is the one thing the deadline cannot interrupt; it ends right after it.
    busy_is_not_processed: the statuses among 429 and 503 (with Retry-After) which mean that
        nothing was done. Vitec documents neither. busy_of_endpoint: the same for single endpoints.

    Raises ValueError for a base_url or user name that cannot be used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        username: str,
        password: str,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        write_deadline: float = 30.0,
        read_deadline: float = 60.0,
        user_agent: str = DEFAULT_USER_AGENT,
        busy_is_not_processed: frozenset[int] = frozenset({429, 503}),
        busy_of_endpoint: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        self._base = checked_base_url(base_url)
        self._headers = {
            "Accept": "application/json",
            "User-Agent": user_agent,
        }
        _basic(username, password)
        self._login = (username, password)
        self._timeouts = (connect_timeout, read_timeout)
        self._deadlines = {True: write_deadline, False: read_deadline}
        self._not_processed = busy_is_not_processed
        self._not_processed_of = busy_of_endpoint or {}
        self._reader: Adapter | None = None
        self._process = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections of the look-ups. A later send opens new ones."""
        if self._reader is not None:
            self._reader.close()

    def login(self, call: Call) -> tuple[str, str]:
        """User name and password of a call; a child may have several."""
        return self._login

    def send(self, call: Call, *, before_first_byte: Callable[[], None] | None = None) -> Reply:
        """Send one call once and return its answer as promised by the endpoint.

        before_first_byte: runs when the connection stands (name, TCP, TLS) and no byte of the
            request has left. What it raises ends the send and comes out unchanged.

        Raises NotSent for whatever fails before that moment and OutcomeUnknown for whatever fails
        after it; Refused, Denied and Busy are Vitec's own words.
        """
        started = time.monotonic()
        heard = Heard(request_id=uuid.uuid4().hex)
        flight = Flight(self._deadlines[call.writes], before_first_byte)
        failure = self._exchange(call, flight, heard)
        heard.milliseconds = round((time.monotonic() - started) * 1000)
        if flight.stopped_by is not None:
            _log(call, "stopped", heard, cause=type(flight.stopped_by).__name__)
            raise flight.stopped_by
        if failure:
            result: Reply | VitecError = after_failure(heard, marked=flight.marked, cause=failure)
        else:
            not_processed = self._not_processed_of.get(call.endpoint, self._not_processed)
            result = after_answer(call, heard, not_processed=not_processed)
        if isinstance(result, VitecError):
            _log(call, result.outcome, heard, cause=result.cause)
            # Raised outside of any except block and without a cause: the texts of requests'
            # exceptions hold the path and the query, and tracebacks end up in logs.
            raise result
        _log(call, "answered", heard)
        return result

    def _exchange(self, call: Call, flight: Flight, heard: Heard) -> str:
        """Send and listen. Returns "" for a whole answer, else what went wrong in a word."""
        try:
            with flight:
                self._converse(call, heard)
        except Exception as error:  # noqa: BLE001 - the phase decides, never the class
            return "deadline" if flight.expired else _name_of(error)
        return "deadline" if flight.expired else ""

    def _converse(self, call: Call, heard: Heard) -> None:
        request = self._prepared(call, heard.request_id)
        if not call.writes:
            self._listen(self._shared_reader(), request, READ_LIMIT, heard)
            return
        # A fresh connection: on a reused one the server's idle close looks like a lost answer.
        self._listen(_writer_of(os.getpid()), request, WRITE_LIMIT, heard)

    def _shared_reader(self) -> Adapter:
        """The adapter of the look-ups, made for the first of them and anew after a fork.

        Two processes on one connection would read each other's answers.
        """
        if self._reader is None or self._process != os.getpid():
            self._reader = Adapter(connections=_READ_CONNECTIONS)
            self._process = os.getpid()
        return self._reader

    def _listen(self, adapter: Adapter, request: PreparedRequest, limit: int, heard: Heard) -> None:
        response = adapter.send(request, stream=True, timeout=self._timeouts, verify=True)
        try:
            _read(response, limit, heard)
        finally:
            response.close()

    def _prepared(self, call: Call, request_id: str) -> PreparedRequest:
        headers = {
            **self._headers,
            "Authorization": _basic(*self.login(call)),
            "X-Request-Id": request_id,
        }
        if call.writes:
            headers |= {"Connection": "close", "Accept-Encoding": "identity"}
        else:
            headers |= {"Connection": "keep-alive", "Accept-Encoding": "gzip"}
        body = None
        if call.body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            body = call.body.encode()
        url = f"{self._base}/{call.path.lstrip('/')}"
        return Request(call.method, url, headers=headers, data=body).prepare()


@functools.lru_cache(maxsize=1)
def _writer_of(process: int) -> Adapter:
    """The adapter of all clients' writes. It keeps nothing from one send to the next."""
    return Adapter(connections=0)


def checked_base_url(base_url: str) -> str:
    """The address without trailing slashes. Raises ValueError with a sentence, not the address."""
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        raise ValueError("The address of Vitec Connect cannot be read.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("The address of Vitec Connect must be http:// or https:// and a host.")
    if "@" in parts.netloc:
        raise ValueError("The address of Vitec Connect must not hold a user name or password.")
    if parts.query or parts.fragment or any(mark.isspace() for mark in base_url):
        raise ValueError("The address of Vitec Connect must have no query, fragment or spaces.")
    return base_url.rstrip("/")


def _basic(username: str, password: str) -> str:
    if ":" in username:
        raise ValueError("The user name of Vitec Connect must not hold a colon.")
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _read(response: Response, limit: int, heard: Heard) -> None:
    heard.status = response.status_code
    heard.retry_after = response.headers.get("Retry-After")
    heard.said_at = response.headers.get("Date")
    heard.charset = charset_of(response.headers)
    if response.status_code < 200:
        return  # the final answer may still follow: closed by the caller, so never reused
    for chunk in response.iter_content(_CHUNK):
        heard.body += chunk
        if len(heard.body) > limit:
            raise TooLarge


def _name_of(error: BaseException) -> str:
    """The class at the bottom of what requests and urllib3 wrapped, such as RemoteDisconnected."""
    inner: object = error
    while isinstance(inner, BaseException):
        error = inner
        wrapped = [item for item in error.args if isinstance(item, BaseException)]
        inner = getattr(error, "reason", None) or next(iter(wrapped), None)
    return type(error).__name__


def _log(call: Call, outcome: str, heard: Heard, *, cause: str = "") -> None:
    """One line of codes and figures. Never a path, a query, a body, a name or an address."""
    facts = {
        "endpoint": call.endpoint,
        "outcome": outcome,
        "status": heard.status,
        "cause": cause,
        "milliseconds": heard.milliseconds,
        "size": len(heard.body),
        "call_id": heard.request_id,
    }
    logger.log(
        logging.INFO if outcome == "answered" else logging.WARNING,
        "%(endpoint)s %(outcome)s status=%(status)s cause=%(cause)s"
        " %(milliseconds)d ms %(size)d bytes call=%(call_id)s",
        facts,
        extra=facts,
    )
