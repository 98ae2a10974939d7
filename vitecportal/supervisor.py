"""Child processes that live and die together, each with a log file of its own."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from types import FrameType
from typing import IO

LAST_LINES = 20
POLL_SECONDS = 0.2
STOP_SECONDS = 15
_PR_SET_PDEATHSIG = 1


class ChildDied(Exception):
    """A child ended by itself; str() is the report with its last lines."""


@dataclasses.dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]
    file: IO[bytes]

    def last_lines(self) -> str:
        with self.log.open(errors="replace") as file:
            return "".join(deque(file, LAST_LINES))


class Supervisor:
    """Starts children, watches them, stops them all.

    Use as a context manager: SIGINT and SIGTERM set `stopping`; leaving the block stops every
    child that is left, politely first.
    """

    def __init__(self, log_dir: Path) -> None:
        self.log_dir = log_dir
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def __enter__(self) -> Supervisor:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        # In the order in which work flows: nothing new comes in while the rest finishes.
        for child in self.children:
            _signal(child, signal.SIGTERM)
        for child in self.children:
            try:
                child.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.process.wait()
            child.file.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def start(self, name: str, command: list[str]) -> None:
        """Start a child in a session of its own: Ctrl-C reaches us alone, and we stop it."""
        log = self.log_dir / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.old"))
        file = log.open("wb")
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=functools.partial(_die_with_parent, os.getpid()),  # noqa: PLW1509 - we run no threads
        )
        self.children.append(Child(name, command, log, process, file))

    def watch(self, seconds: float | None = None) -> bool:
        """Wait until asked to stop (True) or for so many seconds (False). Raises ChildDied."""
        waited = 0.0
        while seconds is None or waited < seconds:
            self.check()
            if self.stopping.wait(POLL_SECONDS):
                return True
            waited += POLL_SECONDS
        return False

    def check(self) -> None:
        """Raises ChildDied when a child has ended by itself."""
        for child in self.children:
            code = child.process.poll()
            if code is not None and not self.stopping.is_set():
                raise ChildDied(
                    f"{child.name} ended with code {code}. Its last lines ({child.log}):\n"
                    f"{child.last_lines()}"
                )


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process.poll() is None:
        child.process.send_signal(number)


def _die_with_parent(parent: int) -> None:
    """In the child, before exec: Linux sends SIGTERM when the parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """May a server of ours listen there?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
