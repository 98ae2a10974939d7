"""The person of a write. What each field refuses is tried through the participant's form."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from offices.models import Office
from offices.person_form import PERSON_FIELDS, PERSON_PLACES, PREFIX, person_body, person_name
from tests.factories import make_contact

OFFICE = Office(customer_id="M30011")


def cleaned(**values: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(PERSON_FIELDS, "")
    nothing[PREFIX + "gdpr_approval_date"] = None
    return nothing | {PREFIX + name: value for name, value in values.items()}


def test_of_nothing_only_the_office_is_sent() -> None:
    assert person_body(OFFICE, cleaned()) == {"customerId": "M30011"}


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({"tele_phone": "08-1"}, {"telePhone": "08-1"}),
        ({"email_address2": "a@ek.se"}, {"email": {"emailAddress2": "a@ek.se"}}),
        ({"city": "Solna"}, {"address": {"city": "Solna"}}),
        ({"wish_advertising": "no"}, {"wishAdvertising": False}),
        ({"wish_advertising": "yes"}, {"wishAdvertising": True}),
        ({"is_foreign_social_security_number": True}, {}),
        (
            {"social_security_number": "X1", "is_foreign_social_security_number": True},
            {"socialSecurityNumber": "X1", "isForeignSocialSecurityNumber": True},
        ),
        (
            {"gdpr_approval_date": dt.date(2026, 1, 31)},
            {"gdprApprovalDate": "2026-01-31T00:00:00+01:00"},
        ),
    ],
)
def test_only_what_was_entered_is_sent(values: dict[str, Any], sent: dict[str, Any]) -> None:
    assert person_body(OFFICE, cleaned(**values)) == {"customerId": "M30011", **sent}


def test_every_place_at_vitec_leads_to_a_field() -> None:
    assert set(PERSON_PLACES.values()) == set(PERSON_FIELDS)


@pytest.mark.django_db
def test_it_is_called_by_the_name_typed_else_by_the_contacts(office: Office) -> None:
    make_contact(office)

    typed = cleaned(first_name="Bo", last_name="Alm", contact_id="ADR1")
    assert person_name(office, typed) == "Bo Alm"
    assert person_name(office, cleaned(contact_id="ADR1")) == "Anna Ek"
    assert person_name(office, cleaned(contact_id="ADR9")) == "ADR9"
    assert person_name(office, cleaned()) == ""
