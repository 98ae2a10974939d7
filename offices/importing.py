"""Importing a directory from a CSV file: read it, say what it would do, do all of it or nothing.

What the columns of a directory are is declared in `Sheet`s; an app declares its own beside its
look-ups. A file as Excel saves it in Sweden is understood: `;` or `,`, UTF-8 or Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from offices.directory import learn_rows
from offices.models import DirectoryRow, Office

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 5000
# More complaints than these help nobody.
MOST_PROBLEMS = 100
LONGEST_ID = 64
DELIMITERS = (";", "\t", ",")

Values = dict[str, Any]


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the text is for the person who chose it."""


@dataclasses.dataclass(frozen=True)
class Column:
    """One column. headers: what it may be called, in any case; the first is shown in Swedish.

    read: turns the text of a cell, which is never empty, into a value. Raises ValueError with a
    text for people.
    """

    name: str
    headers: tuple[str, ...]
    required: bool = False
    longest: int = 200
    read: Callable[[str], Any] = str


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One directory as a file. key: that of its look-up. The id is always a column.

    read_id: as `Column.read`, of the id.
    values: a row's cells -> what is stored; only what was filled in is there. Raises ValueError
        with a text for people where the cells do not go together.
    stored: what is stored of a row, to tell whether anything would change.
    keep: stores the values of many rows by id.
    """

    key: str
    label: Any
    model: type[DirectoryRow]
    columns: tuple[Column, ...]
    id_headers: tuple[str, ...] = ("id",)
    read_id: Callable[[str], Any] = str
    values: Callable[[Values, Any], Values] = lambda cells, row: cells
    keep: Callable[[Office, Mapping[str, Values]], object] | None = None

    @property
    def headers(self) -> list[str]:
        """The header line to begin a file with."""
        return [self.id_headers[0], *(column.headers[0] for column in self.columns)]


UNKNOWN = Column("", ())

_sheets: dict[str, Sheet] = {}


def register(sheet: Sheet) -> Sheet:
    """Make a sheet known. Raises ValueError when another has its key."""
    if sheet.key in _sheets:
        raise ValueError(f"two sheets are called {sheet.key}")
    _sheets[sheet.key] = sheet
    return sheet


def find_sheet(key: str) -> Sheet | None:
    """The sheet of a directory, if it can be imported."""
    return _sheets.get(key)


def all_sheets() -> list[Sheet]:
    return list(_sheets.values())


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong with one line of the file, counted from 1."""

    line: int
    text: str


@dataclasses.dataclass
class Plan:
    """What importing a file would do. Ids of rows; `values` of those that are new or changed."""

    new: list[str] = dataclasses.field(default_factory=list)
    changed: list[str] = dataclasses.field(default_factory=list)
    unchanged: list[str] = dataclasses.field(default_factory=list)
    values: dict[str, Values] = dataclasses.field(default_factory=dict)
    ignored: list[str] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)

    @property
    def can_be_imported(self) -> bool:
        return not self.problems and bool(self.values)


# --- Reading -----------------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    """The file's text. Raises UnreadableFile."""
    if len(content) > LARGEST:
        raise UnreadableFile(_("The file is larger than 2 MB."))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        raise UnreadableFile(_("This is no CSV file. Save it as “CSV UTF-8” and try again."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("The letters of the file cannot be read. Save it as “CSV UTF-8” and try again.")
        ) from error


def plan(office: Office, sheet: Sheet, text: str) -> Plan:
    """What the file would do now; nothing is changed. Raises UnreadableFile."""
    lines = _lines(text)
    if not lines:
        raise UnreadableFile(_("The file is empty."))
    made = Plan()
    places = _places(sheet, lines[0][1], made)
    found: dict[str, tuple[int, Values]] = {}
    for number, cells in lines[1:]:
        if any(cell.strip() for cell in cells[len(lines[0][1]) :]):
            made.problems.append(Problem(number, _("There are more cells than columns.")))
        else:
            _take(places, number, cells, found, made)
    _compare(office, sheet, found, made)
    made.problems.sort(key=lambda problem: problem.line)
    del made.problems[MOST_PROBLEMS:]
    return made


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, each with its number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, cells))
            if len(found) > MOST_ROWS + 1:
                raise UnreadableFile(_("The file has more than %d rows. Divide it.") % MOST_ROWS)
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %d cannot be read. Is a quotation mark missing?") % reader.line_num
        ) from error
    return found


