from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connect.errors import FieldMessage
from interests.forms import InterestForm
from interests.kinds import INTEREST
from interests.models import Area, ExtraRequirement
from interests.profiles import PREFIX, ProfileForm
from offices.models import Contact, Office
from submissions.models import Submission
from tests.factories import make_area, make_contact, make_municipality, make_requirement
from tests.interests.conftest import FIRST, PERSON, bound, posted, query

pytestmark = pytest.mark.django_db

SOLNA = "59.36, 17.96\n59.36, 17.98\n59.37, 17.98"
SPAIN = "36.5, -4.9\n36.6, -4.9\n36.6, -4.8"


def profile_of(form: InterestForm) -> ProfileForm:
    return form.profiles[0]


class TestWhom:
    def test_a_name_a_mobile_and_a_kind_of_home_are_enough(self, office: Office) -> None:
        form = bound(office)

        assert form.is_valid(), form.errors
        assert len(form.cleaned_data[PREFIX]) == 1

    def test_nobody_was_asked_about_matching_unless_it_is_chosen(self, office: Office) -> None:
        assert InterestForm(office=office)["watched"].value() == "NotAsked"

    def test_a_new_contacts_broker_is_told_only_when_there_is_one(
        self, office: Office, directories: None
    ) -> None:
        assert bound(office, notify_user="on").has_error(PERSON + "user_id", "required")
        assert bound(office, notify_user="on", person_user_id="HAN1").is_valid()
        assert bound(office, notify_user="on", person_contact_id="ADR1").is_valid()


class TestWhere:
    def test_counties_municipalities_and_areas_mix(self, office: Office, directories: None) -> None:
        form = bound(office, first_counties=["01", "0184"], first_area_ids=["STD1"])

        assert form.is_valid(), form.profiles[0].errors
        assert form.cleaned_data[PREFIX][0]["county_codes"] == ["01", "0184"]

    @pytest.mark.parametrize(
        ("form_of_code", "chosen", "sent"),
        [
            ("digits", ["09"], ["09"]),
            ("letter", ["09", "0184"], ["I", "0184"]),
            ("municipalities", ["09"], ["0980"]),
            ("municipalities", ["10", "1080"], ["1060", "1080", "1081", "1082", "1083"]),
        ],
    )
    def test_how_a_county_is_told_is_a_setting(
        self, office: Office, settings: Any, form_of_code: str, chosen: list[str], sent: list[str]
    ) -> None:
        settings.VITEC_COUNTY_FORM = form_of_code
        form = bound(office, first_counties=chosen)

        assert form.is_valid(), form.errors
        assert form.cleaned_data[PREFIX][0]["county_codes"] == sent

    def test_a_municipality_is_told_as_vitec_itself_writes_it(self, office: Office) -> None:
        make_municipality(office, "184")
        form = bound(office, first_counties=["0184", "0180"])

        assert form.is_valid(), form.errors
        assert form.cleaned_data[PREFIX][0]["county_codes"] == ["184", "0180"]

    def test_an_area_without_polygon_or_of_a_neighbour_is_not_offered(
        self, office: Office, neighbour_office: Office
    ) -> None:
        make_area(office, "STD2", polygon=[])
        make_area(neighbour_office, "STD3")

        for area_id in ("STD2", "STD3"):
            assert profile_of(bound(office, first_area_ids=[area_id])).has_error("area_ids")

    def test_an_area_that_vitec_no_longer_lists_is_not_offered(
        self, office: Office, directories: None
    ) -> None:
        Area.objects.update(missing_since="2026-01-01T00:00Z")

        assert profile_of(bound(office, first_area_ids=["STD1"])).has_error("area_ids")

    def test_a_drawn_area_abroad_needs_the_word_abroad(self, office: Office) -> None:
        outside = bound(office, first_polygon=SPAIN)
        assert profile_of(outside).has_error("polygon", "outside")

        abroad = bound(office, first_polygon=SPAIN, first_foreign_property="on")
        assert abroad.is_valid(), abroad.profiles[0].errors

    @pytest.mark.parametrize(
        "corners",
        [SOLNA, "57.70, 11.75\n57.72, 11.80\n57.69, 11.82", "67.85, 20.1\n67.9, 20.3\n67.8, 20.4"],
        ids=["Solna", "Göteborgs skärgård", "Kiruna"],
    )
    def test_inside_sweden_is_inside(self, office: Office, corners: str) -> None:
        assert bound(office, first_polygon=corners).is_valid()

    @pytest.mark.parametrize(
        "corner",
        ["60.17, 24.94", "59.91, 10.75", "55.68, 12.57", "54.3, 18.6"],
        ids=["Helsingfors", "Oslo", "Köpenhamn", "Gdansk"],
    )
    def test_the_neighbours_are_outside(self, office: Office, corner: str) -> None:
        form = bound(office, first_polygon=f"59.36, 17.96\n59.36, 17.98\n{corner}")

        assert profile_of(form).has_error("polygon", "outside")


