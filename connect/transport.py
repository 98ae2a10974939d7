"""Connections that tell, for one send, the moment before the first byte, and end when time is up.

`requests` and urllib3 cannot say whether a failure came before or after the request left, nor do
they know a total time limit. Both need a hold on the connection itself: a `Flight` is one send on
its way, and the connection classes here report to the flight of the running context.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from connect.deadlines import Deadline, watch


class TimeUp(Exception):
    """The total deadline passed before the first byte of the request."""


class Stopped(Exception):
    """The callback raised, so nothing was sent. Its own exception is `Flight.stopped_by`.

    urllib3 swallows or wraps an OSError raised while it sends; a class it does not know passes.
    """


class Flight:
    """One send on its way: the callback, the mark and the total deadline. For one `with` only.

    seconds: the total deadline, counted from construction.
    marked: True once the callback has returned; from then on bytes may have left.
    expired: True when the deadline ended the send. Settled once the `with` block is left.
    """

    def __init__(self, seconds: float, before_first_byte: Callable[[], None] | None = None) -> None:
        self.marked = False
        self.expired = False
        self.stopped_by: BaseException | None = None
        self._callback = before_first_byte
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._ended = False
        self._line: socket.socket | None = None
        self._token: contextvars.Token[Flight] | None = None
        self._deadline = Deadline(self._until, self._expire)

    def __enter__(self) -> Self:
        watch(self._deadline)
        self._token = _running.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._deadline.lift()
        if self._token is not None:
            _running.reset(self._token)
        with self._lock:
            self._ended = True
            # A socket's own timeout, cut to the time left, may be a moment faster than the thread.
            self.expired = self.expired or (error is not None and time.monotonic() >= self._until)
            if self._line is not None:
                self._line.close()

    def remaining(self) -> float:
        """Seconds until the deadline. Raises TimeUp when there are none left."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            self._expire()
            raise TimeUp
        return seconds

    def watch(self, connected: socket.socket) -> None:
        """Let the deadline end this connection. Raises TimeUp when it already has passed.

        Holds a duplicate of the descriptor: http.client drops its socket after the headers and a
        TLS handshake moves the descriptor to another object, but shutting down either end of a
        duplicate shuts down the connection.
        """
        with self._lock:
            if self._line is None:
                self._line = socket.socket(fileno=os.dup(connected.fileno()))
        self.remaining()

    def mark(self) -> None:
        """Run the callback; the next thing to happen is the first byte.

        Raises Stopped, and TimeUp when the deadline has passed meanwhile.
        """
        try:
            if self._callback is not None:
                self._callback()
        except BaseException as error:
            self.stopped_by = error
            raise Stopped from error
        self.marked = True
        # A process that was stopped here for long must not send what others have since decided.
        self.remaining()

    def _expire(self) -> None:
        with self._lock:
            if self._ended:
                return
            self.expired = True
            if self._line is not None:
                with contextlib.suppress(OSError):  # the other side was faster
                    self._line.shutdown(socket.SHUT_RDWR)


_running: contextvars.ContextVar[Flight] = contextvars.ContextVar("connect_flight")


class _Connection(HTTPConnection):
    """Connects within the flight's deadline and asks the flight before the first byte."""

    def _new_conn(self) -> socket.socket:
        flight = _running.get()
        left = flight.remaining()
        self.timeout = left if self.timeout is None else min(self.timeout, left)
        connected = super()._new_conn()
        try:
            flight.watch(connected)
        except TimeUp:
            connected.close()
            raise
        return connected

    def send(self, data: Any) -> None:
        flight = _running.get()
        if not flight.marked:
            if self.sock is None:
                self.connect()
            flight.watch(self.sock)
            flight.mark()
        super().send(data)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS: `connect` includes the handshake, so it lies before the mark."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Used(HTTPConnectionPool):
    """Keeps no connection: the next send has a fresh one."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.close()


class _UsedPool(_Used, _Pool):
    pass


class _UsedSecurePool(_Used, _SecurePool):
    pass


class Adapter(HTTPAdapter):
    """An HTTPAdapter over the connections above. It retries nothing.

    connections: so many are kept, once an answer has been read; 0 for a fresh one for each send.

    To be used without a Session: a Session follows or reads redirects, keeps cookies and looks
    for proxies and netrc, and none of that may happen here.
    """

    def __init__(self, *, connections: int) -> None:
        self._keeps = connections > 0
        super().__init__(pool_connections=1, pool_maxsize=max(connections, 1), max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        plain, secure = (_Pool, _SecurePool) if self._keeps else (_UsedPool, _UsedSecurePool)
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """As `requests`, with the authorities it trusts, read once and not for each connection."""
        if "ssl_context" in conn.conn_kw:
            return
        super().cert_verify(conn, url, verify, cert)
        if conn.ca_certs or conn.ca_cert_dir:
            conn.conn_kw["ssl_context"] = _trusting(conn.ca_certs, conn.ca_cert_dir)
            conn.ca_certs = conn.ca_cert_dir = None


@functools.lru_cache(maxsize=4)
def _trusting(file: str | None, folder: str | None) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(file, folder)
    return context


class _Hush(logging.Filter):
    """Drops what urllib3 logs during a flight.

    Its lines hold paths and queries, also at level WARNING, and a search term is personal data.
    A filter, because a level is undone by any logging configuration, and other users of urllib3
    in the process keep their lines.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return _running.get(None) is None


for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_Hush())
