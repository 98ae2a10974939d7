import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.payloads import comeback_call
from offices.models import Office
from tests.factories import comeback_values

OFFICE = Office(customer_id="M30011")


def body(**values: object) -> dict[str, object]:
    return json.loads(comeback_call(OFFICE, comeback_values(**values)).body or "")  # type: ignore[no-any-return]


def test_only_what_was_entered_is_sent() -> None:
    assert body() == {
        "date": "2027-03-01T09:00:00+01:00",
        "participant": {"userId": "HAN1"},
    }


@pytest.mark.parametrize("field", ["userId", "userGroupId", "officeId"])
def test_the_participant_carries_exactly_one_id(field: str) -> None:
    assert body(participant=(field, "X1"))["participant"] == {field: "X1"}


@given(contact_id=st.text(min_size=1, max_size=40))
def test_any_id_is_one_segment_of_the_path(contact_id: str) -> None:
    if contact_id.strip() not in ("", ".", ".."):
        path = comeback_call(OFFICE, comeback_values(contact_id=contact_id)).path

        assert path.count("/") == 3
        assert "?" not in path
        assert " " not in path


def test_swedish_letters_travel_as_they_are() -> None:
    assert "å ä ö" in (comeback_call(OFFICE, comeback_values(note="å ä ö")).body or "")
