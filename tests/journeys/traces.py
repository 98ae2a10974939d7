"""A person who is to leave no trace, and the search for one in everything that a portal keeps.

On PostgreSQL the files of its database are read through the server, which takes a superuser or
`pg_read_server_files`; its write-ahead log is not searched, for it turns over by itself.
"""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
from cryptography.fernet import Fernet, InvalidToken

from tests.journeys.stack import Person, Stack, wait_until

NAME, LAST = "Kanarina Fågelsson", "Fågelsson"
# From the range that is kept free for plays, so that nobody in the demo has it.
PHONE, EMAIL, NUMBER = "+44 7700 900123", "kanarina@example.se", "189001019802"
TRACES = [
    "Kanarina", "Fågelsson", "fågelsson", "7700900123", "900123", "kanarina@", "01019802",
    "0101-9802",
]  # fmt: skip
TOKEN = re.compile(r"gAAAA[A-Za-z0-9_-]{60,}={0,2}")
# So much of a sealed text in one piece would count as left: pages of a file cut them anywhere.
PIECE = 40
# What plays Vitec is no part of the portal.
NOT_OURS = "sandbox"


# --- Her way in --------------------------------------------------------------------------------


def register_her(stack: Stack) -> str:
    """Kanarina at the door of a viewing, by bokare; where her submission stands."""
    bokare = Person(stack, "bokare")
    page, slot = wait_until(lambda: _form_with_slot(bokare), 60, "a viewing with a slot")
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
    fields = {
        **hidden,
        "mode": "door",
        "participated": "on",
        "time_slot_id": slot,
        "update_person-first_name": "Kanarina",
        "update_person-last_name": "Fågelsson",
        "update_person-cell_phone": PHONE,
        "update_person-email_address": EMAIL,
        "update_person-social_security_number": NUMBER,
    }
    sent = bokare.post("/viewings/participants/new/?mode=door", page, **fields)
    assert "/submissions/" in sent.url, sent.text
    bokare.wait_for(sent, "delivered")
    return sent.url


def _form_with_slot(person: Person) -> tuple[Any, str] | None:
    page = person.get("/viewings/participants/new/?mode=door")
    select = page.text.partition('name="time_slot_id"')[2].partition("</select>")[0]
    slots = list(filter(None, re.findall(r'<option value="([^"]*)"', select)))
    return (page, slots[0]) if slots else None


def mark_her(stack: Stack) -> str:
    """Her identity is protected from now on, for a reason that names her; her contact's id."""
    ombud = Person(stack, "ombud")
    page = ombud.get("/offices/protected/")
    found = wait_until(
        lambda: re.search(r"contact=([\w-]+)", ombud.post("/offices/search/", page, q=NAME).text),
        30,
        "Vitec names her",
    )
    contact_id = str(found[1])
    reason = f"{NAME} är hotad"
    answer = ombud.post("/offices/protected/", page, contact_id=contact_id, reason=reason)
    assert LAST in answer.text, answer.text
    return contact_id


# --- What the portal keeps ---------------------------------------------------------------------


def rows(stack: Stack, query: str) -> list[Any]:
    url = stack.env.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as database:
            return database.execute(query.encode()).fetchall()
    with sqlite3.connect(stack.folder / "vitecportal.sqlite3") as database:
        return database.execute(query).fetchall()


def count_values(stack: Stack) -> None:
    """As the housekeeping of PostgreSQL does by itself: what it has counted keeps some values."""
    url = stack.env.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("ANALYZE")


def dump(stack: Stack) -> str:
    """Every row of every table, as text."""
    url = stack.env.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as database:
            return "\n".join(_tables(database))
    with sqlite3.connect(stack.folder / "vitecportal.sqlite3") as database:
        return "\n".join(database.iterdump())


def _tables(database: psycopg.Connection[Any]) -> Iterator[str]:
    # What PostgreSQL has counted of the values is a table too, and keeps some of them.
    names = database.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND "
        "(relnamespace = 'public'::regnamespace OR relname = 'pg_statistic')"
    ).fetchall()
    for (name,) in names:
        with database.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copied:
            yield b"".join(copied).decode()


def files(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Database, write-ahead log of SQLite, broker, cache, logs, mail: name and bytes of all."""
    for path in stack.folder.rglob("*"):
        if path.is_file() and NOT_OURS not in path.name:
            yield path.name, path.read_bytes()
    url = stack.env.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        yield from _files_of_postgres(url)


def _files_of_postgres(url: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(url, autocommit=True) as database:
        # What is in memory goes to the files, and files that are no table's any more go away.
        database.execute("CHECKPOINT")
        folder = database.execute(
            "SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()"
        ).fetchall()[0][0]
        for (name,) in database.execute("SELECT pg_ls_dir(%s)", [folder]).fetchall():
            path = f"{folder}/{name}"
            read = database.execute(
                "SELECT pg_read_binary_file(%s, 0, 1000000000, true)", [path]
            ).fetchall()
            yield path, bytes(read[0][0] or b"")


# --- The search --------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Opened:
    """A sealed text, what it says, and the sealed key by which it was opened."""

    token: str
    text: str
    by: str


def master(stack: Stack) -> Fernet:
    return Fernet((stack.folder / "secrets" / "field_encryption_key").read_text().strip())


def opened(stack: Stack) -> list[Opened]:
    """All in the database that can be opened with the master key, and with the keys it opens."""
    left = set(TOKEN.findall(dump(stack)))
    found, keys = [], [(master(stack), "")]
    while keys:
        key, by = keys.pop()
        for token in list(left):
            try:
                text = key.decrypt(token.encode()).decode()
            except InvalidToken:
                continue
            left.discard(token)
            found.append(Opened(token, text, by))
            if re.fullmatch(r"[\w-]{43}=", text):
                keys.append((Fernet(text), token))
    return found


def names_her(text: str) -> bool:
    return any(trace in text for trace in TRACES)


def sealed_of_her(stack: Stack) -> set[str]:
    """The sealed texts that tell of her, and the sealed keys that open them."""
    hers = [one for one in opened(stack) if names_her(one.text)]
    return {token for one in hers for token in (one.token, one.by) if token}


def pieces_left(stack: Stack, tokens: set[str]) -> list[str]:
    """The files that hold a piece of these sealed texts, deleted or not; a file for each piece."""
    # The first signs of all tokens are alike: version and time.
    pieces = {
        token[start : start + PIECE].encode()
        for token in tokens
        for start in range(20, len(token) - PIECE, PIECE)
    }
    return [name for name, text in files(stack) for piece in pieces if piece in text]


def leaks(stack: Stack) -> list[str]:
    """Where a trace of her is: in the bytes of a file, or in what can be opened."""
    found = [f"sealed: {one.text[:40]}" for one in opened(stack) if names_her(one.text)]
    for name, said in files(stack):
        text = said.decode(errors="replace")
        found += [f"{trace} in {name}" for trace in TRACES if trace in text]
    return found


def is_named(stack: Stack, contact_id: str) -> bool:
    """Does an id of hers stand anywhere in the database?"""
    return bool(re.search(rf"(?<![\w-]){re.escape(contact_id)}(?![\w-])", dump(stack)))
