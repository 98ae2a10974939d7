"""What meetings teach the directories in passing, so that these fill where no list may be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connect import rows
from offices.directory import learn_colleague_names, learn_in_passing
from offices.models import Estate, IntakeSource, Office

LONGEST_ID = 64
_COLLEAGUES = (("brokerId", "brokerName"), ("bookedById", "bookedByName"))


def teach(office: Office, found: Iterable[rows.Row]) -> None:
    """Learn brokers and bookers, homes and intake sources that these meetings name."""
    meetings = list(found)
    learn_colleague_names(office, _colleagues(meetings))
    learn_in_passing(Estate, office, _estates(meetings))
    learn_in_passing(IntakeSource, office, _sources(meetings))


def _colleagues(meetings: list[rows.Row]) -> dict[str, str]:
    pairs = [
        (rows.text(row, key), rows.text(row, name)) for row in meetings for key, name in _COLLEAGUES
    ]
    return {vitec_id: name for vitec_id, name in pairs if _is_id(vitec_id) and name}


def _estates(meetings: list[rows.Row]) -> dict[str, dict[str, Any]]:
    """By address: that of the meeting, which is held at the home."""
    pairs = [
        (rows.text(row, "estateId"), rows.text(rows.child(row, "address"), "streetAddress"))
        for row in meetings
    ]
    return {key: {"address": address[:200]} for key, address in pairs if _is_id(key)}


def _sources(meetings: list[rows.Row]) -> dict[str, dict[str, Any]]:
    sources = [rows.child(row, "assignmentSource") for row in meetings]
    pairs = [(rows.text(source, "id"), rows.text(source, "name")) for source in sources]
    return {key: {"name": name[:200]} for key, name in pairs if _is_id(key) and name}


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID
