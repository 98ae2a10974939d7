"""HTTP/1.1 over sockets: reading requests, sending replies, and sending them badly on purpose."""

import logging
import select
import socket
import struct
import sys
import time
from http.client import responses
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock
from typing import Any

from sandbox import faults, routes
from sandbox.control import PREFIX, Control
from sandbox.faults import Fault
from sandbox.journal import CUT, LOST, REFUSED, Entry
from sandbox.messages import Reply, Request
from sandbox.practice import Practice

logger = logging.getLogger(__name__)

_LARGEST_BODY = 5 * 1024 * 1024
_IDLE_SECONDS = 600
_ABORT = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time at all: close sends a reset


class Listener(ThreadingMixIn, TCPServer):
    """One listening socket. *api* and *control* tell what it serves; *stopping* ends all waits."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        practice: Practice,
        control: Control | None,
        *,
        api: bool,
    ) -> None:
        self.practice = practice
        self.control = control
        self.api = api
        self.stopping = Event()
        self._lock = Lock()
        self._connections: set[socket.socket] = set()
        super().__init__(address, Handler)

    def verify_request(self, request: Any, _client_address: Any) -> bool:
        """Reset a connection at accept; with control on the same port the path must be seen."""
        blind = self.api and self.control is None
        fault = self.practice.faults.take_blind_refusal() if blind else None
        if fault is None:
            return True
        entry = self.practice.journal.open(None)
        entry.status, entry.fault = REFUSED, fault.fault
        abort(request)
        return False

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that ``close_connections`` can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that are kept alive, and every wait of a fault."""
        self.stopping.set()
        with self._lock:
            held = list(self._connections)
        for connection in held:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """Note a connection that broke; clients of faults do that all the time."""
        logger.debug("connection from %s broke: %s", client_address, sys.exception())


def abort(connection: socket.socket) -> None:
    """Close with a TCP reset instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    connection.close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS
    server: Listener

    def handle_one_request(self) -> None:
        """Serve one request, unless a fault refuses it before it is read."""
        try:
            head = self.connection.recv(4096, socket.MSG_PEEK)
        except OSError:
            head = b""
        if not head or self._refuse(head):
            self.close_connection = True
            return
        super().handle_one_request()

    def _refuse(self, head: bytes) -> bool:
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        path = words[1].partition("?")[0] if len(words) > 1 else ""
        if not self.server.api or path.startswith(PREFIX):
            return False
        endpoint = _endpoint(words[0], path)
        fault = self.server.practice.faults.take_refusal(endpoint, path)
        if fault is None:
            return False
        entry = self.server.practice.journal.open(None, endpoint)
        entry.status, entry.fault = REFUSED, fault.fault
        self._reset()
        return True

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        if request.path == PREFIX or request.path.startswith(PREFIX + "/"):
            control = self.server.control
            self._send(control.answer(request) if control else Reply(404, b""))
        elif self.server.api:
            self._call(request)
        else:
            self._send(Reply(404, b""))

    def __getattr__(self, name: str) -> Any:
        """Serve every method alike; the standard library looks for do_GET, do_POST and so on."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        too_odd = "Transfer-Encoding" in self.headers or not length.isdigit()
        if too_odd or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(Reply(411 if too_odd else 413, b""))
            return None
        body = self.rfile.read(int(length))
        client = str(self.client_address[0])
        return Request(self.command, self.path, self.headers, body, client)

    def _call(self, request: Request) -> None:
        practice = self.server.practice
        endpoint = _endpoint(request.method, request.path)
        entry = practice.journal.open(request, endpoint)
        fault = practice.faults.take(endpoint, request.path)
        if fault is None:
            reply = practice.api.work(request, entry)
            entry.status = reply.status
            self._send(reply)
        else:
            entry.fault = fault.fault
            self._misbehave(request, entry, fault)

    def _misbehave(self, request: Request, entry: Entry, fault: Fault) -> None:
        """Do the call the way the fault wants it: nothing, or the work and a bad answer."""
        # For these two, seconds say something else than how long to wait first.
        waits = fault.when == "before" and fault.fault not in ("trickle", "lose_answer")
        stopped = waits and self.server.stopping.wait(fault.seconds)
        if stopped or fault.fault in faults.CUTS_BEFORE:
            entry.status = CUT
            return self._reset()
        reply = faults.instead_of_work(fault, request.target)
        if reply is None:
            reply = faults.after_work(fault, self.server.practice.api.work(request, entry))
        if fault.when == "after":
            self.server.stopping.wait(fault.seconds)
        return self._deliver(reply, entry, fault)

    def _deliver(self, reply: Reply, entry: Entry, fault: Fault) -> None:
        entry.status = {"cut_after": CUT, "lose_answer": LOST}.get(fault.fault, reply.status)
        if fault.fault == "cut_after":
            self._reset()
        elif fault.fault == "lose_answer":
            self._hang(fault.seconds)
        elif fault.fault == "trickle":
            self._trickle(reply, fault.seconds)
        elif fault.fault == "half_body":
            self._send_half(reply)
        else:
            self._send(reply)

    def _reset(self) -> None:
        self.close_connection = True
        # The socket is closed for real only when no file of it is open any more.
        self.rfile.close()
        abort(self.connection)

    def _hang(self, seconds: float) -> None:
        """Keep silent until the client gives up, then let go."""
        end = time.monotonic() + seconds
        while not self.server.stopping.is_set() and time.monotonic() < end:
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and self._is_gone():
                break
        self._reset()

    def _is_gone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _trickle(self, reply: Reply, pause: float) -> None:
        head, body = self._bytes(reply)
        slow = body or head
        if body:
            self.wfile.write(head)
        for index in range(len(slow)):
            self.wfile.write(slow[index : index + 1])
            if self.server.stopping.wait(pause):
                break

    def _send_half(self, reply: Reply) -> None:
        head, body = self._bytes(reply)
        self.close_connection = True
        if body:
            self.wfile.write(head + body[: len(body) // 2])
        else:
            self.wfile.write(head[: len(head) // 2])

    def _send(self, reply: Reply) -> None:
        head, body = self._bytes(reply)
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def _bytes(self, reply: Reply) -> tuple[bytes, bytes]:
        lines = [
            f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}",
            f"Date: {self.date_time_string()}",
            "Cache-Control: no-cache",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        if reply.body is not None:
            lines += [f"Content-Type: {reply.content_type}", f"Content-Length: {len(reply.body)}"]
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        return head, reply.body or b""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing on the terminal; the log is on the page."""


def _endpoint(method: str, path: str) -> str:
    route, _params = routes.find(method, path)
    return route.endpoint if route else routes.LOOKUPS
