from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from calendar_app.forms import AppointmentForm
from offices.models import Office
from tests.factories import STOCKHOLM, make_colleague

# A Wednesday, in week 47.
NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=STOCKHOLM)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    monkeypatch.setattr(timezone, "now", lambda: NOW.astimezone(dt.UTC))
    return NOW


@pytest.fixture
def bound(office: Office, now: dt.datetime) -> Callable[..., AppointmentForm]:
    """A form as it was posted, complete but for what is said otherwise."""
    make_colleague(office)

    def make(**posted: Any) -> AppointmentForm:
        values = {
            "form_token": str(uuid.uuid4()),
            "user_id": "HAN1",
            "subject": "Kontorsmöte",
            "starts_at": "2027-03-02 10:00",
        }
        data = QueryDict(mutable=True)
        for name, value in {**values, **posted}.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return AppointmentForm(data, office=office)

    return make