class TestWhat:
    @pytest.mark.parametrize("kind", ["House", "Condominium"])
    def test_a_requirement_follows_the_kind_of_home(self, office: Office, kind: str) -> None:
        make_requirement(office, "403", "Garage", kind)
        for field, fits in (("house", kind == "House"), ("other_housing", kind == "Condominium")):
            form = bound(
                office,
                **{"first_housing_cooperative": "", f"first_{field}": "on"},
                first_increased_requirement_ids=["403"],
            )
            assert form.is_valid() is fits

    def test_one_for_unknown_kinds_is_left_to_vitec(self, office: Office) -> None:
        make_requirement(office, "406", "Vallgrav", "Castle")

        assert bound(office, first_increased_requirement_ids=["406"]).is_valid()

    @pytest.mark.parametrize(
        ("field", "typed", "read"),
        [
            ("price__max", "4,5m", "4500000"),
            ("price__min", "2 750 000 kr", "2750000"),
            ("living_space__min", "70,5", "70.5"),
            ("living_space__min", "70 kvm", "70"),
            ("number_of_rooms__max", "3.5", "3.5"),
            ("number_of_rooms__min", "3 rok", "3"),
            ("plot_area__max", "1 200 m²", "1200"),
        ],
    )
    def test_amounts_are_read_as_they_are_said(
        self, office: Office, field: str, typed: str, read: str
    ) -> None:
        form = bound(office, **{f"first_{field}": typed})

        assert form.is_valid(), form.profiles[0].errors
        assert form.cleaned_data[PREFIX][0][field.replace("__", "-")] == Decimal(read)


# What is typed into the first profile, and the field that must say so.
BAD: list[tuple[str, Any]] = [
    *(("counties", [value]) for value in ("02", "1", "AB", "0199", "01800", "Solna", "' OR 1=1")),
    *(("area_ids", [value]) for value in ("STD9", "x" * 100, "Rissne")),
    *(
        ("polygon", value)
        for value in (
            "59.36, 17.96", "59.36, 17.96\n59.36, 17.98", "här", "59.36\n17.96", "{", "{}", "[]",
            "59.36, 17.96\n59.37, 17.98\n59.36, 17.98\n59.37, 17.96",
            "59.36, 17.96\n59.37, 17.96\n59.38, 17.96", "91, 181\n1, 2\n3, 4", SPAIN,
            '{"type":"Point","coordinates":[17,59]}',
            '{"type":"Polygon","coordinates":[]}', "1e5, 2\n3, 4\n5, 6", "x" * 20_001,
            "0, 0\n0, 1\n1, 1",
        )
    ),
    *(
        (f"price-{end}", value)
        for end in ("min", "max")
        for value in ("3", "0", "999", "-3m", "3-4,5m", "tre", "2.750", "1001m", "9" * 41, "NaN",
                      "3m5", "3,5,5", "1 00", "3 500,50")
    ),
    *(
        (f"living_space-{end}", value)
        for end in ("min", "max")
        for value in ("0", "0,5", "10 001", "-70", "stor", "70-90", "3m", "٧٠")
    ),
    *(
        (f"number_of_rooms-{end}", value)
        for end in ("min", "max")
        for value in ("0", "51", "-3", "3-4", "tre", "3½")
    ),
    *(("plot_area-min", value) for value in ("0", "101m", "1 ha", "-5")),
    ("special_request", "x" * 4001),
    *(("increased_requirement_ids", [value]) for value in ("999", "x" * 100, "403")),
    *(("country_code", value) for value in ("S", "SWE", "ZZ", "46", "å")),
    ("id", "x" * 41),
]  # fmt: skip

BAD_ELSEWHERE: list[tuple[str, Any]] = [
    ("watched", "Maybe"),
    ("watched", "yes"),
    (PERSON + "user_id", "HAN9"),
    *(("present_accommodation-estate_type", value) for value in ("Villa", "0", "house")),
    *(("present_accommodation-living_space", value) for value in ("0", "-1", "stor", "10 001")),
    *(("present_accommodation-number_of_rooms", value) for value in ("0", "51", "3-4")),
    *(("present_accommodation-price", value) for value in ("3", "2.750", "3-4m", "1001m")),
    ("present_accommodation-other", "x" * 4001),
    *(
        ("present_accommodation-coordinate", value)
        for value in ("59.36", "91, 200", "Storgatan 4", "59.36, 17.96, 1", "x" * 61)
    ),
    (PERSON + "cell_phone", "123"),
    (PERSON + "email_address", "anna@"),
]

