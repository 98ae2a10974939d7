from __future__ import annotations

from typing import Any

import pytest

from offices.models import Office
from tests.factories import (
    make_colleague,
    make_contact,
    make_lead_source,
    make_person_directories,
    make_slot,
)

PERSON = "update_person-"


@pytest.fixture
def directories(office: Office) -> None:
    """A slot in two days, a lead source, a contact with a mobile number, and what else of a person
    can be chosen."""
    make_contact(office)
    make_colleague(office)
    make_person_directories(office)
    make_slot(office)
    make_lead_source(office)


def posted(**values: Any) -> dict[str, Any]:
    """What a complete booking posts; of `person_…` the names as Vitec's person has them."""
    usual = {
        "time_slot_id": "TID1",
        PERSON + "first_name": "Anna",
        PERSON + "cell_phone": "070-174 06 05",
    }
    named = {
        (PERSON + name.removeprefix("person_") if name.startswith("person_") else name): value
        for name, value in values.items()
    }
    return {**usual, **named}
