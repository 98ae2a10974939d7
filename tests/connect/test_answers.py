from __future__ import annotations

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.answers import masked, messages, place
from connect.errors import FieldMessage


def said(value: object) -> list[tuple[str, str]]:
    text = value if isinstance(value, str) else json.dumps(value)
    return [(each.field, each.message) for each in messages(text)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"validationErrors": ["A", "B"]}, [("", "A"), ("", "B")]),
        ({"ValidationErrors": [{"Field": "date", "Message": "A"}]}, [("date", "A")]),
        ({"validationErrors": [{"propertyName": "date", "errorMessage": "A"}]}, [("date", "A")]),
        ({"validationErrors": [{"name": "date", "error": "A"}]}, [("date", "A")]),
        (
            {"validationErrors": [{"key": "date", "errors": ["A", "B"]}]},
            [("date", "A"), ("date", "B")],
        ),
        (
            {"validationErrors": [{"memberNames": ["a", "b"], "errorMessage": "A"}]},
            [("a", "A"), ("b", "A")],
        ),
        ({"validationErrors": [{"errorMessage": "A", "attemptedValue": "typed"}]}, [("", "A")]),
        ({"validationErrors": {"date": ["A"]}}, [("date", "A")]),
        ({"validationErrors": "A"}, [("", "A")]),
        ({"message": "A"}, [("", "A")]),
        ({"Message": "A", "stackTrace": "at x"}, [("", "A")]),
        ({"message": "The request is invalid."}, [("", "The request is invalid.")]),
        (
            {"message": "The request is invalid.", "modelState": {"model.Date": ["A", "B"]}},
            [("model.Date", "A"), ("model.Date", "B")],
        ),
        (
            {"Message": "Datum", "ModelState": {"comeback.Participant.UserId": ["A"]}},
            [("comeback.Participant.UserId", "A"), ("", "Datum")],
        ),
        ({"modelState": {"name": ["A"], "message": ["B"]}}, [("name", "A"), ("message", "B")]),
        (
            {"modelState": {"d": {"errors": [{"errorMessage": "A"}], "value": "typed"}}},
            [("d", "A")],
        ),
        ({"modelState": {"participant": {"userId": ["A"]}}}, [("participant.userId", "A")]),
        (
            {
                "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
                "title": "One or more validation errors occurred.",
                "status": 400,
                "errors": {"$.date": ["A"], "": ["B"]},
            },
            [("date", "A"), ("", "B")],
        ),
        ({"title": "Bad Request", "detail": "A", "status": 400}, [("", "A")]),
        ({"error": {"code": "x", "message": "A"}}, [("", "A")]),
        ({"Date": ["A"], "note": ["B"]}, [("Date", "A"), ("note", "B")]),
        ("A", [("", "A")]),
        ("  Datumet\r\n saknas \n", [("", "Datumet saknas")]),
        (json.dumps("A"), [("", "A")]),
        (["A", "B"], [("", "A"), ("", "B")]),
        ([{"field": "date", "message": "A"}], [("date", "A")]),
        (["A", "A", "A"], [("", "A")]),
        (["Saknas\u0000\u202e\u200b\ud800 helt"], [("", "Saknas helt")]),
    ],
)
def test_it_reads_complaints_in_every_known_shape(value, expected):
    assert said(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "   ",
        "<!DOCTYPE html><html><body>Fel</body></html>",
        "<Error><Message>Fel</Message></Error>",
        "Runtime Error <br> in line 5",
        "\x00\x01\x02",
        "a\x07b",
        "caf\ufffd",
        "x" * 301,
        '{"message": "half',
        '"half',
        "[" * 100_000,
        "17",
        "null",
        "true",
        {},
        [],
        {"message": None},
        {"message": 17},
        {"traceId": "0HL", "status": 400},
        {"modelState": None},
        {"validationErrors": [None, 1, [], {}]},
    ],
)
def test_it_finds_nothing_in_what_says_nothing(value):
    assert said(value) == []


def test_it_limits_length_and_number():
    found = messages(json.dumps([f"{number} " + "x" * 1000 for number in range(50)]))
    assert len(found) == 20
    assert {len(each.message) for each in found} == {300}
    assert found[0].message.endswith("…")