ENGLISH = ("This ", "Write ", "Choose ", "There ", "Ensure ", "Enter ", "Select ", "At ", "Corner ")


def test_there_are_plenty_of_mistakes() -> None:
    assert len(BAD) + len(BAD_ELSEWHERE) >= 60


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_mistake_in_a_profile_is_told_at_its_field_in_swedish(
    office: Office, directories: None, field: str, value: Any
) -> None:
    form = InterestForm(query(posted() | {FIRST + field: value}), office=office)

    assert not form.is_valid()
    said = str(profile_of(form).errors[field])
    assert not any(word in said for word in ENGLISH), said
    assert list(form.errors) == [PREFIX]


@pytest.mark.parametrize(("field", "value"), BAD_ELSEWHERE)
def test_a_mistake_elsewhere_is_told_at_its_field_in_swedish(
    office: Office, directories: None, field: str, value: Any
) -> None:
    form = InterestForm(query(posted() | {field: value}), office=office)

    assert not form.is_valid()
    assert not any(word in str(form.errors[field]) for word in ENGLISH)


TOGETHER = [
    ({"first_housing_cooperative": ""}, "housing_cooperative"),
    ({"first_price__min": "5m", "first_price__max": "4m"}, "price-max"),
    ({"first_living_space__min": "90", "first_living_space__max": "89,5"}, "living_space-max"),
    ({"first_number_of_rooms__min": "4", "first_number_of_rooms__max": "3"}, "number_of_rooms-max"),
    ({"first_plot_area__min": "2", "first_plot_area__max": "1"}, "plot_area-max"),
    ({"first_foreign_property": "on", "first_country_code": "SE"}, "country_code"),
    ({"first_country_code": "ES"}, "foreign_property"),
    ({"first_foreign_property": "on", "first_counties": ["01"]}, "foreign_property"),
    ({"first_foreign_property": "on", "first_area_ids": ["STD1"]}, "foreign_property"),
    ({"first_increased_requirement_ids": ["403"]}, "increased_requirement_ids"),
]


@pytest.mark.parametrize(("values", "field"), TOGETHER)
def test_what_does_not_go_together_is_told_once_at_one_field(
    office: Office, directories: None, values: dict[str, Any], field: str
) -> None:
    form = bound(office, **values)

    assert not form.is_valid()
    assert list(profile_of(form).errors) == [field]
    assert len(profile_of(form).errors[field]) == 1


class TestSeveral:
    def two(self, office: Office, step: str = "", **second: str) -> InterestForm:
        other = {f"{PREFIX}-1-{name}": value for name, value in second.items()}
        data = posted(first_special_request="Utsikt") | {f"{PREFIX}-1-id": ""} | other
        return InterestForm(query(data), office=office, step=step)

    def test_each_tells_what_is_wrong_with_it(self, office: Office) -> None:
        form = self.two(office, **{"price-min": "tre", "house": "on"})

        assert not form.is_valid()
        assert not form.profiles[0].errors
        assert list(form.profiles[1].errors) == ["price-min"]

    def test_gaps_in_the_numbers_do_not_matter(self, office: Office) -> None:
        data = posted() | {f"{PREFIX}-7-house": "on"}

        form = InterestForm(query(data), office=office)

        assert form.is_valid()
        assert [profile["house"] for profile in form.cleaned_data[PREFIX]] == [False, True]

    def test_ten_are_taken_and_not_one_more(self, office: Office) -> None:
        ten = {f"{PREFIX}-{number}-house": "on" for number in range(10)}
        assert InterestForm(query(posted() | ten), office=office).is_valid()

        eleven = ten | {f"{PREFIX}-10-house": "on"}
        form = InterestForm(query(posted() | eleven), office=office)
        assert form.has_error(PREFIX, "many")
        assert len(form.profiles) == 10

    @pytest.mark.parametrize(
        ("step", "wishes", "fresh"),
        [
            ("look:add", ["Utsikt", "Sol", ""], 2),
            ("look:copy:0", ["Utsikt", "Utsikt", "Sol"], 1),
            ("look:copy:1", ["Utsikt", "Sol", "Sol"], 2),
            ("look:remove:0", ["Sol"], None),
            ("look:remove:1", ["Utsikt"], None),
            ("look:remove:2", ["Utsikt", "Sol"], None),
            ("look:dance:1", ["Utsikt", "Sol"], None),
            ("look:copy:x", ["Utsikt", "Sol"], None),
            ("look:", ["Utsikt", "Sol"], None),
            ("look", ["Utsikt", "Sol"], None),
        ],
    )
    def test_one_is_added_copied_or_removed_and_the_rest_stays(
        self, office: Office, step: str, wishes: list[str], fresh: int | None
    ) -> None:
        form = self.two(office, step, special_request="Sol").without_complaints()

        assert [profile["special_request"].value() or "" for profile in form.profiles] == wishes
        assert [p.number for p in form.profiles if p.is_fresh] == ([] if fresh is None else [fresh])
        assert form[PERSON + "first_name"].value() == "Anna"

    def test_a_new_one_is_active(self, office: Office) -> None:
        form = self.two(office, "look:add")

        assert [bool(p["active"].value()) for p in form.profiles] == [True, False, True]

    def test_the_last_one_stays(self, office: Office) -> None:
        form = InterestForm(query(posted()), office=office, step="look:remove:0")

        assert len(form.profiles) == 1

    def test_an_eleventh_is_not_made(self, office: Office) -> None:
        ten = {f"{PREFIX}-{number}-house": "on" for number in range(10)}
        for step in ("look:add", "look:copy:3"):
            form = InterestForm(query(posted() | ten), office=office, step=step)
            assert len(form.profiles) == 10
            assert not form.may_add

    def test_it_can_be_filled_again_with_what_was_typed(self, office: Office) -> None:
        form = self.two(office, house="on", unknown="x")
        assert form.is_valid(), form.errors

        again = form.typed()

        assert again[f"{PREFIX}-1-house"] == ["on"]
        assert again[FIRST + "special_request"] == ["Utsikt"]
        assert f"{PREFIX}-1-unknown" not in again
        filled = INTEREST.form_class(
            query({**again, "form_token": posted()["form_token"]}), office=office
        )
        assert filled.is_valid(), filled.errors


