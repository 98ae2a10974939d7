"""A message broker in a folder, for running the portal without any server.

kombu's filesystem transport creates a message's file, then locks it, then writes it, while the
consumer reads without the lock: under fast polling some messages are read half-written and lost,
and one such file ends the whole worker. Here a file appears under its final name only when it is
complete, and is claimed by renaming it, which exactly one consumer can do.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem

log = logging.getLogger(__name__)


def write_whole(path: Path, text: str) -> None:
    """Put a file in place in one step: readers see the old one or the new one, never a part."""
    aside = path.with_name(f".{uuid.uuid4().hex}.part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


class Channel(filesystem.Channel):
    """kombu's channel with an atomic put, an atomic take and atomic routing tables."""

    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **_: Any
    ) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, json.dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        folder = Path(self.data_folder_in)
        for name in sorted(_waiting(folder, queue)):
            taken = folder / f".{name}.{uuid.uuid4().hex}.taken"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue
            content = taken.read_bytes()
            taken.unlink()
            message = _message(content)
            if message is None:
                log.warning("A message in the broker folder was unreadable and has been dropped.")
                continue
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(_waiting(Path(self.data_folder_in), queue))

    def _purge(self, queue: str) -> int:
        folder = Path(self.data_folder_in)
        names = _waiting(folder, queue)
        for name in names:
            (folder / name).unlink(missing_ok=True)
        return len(names)

    def get_table(self, exchange: str) -> list[Any]:
        try:
            rows = json.loads(self._exchange_file(exchange).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [filesystem.exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = [routing_key or "", pattern or "", queue or ""]
        with self._table(exchange) as rows:
            if row not in rows:
                rows.insert(0, row)

    def _delete(self, queue: str, exchange: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        with self._table(exchange) as rows:
            rows[:] = [row for row in rows if row[2] != queue]

    @contextlib.contextmanager
    def _table(self, exchange: str) -> Iterator[list[list[str]]]:
        """The routing table of an exchange, held against other processes and written back."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        path = self._exchange_file(exchange)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = [list(row) for row in self.get_table(exchange)]
            rows = [list(row) for row in before]
            yield rows
            if rows != before:
                write_whole(path, json.dumps(rows))


def _waiting(folder: Path, queue: str) -> list[str]:
    """The file names of a queue's messages, in no order; many of them must be cheap to list.

    The name of a queue may end another's: `b` and `a.b`.
    """
    ending = f"{queue}.msg"
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
        return [name for name in names if name.partition(".")[2] == ending]
    return []


def _message(content: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(content)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


class Transport(filesystem.Transport):
    """`filesystem://`, replacing kombu's own by vitecportal.celery."""

    Channel = Channel
