from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import QueryDict

from interests.forms import InterestForm
from offices.models import Office
from tests.factories import (
    make_area,
    make_colleague,
    make_contact,
    make_municipality,
    make_requirement,
)

PERSON = "update_person-"
FIRST = "looking_for_accommodations-0-"


@pytest.fixture
def directories(office: Office) -> None:
    """A contact, a broker, an area, three requirements and a municipality."""
    make_contact(office)
    make_colleague(office)
    make_area(office)
    make_requirement(office)
    make_requirement(office, "403", "Garage", "House", "Condominium")
    make_requirement(office, "406", "Visning på kväll", "Castle")
    make_municipality(office, "0184")


def posted(**values: Any) -> dict[str, Any]:
    """What a complete interest posts. Of `person_…` the names as Vitec's person has them, of
    `first_…` those of the first profile, in which `__` stands for the hyphen of a range.
    """
    usual = {
        "form_token": str(uuid.uuid4()),
        PERSON + "first_name": "Anna",
        PERSON + "cell_phone": "070-174 06 05",
        FIRST + "housing_cooperative": "on",
        FIRST + "active": "on",
        "watched": "NotAsked",
    }
    return usual | {_name(name): value for name, value in values.items()}


def _name(name: str) -> str:
    if name.startswith("first_"):
        return FIRST + name.removeprefix("first_").replace("__", "-")
    if name.startswith("present_"):
        return "present_accommodation-" + name.removeprefix("present_")
    return PERSON + name.removeprefix("person_") if name.startswith("person_") else name


def query(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def bound(office: Office, **values: Any) -> InterestForm:
    return InterestForm(query(posted(**values)), office=office)
