"""A server on a real loopback socket that can fail in every way, and knows the ground truth.

It speaks bytes, not HTTP, so that it can break off anywhere. `requests` holds what was received
in full, `bytes_received` counts every byte whatsoever: those two are what a test may believe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USERNAME = "partner-canary"
PASSWORD = "secret-canary"
PATIENCE = 10.0
PATIENT = {"connect_timeout": 5, "read_timeout": 5, "write_deadline": 10, "read_deadline": 10}
HASTY = {"connect_timeout": 0.2, "read_timeout": 0.2, "write_deadline": 0.4, "read_deadline": 0.4}
TRICKLE = 0.02


@dataclasses.dataclass(frozen=True)
class Received:
    """A request that arrived in full."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Gone(Exception):
    """The client closed or reset the connection."""


class Line:
    """One accepted connection, seen from the server."""

    def __init__(self, server: Server, connected: socket.socket, number: int) -> None:
        self.server = server
        self.number = number
        self._socket = connected
        self._buffer = b""

    def head(self) -> list[str]:
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n")

    def request(self) -> Received:
        first, *lines = self.head()
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            self._receive()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        method, target, _ = first.split(" ")
        received = Received(method, target, headers, body, self.number)
        with self.server.lock:
            self.server.requests.append(received)
        return received

    def first_bytes(self) -> None:
        """Wait for anything, without taking it for a request."""
        self._receive()

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Gone from error

    def trickle(self, data: bytes = b"") -> None:
        """Send byte by byte: `data`, then spaces, until the client has had enough."""
        for byte in data:
            self.send(bytes([byte]))
            self._pause()
        while True:
            self.send(b" ")
            self._pause()

    def hang(self) -> None:
        """Say nothing and keep the line open until the client closes it."""
        with contextlib.suppress(Gone):
            while True:
                self._receive()

    def idle(self) -> None:
        """Say nothing and read nothing until the server stops."""
        self.server.stopping.wait(PATIENCE)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        # Unread bytes would turn the close into a reset.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()

    def _pause(self) -> None:
        if self.server.stopping.wait(TRICKLE):
            raise Gone

    def _receive(self) -> None:
        try:
            data = self._socket.recv(65536)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        with self.server.lock:
            self.server.bytes_received += len(data)
        self._buffer += data


Behaviour = Callable[[Line], None]


class Server:
    """Runs a behaviour for every connection, each in a thread. Use as a context manager.

    marked: for the test to set when the client is about to send, for a behaviour to wait for.
    """

    def __init__(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.behaviour = behaviour
        self.requests: list[Received] = []
        self.bytes_received = 0
        self.connections = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.marked = threading.Event()
        self._accepted = threading.Condition()
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(PATIENCE)
        for each in self._sockets:
            with contextlib.suppress(OSError):
                # Of the plain class: a TLS socket would drop its state under a reading thread.
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        self.settle()
        for each in self._sockets:
            each.close()

    def settle(self, connections: int = 0) -> None:
        """Wait until so many connections came and all are done, so that the counts are final."""
        with self._accepted:
            assert self._accepted.wait_for(lambda: self.connections >= connections, PATIENCE)
        for thread in list(self._threads):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the server still waits for its client"

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            with self._accepted:
                self.connections += 1
                number = self.connections
                self._sockets.append(connected)
                thread = threading.Thread(target=self._serve, args=(connected, number), daemon=True)
                self._threads.append(thread)
                thread.start()
                self._accepted.notify_all()

    def _serve(self, connected: socket.socket, number: int) -> None:
        with contextlib.suppress(Gone, OSError):
            if self._tls:
                # The descriptor moves to the wrapping socket.
                connected = self._tls.wrap_socket(connected, server_side=True)
                self._sockets.append(connected)
            line = Line(self, connected, number)
            try:
                self.behaviour(line)
            finally:
                line.close()


def answer(
    status: int = 200, body: bytes = b"", *headers: str, kind: str = "application/json"
) -> bytes:
    """A whole answer as bytes."""
    length = [] if status in (204, 304) or status < 200 else [f"Content-Length: {len(body)}"]
    lines = [f"HTTP/1.1 {status} X", *length, f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answering(
    status: int = 200, body: bytes = b"", *headers: str, kind: str = "application/json"
) -> Behaviour:
    """A behaviour: read every request in full and answer each of them so."""

    def behave(line: Line) -> None:
        while True:
            line.request()
            line.send(answer(status, body, *headers, kind=kind))

    return behave


def saying(data: bytes, then: Callable[[Line], None] = Line.close) -> Behaviour:
    """A behaviour: read one request in full, send these bytes, then do that."""

    def behave(line: Line) -> None:
        line.request()
        line.send(data)
        then(line)

    return behave


@contextlib.contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue of waiting connections is full: a connect is neither taken nor refused."""
    listener = socket.socket()
    waiting = [socket.socket() for _ in range(4)]
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
    finally:
        for each in (*waiting, listener):
            each.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context for that address, and the file of the authority to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "wire")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{host}.crt", folder / f"{host}.key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