def _delimiter(text: str) -> str:
    """What divides the cells of the first line; `;` where nothing does."""
    first = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=first.count)


def _places(sheet: Sheet, header: list[str], made: Plan) -> dict[int, Column]:
    """Which cell is which column. Raises UnreadableFile where one is missing."""
    known: dict[str, Column] = {}
    for column in (_id_column(sheet), *sheet.columns):
        known |= dict.fromkeys(map(_folded, column.headers), column)
    places: dict[int, Column] = {}
    for place, name in enumerate(header):
        column = known.get(_folded(name), UNKNOWN)
        if column is UNKNOWN:
            if name.strip():
                made.ignored.append(name.strip()[:60])
        elif column in places.values():
            raise UnreadableFile(_("Two columns are called “%s”.") % name.strip())
        else:
            places[place] = column
    wanted = [column for column in (_id_column(sheet), *sheet.columns) if column.required]
    missing = [column.headers[0] for column in wanted if column not in places.values()]
    if missing:
        raise UnreadableFile(
            _("The first line must name the columns. Missing: %s") % ", ".join(missing)
        )
    return places


def _id_column(sheet: Sheet) -> Column:
    return Column(
        "vitec_id", sheet.id_headers, required=True, longest=LONGEST_ID, read=sheet.read_id
    )


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def _take(
    places: dict[int, Column],
    number: int,
    cells: list[str],
    found: dict[str, tuple[int, Values]],
    made: Plan,
) -> None:
    row: Values = {}
    complaints: list[str] = []
    for place, column in places.items():
        text = cells[place] if place < len(cells) else ""
        try:
            value = _read(column, text)
        except ValueError as error:
            complaints.append(f"{column.headers[0]}: {error}")
            continue
        if value is not None:
            row[column.name] = value
        elif column.required:
            complaints.append(_("%s: must be filled in.") % column.headers[0])
    vitec_id = row.pop("vitec_id", "")
    if vitec_id in found:
        complaints.append(_("The id stands on line %d already.") % found[vitec_id][0])
    made.problems += [Problem(number, complaint) for complaint in complaints]
    if vitec_id and not complaints:
        found[vitec_id] = (number, row)


def _read(column: Column, raw: str) -> Any:
    """The value of a cell; None for an empty one. Raises ValueError with a text for people."""
    # Excel's own mark for "this is text".
    text = re.sub(r"^'(?=[=+\-@])", "", raw.strip())
    if not text:
        return None
    # What a spreadsheet would take for a formula has no business in a name, whoever opens it next.
    if text[0] in "=@" or re.match(r"[+-](?![\d\s(])", text):
        raise ValueError(_("must not begin with “%s”.") % text[0])
    if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in text):
        raise ValueError(_("holds a character that cannot be shown."))
    if len(text) > column.longest:
        raise ValueError(_("is longer than %d characters.") % column.longest)
    return column.read(text)


def yes_or_no(text: str) -> bool:
    """For a column that is true or false."""
    known = {
        "ja": True, "j": True, "x": True, "1": True, "yes": True, "y": True, "true": True,
        "sant": True, "nej": False, "n": False, "0": False, "no": False, "false": False,
        "falskt": False,
    }  # fmt: skip
    try:
        return known[text.casefold()]
    except KeyError as error:
        raise ValueError(_("write yes or no.")) from error


# --- Comparing and keeping ---------------------------------------------------------------------


def _compare(
    office: Office, sheet: Sheet, found: dict[str, tuple[int, Values]], made: Plan
) -> None:
    rows = sheet.model._default_manager.filter(office=office).select_related()
    known = {row.vitec_id: row for row in rows}
    for vitec_id, (number, cells) in found.items():
        row = known.get(vitec_id)
        try:
            values = sheet.values(cells, row)
        except ValueError as error:
            made.problems.append(Problem(number, str(error)))
            continue
        if row is None:
            made.new.append(vitec_id)
        elif row.missing_since or any(getattr(row, name) != values[name] for name in values):
            made.changed.append(vitec_id)
        else:
            made.unchanged.append(vitec_id)
            continue
        made.values[vitec_id] = values


@transaction.atomic
def keep(office: Office, sheet: Sheet, made: Plan) -> None:
    """Do what was planned, all of it or nothing."""
    if sheet.keep:
        sheet.keep(office, made.values)
    else:
        learn_rows(sheet.model, office, made.values, complete=False)