class TestWhatVitecSaid:
    @pytest.mark.parametrize(
        ("path", "number", "field"),
        [
            ("lookingForAccommodations[1].price", 1, "price-max"),
            ("lookingForAccommodations[0].countys[2]", 0, "counties"),
            ("interest.lookingForAccommodations[1].specialRequset", 1, "special_request"),
            ("LookingForAccommodations[0].IncreasedRequirementIDs[0]", 0,
             "increased_requirement_ids"),
            ("lookingForAccommodations[0]", 0, "__all__"),
        ],
    )  # fmt: skip
    def test_it_stands_in_the_profile_it_is_about(
        self, office: Office, path: str, number: int, field: str
    ) -> None:
        form = InterestForm(query(posted() | {f"{PREFIX}-1-house": "on"}), office=office)
        assert form.is_valid()

        form.tell([FieldMessage(path, "Nej.")], INTEREST.endpoint.fields)

        assert "Nej." in str(form.profiles[number].errors[field])

    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("lookingForAccommodations", PREFIX),
            ("lookingForAccommodations[9].price", PREFIX),
            ("presentAccommodation.coordinate.longitud", "present_accommodation-coordinate"),
            ("updatePerson.userId", PERSON + "user_id"),
            ("watched", "watched"),
            ("", "__all__"),
        ],
    )
    def test_what_is_about_none_stands_in_the_form(
        self, office: Office, path: str, field: str
    ) -> None:
        form = bound(office)
        assert form.is_valid()

        form.tell([FieldMessage(path, "Nej.")], INTEREST.endpoint.fields)

        assert "Nej." in str(form.errors[field])


NAMES = sorted(
    [FIRST + name for name in ProfileForm.base_fields]
    + [f"{PREFIX}-{n}-price-min" for n in ("1", "999", "0999", "x", "-1")]
    + [name for name in InterestForm.base_fields if name != "form_token"]
    + ["step"]
)
TYPED = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["on", "3,5m", "01", "STD1", "look:copy:0", "59.3, 18\n59.4, 18\n59.4, 18.1"]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.dictionaries(st.sampled_from(NAMES), TYPED, max_size=8))
def test_nothing_typed_breaks_it(office: Office, values: dict[str, str]) -> None:
    if not Contact.objects.exists():
        make_contact(office)
        make_area(office)
    form = InterestForm(query(posted() | values), office=office)

    if form.is_valid():
        INTEREST.build(office, form.cleaned_data)
        assert INTEREST.describe(office, form.cleaned_data)
    else:
        assert set(form.errors) <= {*form.fields, "__all__"}
    assert not Submission.objects.exists()


def test_a_requirement_says_with_which_kinds_it_goes(office: Office) -> None:
    make_requirement(office, "403", "Garage", "House")
    [(box, kinds)] = InterestForm(office=office).profiles[0].requirements

    assert box.choice_label == "Garage"
    assert kinds == "house row_house"
    assert ExtraRequirement.objects.count() == 1
