"""Lists of people as they are pasted or exported: free lines, or CSV with `;`, `,` or tab."""

from __future__ import annotations

import csv
import dataclasses
import io
import re

from lib import person_lines
from lib.person_lines import PersonLine

# What a list's first row may call its columns, without marks and in small letters.
_COLUMNS = {
    "first_name": ["förnamn", "fornamn", "firstname", "first", "givenname", "tilltalsnamn"],
    "last_name": ["efternamn", "lastname", "last", "surname", "familyname"],
    "name": ["namn", "name", "fullname", "person", "deltagare", "besökare", "kontakt"],
    "phone": [
        "mobil", "mobiltelefon", "mobilnummer", "mobilnr", "telefon", "telefonnummer", "tel",
        "telefonnr", "phone", "mobile", "cellphone", "phonenumber", "nummer",
    ],
    "email": ["epost", "epostadress", "mail", "mejl", "email", "emailaddress", "mailadress"],
}  # fmt: skip
_MEANING = {word: column for column, words in _COLUMNS.items() for word in words}
_DELIMITERS = ("\t", ";", ",")
# What a file of a list may be called.
TEXT_FILES = ("csv", "txt", "tsv")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclasses.dataclass(frozen=True)
class Listed:
    """One person of a list. line: the number of its line, from 1. text: the line as it came."""

    line: int
    text: str
    person: PersonLine


def is_text(raw: bytes) -> bool:
    """No NUL, which an archive, a picture or a workbook begins with soon, unless it is UTF-16."""
    return raw.startswith(_UTF_16) or b"\0" not in raw


def decoded(raw: bytes) -> str:
    """A file's text: UTF-8, UTF-16 with its mark, else the Windows code page of the West."""
    if raw.startswith(_UTF_16):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read(text: str) -> list[Listed]:
    """The people of a list, in order; blank lines and a row of headings are passed over."""
    lines = text.replace("\0", "").lstrip("\ufeff").splitlines()
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line.strip(" \t;,")]
    if not filled:
        return []
    delimiter = _delimiter([line for _number, line in filled])
    table = [(number, line, _cells(line, delimiter)) for number, line in filled]
    headings = _headings(table[0][2])
    if headings:
        table = table[1:]
    return [Listed(number, line.strip(), _person(cells, headings)) for number, line, cells in table]


def _delimiter(lines: list[str]) -> str:
    """The mark that stands in most lines; "" for free lines.

    A comma may only part a last name from a first one, so it must stand twice, or head a table.
    """
    for mark in _DELIMITERS:
        least = 2 if mark == "," and not _headings(_cells(lines[0], mark)) else 1
        if sum(line.count(mark) >= least for line in lines) * 2 > len(lines):
            return mark
    return ""


def _cells(line: str, delimiter: str) -> list[str]:
    if not delimiter:
        return [line]
    try:
        [cells] = csv.reader(io.StringIO(line), delimiter=delimiter) or [[line]]
    except (csv.Error, ValueError):
        # An open quotation mark: as plain text.
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def _headings(cells: list[str]) -> list[str]:
    """What each column means, "" for the unknown; nothing where the row is no row of headings."""
    meanings = [_MEANING.get(re.sub(r"[^a-zåäö]", "", cell.casefold()), "") for cell in cells]
    named = {"first_name", "last_name", "name"} & set(meanings)
    return meanings if named and len(cells) > 1 else []


def _person(cells: list[str], headings: list[str]) -> PersonLine:
    if headings:
        return _by_headings(cells, headings)
    if len(cells) == 1:
        return person_lines.read(cells[0])
    return _by_content(cells)


def _by_headings(cells: list[str], headings: list[str]) -> PersonLine:
    said = dict.fromkeys(_COLUMNS, "")
    for meaning, cell in zip(headings, cells, strict=False):
        # Of two columns of phones the first that is filled.
        if meaning and cell and not said[meaning]:
            said[meaning] = cell
    first, last = said["first_name"], said["last_name"]
    if said["name"] and not first:
        first, last = (said["name"], last) if last else person_lines.split_name(said["name"])
    return PersonLine(first, last, said["phone"], said["email"])


def _by_content(cells: list[str]) -> PersonLine:
    """Without headings: an e-mail has its mark, a phone its digits, the rest are names in order."""
    email = phone = left_over = ""
    names = []
    for cell in filter(None, cells):
        if not email and person_lines.is_email(cell):
            email = cell
        elif not phone and sum(mark.isdigit() for mark in cell) >= 5:
            phone = cell
        elif not any(mark.isdigit() for mark in cell):
            names.append(cell)
        elif names:
            # Behind a name: a number mistyped. Before it: the number of the line.
            left_over = left_over or cell
    first, last = names[:2] if len(names) > 1 else person_lines.split_name("".join(names))
    return PersonLine(first, last, phone or left_over, email)
