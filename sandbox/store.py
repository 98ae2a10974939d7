"""What the practice Vitec holds: JSON documents by kind and id, in memory or in a SQLite file.

Kinds: ``offices``, ``users``, ``groups``, ``contacts``, ``areas``, ``estates``, ``viewings``,
``participants``, ``meetings``, ``comebacks``, ``interests``, ``profiles``, ``appointments``.
Documents handed out are the held ones: copy before changing, then ``put``.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
Collections = dict[str, dict[str, Doc]]

_SCHEMA = "CREATE TABLE IF NOT EXISTS docs (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
_UPSERT = (
    "INSERT INTO docs (kind, id, body) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
)
_DELETE = "DELETE FROM docs WHERE kind = ? AND id = ?"


def new_id(prefix: str) -> str:
    """Return a fresh opaque id in Vitec's look: *prefix* and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex.upper()


class Store:
    """Thread-safe holder of the documents.

    *fresh* makes the demo data. With *path*, every transaction is written through before it ends,
    and a file that already holds documents is used as it is.
    """

    def __init__(self, fresh: Callable[[], Collections], path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._fresh = fresh
        self._docs: Collections = {}
        self._changes: list[tuple[str, str]] = []
        self._file = _open(path) if path else None
        if not self._load():
            self.reset()

    def get(self, kind: str, doc_id: str) -> Doc | None:
        """Return one document, or None."""
        return self._docs.get(kind, {}).get(doc_id)

    def all(self, kind: str) -> Iterable[Doc]:
        """Return all documents of a kind, oldest first."""
        return list(self._docs.get(kind, {}).values())

    def of(self, kind: str, customer_id: str) -> list[Doc]:
        """Return the documents of one customer id, oldest first."""
        return [doc for doc in self.all(kind) if doc["customerId"] == customer_id]

    def put(self, kind: str, doc_id: str, doc: Doc) -> None:
        """Hold *doc*; only inside ``transaction``."""
        self._docs.setdefault(kind, {})[doc_id] = doc
        self._changes.append((kind, doc_id))

    def remove(self, kind: str, doc_id: str) -> None:
        """Forget a document; only inside ``transaction``."""
        self._docs.get(kind, {}).pop(doc_id, None)
        self._changes.append((kind, doc_id))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock for one call, and save what it changed before the lock is let go."""
        with self.lock:
            self._changes.clear()
            yield
            self._save(self._changes)

    def reset(self) -> None:
        """Forget everything and start again with fresh demo data."""
        with self.lock:
            self._docs = self._fresh()
            if self._file is not None:
                self._file.execute("DELETE FROM docs")
            self._save([(kind, doc_id) for kind, docs in self._docs.items() for doc_id in docs])

    def counts(self) -> dict[str, int]:
        """Return how many documents of each kind are held."""
        with self.lock:
            return {kind: len(docs) for kind, docs in self._docs.items()}

    def close(self) -> None:
        """Close the file, if there is one."""
        with self.lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _load(self) -> bool:
        if self._file is None:
            return False
        for kind, doc_id, body in self._file.execute("SELECT * FROM docs ORDER BY rowid"):
            self._docs.setdefault(kind, {})[doc_id] = json.loads(body)
        return bool(self._docs)

    def _save(self, keys: list[tuple[str, str]]) -> None:
        if self._file is None or not keys:
            return
        with self._file:
            for kind, doc_id in dict.fromkeys(keys):
                doc = self.get(kind, doc_id)
                if doc is None:
                    self._file.execute(_DELETE, (kind, doc_id))
                else:
                    body = json.dumps(doc, ensure_ascii=False)
                    self._file.execute(_UPSERT, (kind, doc_id, body))


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False)
    # A write-ahead log survives a killed process and costs no flush of the disk per call.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(_SCHEMA)
    connection.commit()
    return connection
