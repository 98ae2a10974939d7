"""Text that a spreadsheet would take for a formula, and how it is kept from doing so."""

from __future__ import annotations

import re

# What a cell must not begin with; also as full width, as Japanese keyboards write it.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_PHONE = re.compile(r"\+[0-9][0-9 ()-]{5,}")


def is_risky(text: str) -> bool:
    """Would a program that opens the text reckon with it?"""
    return text.startswith(_STARTS)


def is_phone(text: str) -> bool:
    """`+47 22 12 34 56`: begins as a formula and is none, where the cell is typed as text."""
    return _PHONE.fullmatch(text) is not None


def defused(text: str) -> str:
    """With the apostrophe by which spreadsheets know a text."""
    return f"'{text}" if is_risky(text) else text
