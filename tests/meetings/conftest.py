"""A practice Vitec whose meetings can be moved, cancelled, deleted and added between two syncs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from offices.models import Credential, Office
from sandbox.server import Sandbox
from tests.factories import STOCKHOLM


class Diary:
    """The meetings of M30011 at the practice Vitec, and nobody else's."""

    def __init__(self, vitec: Sandbox) -> None:
        self.store = vitec.practice.store
        with self.store.transaction():
            for doc in self.store.all("meetings"):
                self.store.remove("meetings", doc["id"])

    def add(self, vitec_id: str, meeting_date: str, **fields: Any) -> None:
        """A meeting on a Swedish wall clock such as `2026-11-24T10:00:00`."""
        doc = {
            "customerId": "M30011",
            "id": vitec_id,
            "contactId": "ADR1",
            "contactName": "Anna Ek",
            "address": {"streetAddress": "Storgatan 4", "zipCode": "172 65", "city": "Sundbyberg"},
            "telePhone": "",
            "cellPhone": "070-174 06 05",
            "meetingDate": meeting_date,
            "bookedDate": "2026-11-10T09:12:33.65",
            "type": "Assignment",
            "state": "Booked",
            "brokerId": "HAN1",
            "brokerName": "Bo Alm",
            **fields,
        }
        self._put(doc)

    def change(self, vitec_id: str, **fields: Any) -> None:
        doc = self.store.get("meetings", vitec_id)
        assert doc is not None
        self._put({**doc, **fields})

    def delete(self, vitec_id: str) -> None:
        with self.store.transaction():
            self.store.remove("meetings", vitec_id)

    def _put(self, doc: dict[str, Any]) -> None:
        with self.store.transaction():
            self.store.put("meetings", doc["id"], doc)


@pytest.fixture
def diary(vitec: Sandbox, office: Office) -> Diary:
    return Diary(vitec)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch, office: Office) -> Callable[[str], dt.datetime]:
    """Sets the portal's clock, in Stockholm. The office has had its login for years."""
    Credential.objects.update(changed_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    def set_clock(text: str) -> dt.datetime:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(dt.UTC))
        return moment

    set_clock("2026-11-21T10:00:00")
    return set_clock
