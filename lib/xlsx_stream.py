"""A workbook of one sheet (.xlsx), made while it is sent: no file, and no more memory than a row.

Source: ECMA-376, part 1. Texts stand in their cells (inline strings) and are typed as text, so that
nothing in them is reckoned with; moments are numbers of days with a format, as everywhere there.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from lib.formulas import defused, is_phone, is_risky

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many bytes leave at once.
PORTION = 32_000
LONGEST = 32_767
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - as the cells, it stands on a wall clock
_DAY = dt.timedelta(days=1)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "xl/worksheets/sheet1.xml"
# The places of the looks in the styles.
_TEXT, _MOMENT, _DATE, _AMOUNT, _HEADING, _QUOTED = 1, 2, 3, 4, 5, 6


def _look(number: int = 0, more: str = "", *, font: int = 0) -> str:
    """number: the format's id, 49 is text and 4 an amount; font: 1 is bold."""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="1" applyFont="1"{more}/>'
    )


_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT_TYPE}.main+xml"/>'
        f'<Override PartName="/{_SHEET}" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"'
        f' Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="7">'
        f"{_look()}{_look(49)}{_look(164)}{_look(165)}{_look(4)}{_look(font=1)}"
        + _look(49, ' quotePrefix="1"')
        + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    ),
}


def stream(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> Iterator[bytes]:
    """The file in portions; the first one leaves before a row is asked for.

    name: of the sheet. widths: of the columns, in letters.
    Cells: str, int, Decimal, date, datetime on the wall clock, or None.
    """
    outlet = _Outlet()
    letters = [_letters(place) for place in range(len(heading))]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for path, part in {**_PARTS, "xl/workbook.xml": _workbook(name)}.items():
            archive.writestr(path, _HEAD + part)
        yield outlet.taken()
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(_beginning(heading, letters, widths).encode())
            number = 1
            for number, row in enumerate(rows, start=2):
                sheet.write(_row(number, letters, row).encode())
                if outlet.held > PORTION:
                    yield outlet.taken()
            sheet.write(
                f'</sheetData><autoFilter ref="A1:{letters[-1]}{number}"/></worksheet>'.encode()
            )
    yield outlet.taken()


class _Outlet(io.RawIOBase):
    """Where the archive is written to, and taken from piece by piece; it cannot seek."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.held = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self.held += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.held = 0
        return taken


def _workbook(name: str) -> str:
    shown = escape(name, {'"': "&quot;"})
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{shown}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _beginning(heading: Sequence[str], letters: list[str], widths: Sequence[int]) -> str:
    """The sheet's head: the first row stands still and is bold."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    words = "".join(
        _text(f"{letter}1", word, _HEADING) for letter, word in zip(letters, heading, strict=True)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols>{columns}</cols><sheetData><row r="1">{words}</row>'
    )


def _row(number: int, letters: list[str], cells: Sequence[Any]) -> str:
    made = [_cell(f"{letter}{number}", cell) for letter, cell in zip(letters, cells, strict=True)]
    return f'<row r="{number}">{"".join(made)}</row>'


def _cell(place: str, cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        if not is_risky(cell):
            return _text(place, cell, _TEXT)
        return _text(place, cell if is_phone(cell) else defused(cell), _QUOTED)
    if isinstance(cell, dt.datetime):
        return f'<c r="{place}" s="{_MOMENT}"><v>{(cell - _EPOCH) / _DAY:.10f}</v></c>'
    if isinstance(cell, dt.date):
        return f'<c r="{place}" s="{_DATE}"><v>{(cell - _EPOCH.date()).days}</v></c>'
    if isinstance(cell, Decimal):
        return f'<c r="{place}" s="{_AMOUNT}"><v>{cell:f}</v></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def _text(place: str, text: str, style: int) -> str:
    kept = escape(_ILLEGAL.sub("", text[:LONGEST]))
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'
    )


def _letters(place: int) -> str:
    """`A` for 0, `AA` for 26."""
    rest, last = divmod(place, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + last)
