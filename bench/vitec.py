"""A Vitec that does nothing but take its time: in a process of its own, so that it slows nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 30
_BACKLOG = 512


class Vitec:
    """What arrived there, seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def arrivals(self) -> list[tuple[float, str]]:
        """(time since 1970, body) of every POST so far, in order."""
        answer = requests.get(f"{self.url}/arrivals", timeout=60)
        return [(moment, body) for moment, body in answer.json()]

    def forget(self) -> None:
        requests.delete(f"{self.url}/arrivals", timeout=60)

    def wait_for(self, count: int, seconds: float) -> list[tuple[float, str]]:
        """The arrivals once there are so many. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # The number alone: all that arrived, again and again, would be a load of its own.
            if requests.get(f"{self.url}/number", timeout=60).json() >= count:
                return self.arrivals()
            time.sleep(0.2)
        raise TimeoutError(f"{len(self.arrivals())} of {count} arrived within {seconds} s")


@contextlib.contextmanager
def vitec(latency: float) -> Iterator[Vitec]:
    """One that answers every POST after so many seconds."""
    command = [sys.executable, "-m", "bench.vitec", str(latency)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None  # noqa: S101
        yield Vitec(f"http://127.0.0.1:{process.stdout.readline().strip()}")
    finally:
        process.terminate()
        process.wait()


class _Server:
    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.arrivals: list[tuple[float, str]] = []

    async def serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=_BACKLOG)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                moment = time.time()
                text = head.decode("latin-1").lower()
                length = text.partition("content-length:")[2].split("\r\n")[0].strip()
                body = await reader.readexactly(int(length)) if length else b""
                writer.write(await self._answer(head, moment, body.decode()))
                await writer.drain()
                if "connection: close" in text:
                    break
        writer.close()

    async def _answer(self, head: bytes, moment: float, body: str) -> bytes:
        said = '"VID1"'
        if head.startswith(b"GET /number"):
            said = json.dumps(len(self.arrivals))
        elif head.startswith(b"POST"):
            self.arrivals.append((moment, body))
            await asyncio.sleep(self.latency)
        elif head.startswith(b"DELETE"):
            self.arrivals.clear()
        else:
            said = json.dumps(self.arrivals)
        length = len(said.encode())
        said_of_it = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}"
        )
        return f"{said_of_it}\r\n\r\n{said}".encode()


if __name__ == "__main__":
    asyncio.run(_Server(float(sys.argv[1])).serve())