FIELDS = {
    "date": "when",
    "participant.userId": "participant",
    "participant.userGroupId": "participant",
    "updatePerson.address.zipCode": "zip_code",
    "updatePerson.note": "person_note",
    "note": "note",
    "lookingForAccommodations.price.min": "price_min",
    "lookingForAccommodations[0].price.max": "price_max",
    "presentAccommodation.price": "price",
    "a.shared": "a",
    "b.shared": "b",
}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("date", "when"),
        ("Date", "when"),
        ("model.Date", "when"),
        ("comeback.Participant.UserId", "participant"),
        ("updatePerson.address.zipCode", "zip_code"),
        ("UPDATEPERSON.ADDRESS.ZIPCODE", "zip_code"),
        ("$.updatePerson.address.zipCode", "zip_code"),
        ("interest.updatePerson.note", "person_note"),
        ("interest.note", "note"),
        ("note", "note"),
        ("zipCode", "zip_code"),
        ("address.zipCode", "zip_code"),
        ("userId", "participant"),
        ("lookingForAccommodations[0].price.min", "price_min"),
        ("model.lookingForAccommodations[12].Price.Max", "price_max"),
        ("price", "price"),
    ],
)
def test_it_finds_our_field_for_vitecs(theirs, ours):
    assert place([FieldMessage(theirs, "A")], FIELDS) == (FieldMessage(ours, "A"),)


@pytest.mark.parametrize(
    "theirs", ["shared", "street", "zipCode.x", "max.price", "code", "[0]", "."]
)
def test_it_keeps_the_name_of_a_field_we_do_not_have(theirs):
    assert place([FieldMessage(theirs, "A")], FIELDS) == (FieldMessage("", f"A ({theirs})"),)


def test_it_places_general_messages_as_they_are_and_each_once():
    given_twice = [FieldMessage("", "A"), FieldMessage("date", "B"), FieldMessage("Date", "B")]
    assert place(given_twice, FIELDS) == (FieldMessage("", "A"), FieldMessage("when", "B"))


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("", "<empty>"),
        ('"VID17A_3-b"', '"VID17A_3-b"'),
        ('"4711"', '"4711"'),
        ('"191212121212"', '"•••(12)"'),
        ('"19121212-1212"', '"•••(13)"'),
        ('"073-7390001"', '"•••(11)"'),
        ('"Anna Andersson"', '"•••(14)"'),
        ('"' + "x" * 65 + '"', '"•••(65)"'),
        ('{"message": "Anna"}', '{"message": "•••(4)"}'),
        (
            '{"n": 17, "p": 3500000, "ok": true, "x": null}',
            '{"n": 17, "p": "•••(7)", "ok": true, "x": null}',
        ),
        ('{"errors": {"a.b[0]": ["Anna"]}}', '{"errors": {"a.b[0]": ["•••(4)"]}}'),
        ('{"Anna Andersson": 1, "x7303151234": 2}', '{"•••(14)": 1, "•••(11)": 2}'),
        ("<html>Anna</html>", "<text/html 17 bytes>"),
        ("<a>Anna</a>", "<text/xml 11 bytes>"),
        ("Årsta", "<text/plain 6 bytes>"),
        ('{"Anna', "<broken json 6 bytes>"),
    ],
)
def test_it_masks_what_was_typed(text, excerpt):
    assert masked(text) == excerpt


def test_it_keeps_an_excerpt_short():
    assert len(masked(json.dumps([{"message": "Anna"}] * 1000))) == 500


SHAPES = st.sampled_from(
    ["message", "modelState", "validationErrors", "errors", "field", "name", "memberNames", "error"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | SHAPES, inner),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.text() | JSON.map(json.dumps))
def test_it_never_fails_whatever_comes(text):
    found = messages(text)
    assert len(found) <= 20
    assert all(0 < len(each.message) <= 300 for each in found)
    assert all(each.message.isprintable() for each in found)
    assert all(each.field or each.message for each in place(found, FIELDS))
    assert len(masked(text)) <= 500


@settings(max_examples=50, deadline=None)
@given(JSON, st.text(alphabet=string.ascii_letters + "åäö ", min_size=8))
def test_it_never_shows_a_typed_text(value, typed):
    secret = f"{typed} å"
    assert secret not in masked(json.dumps([value, {"note": [secret]}], ensure_ascii=False))


@pytest.mark.parametrize("depth", [50, 300, 900, 5000])
def test_it_survives_any_depth(depth):
    text = '{"errors":[' * depth + '"Anna"' + "]}" * depth
    assert messages(text) == ()
    assert "Anna" not in masked(text)


def test_what_no_field_holds_is_called_by_the_staffs_word() -> None:
    words = {"updatePerson.customerId": "kontorets kund-id"}
    said = [FieldMessage("updatePerson.customerId", "A"), FieldMessage("CustomerId", "B")]

    assert place(said, {}, words) == (
        FieldMessage("", "A (kontorets kund-id)"),
        FieldMessage("", "B (kontorets kund-id)"),
    )
