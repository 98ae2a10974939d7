"""The picker without JavaScript: a plain select with what is likely and recent first."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices import pickers
from offices.models import Office, RecentChoice, User
from offices.pickers import Choice, Group, MultiPickerField, PickerField
from tests.factories import make_colleague, make_meeting

PEOPLE = [Choice("1", "Anna"), Choice("2", "Bo", "Solna"), Choice("3", "Eva", words="AB")]


class OneForm(forms.Form):
    who = PickerField(recall="people")


class SeveralForm(forms.Form):
    who = MultiPickerField(recall="people", required=False)


def one(data: dict[str, Any] | None = None, **options: Any) -> OneForm:
    form = OneForm(data)
    form.fields["who"].offer(PEOPLE, **options)  # type: ignore[attr-defined]
    return form


def offered(form: forms.Form) -> list[Any]:
    """The values in order; under headings as (heading, values)."""
    rows = form.fields["who"].choices  # type: ignore[attr-defined]
    return [
        (str(value), [inner for inner, _label in label]) if isinstance(label, list) else value
        for value, label in rows
    ]


def test_it_is_a_plain_select_with_every_choice() -> None:
    page = str(one()["who"])

    assert '<select name="who"' in page
    assert offered(one()) == ["", "1", "2", "3"]
    assert "Bo · Solna" in page


def test_details_and_other_words_stand_on_the_option_for_the_script() -> None:
    page = str(one()["who"])

    assert 'data-label="Bo" data-detail="Solna"' in page
    assert 'data-words="AB"' in page


def test_a_choice_is_taken_and_a_strangers_refused() -> None:
    assert one({"who": "2"}).is_valid()
    assert one({"who": "9"}).has_error("who", "invalid_choice")
    assert one({"who": ""}).has_error("who", "required")


def test_the_likely_come_first_and_only_once() -> None:
    found = offered(one(likely=["3", "9", "3"]))

    assert found == ["", ("Nära till hands", ["3"]), ("Övriga", ["1", "2"])]


def test_the_recent_come_after_the_likely() -> None:
    form = one(likely=["3"])
    form.fields["who"].put_recent_first(["2", "3", "9"])  # type: ignore[attr-defined]

    assert offered(form) == [
        "",
        ("Nära till hands", ["3"]),
        ("Nyligen valda", ["2"]),
        ("Övriga", ["1"]),
    ]


def test_headings_of_the_form_are_kept() -> None:
    form = OneForm()
    groups = [Group("Folk", PEOPLE[:2]), Group("Tomt", []), Group("Kontor", PEOPLE[2:])]
    form.fields["who"].offer(groups)  # type: ignore[attr-defined]

    assert offered(form) == ["", ("Folk", ["1", "2"]), ("Kontor", ["3"])]


def test_a_recent_one_is_still_chosen_where_it_stood() -> None:
    form = one({"who": "2"})
    form.fields["who"].put_recent_first(["2"])  # type: ignore[attr-defined]

    assert str(form["who"]).count("selected") == 1


def test_two_forms_share_no_choices() -> None:
    one()

    assert offered(OneForm()) == []


def test_several_can_be_chosen() -> None:
    form = SeveralForm(QueryDict("who=1&who=3"))
    form.fields["who"].offer(PEOPLE)  # type: ignore[attr-defined]

    assert form.is_valid()
    assert form.cleaned_data == {"who": ["1", "3"]}
    assert str(form["who"]).count("selected") == 2
    assert "multiple" in str(form["who"])


@pytest.fixture
def lately(bokare: User, office: Office) -> list[str]:
    for number in (1, 2, 3):
        make_colleague(office, f"HAN{number}", f"Kollega {number}")
    form = OneForm({"who": "2"})
    form.fields["who"].offer(PEOPLE)  # type: ignore[attr-defined]
    pickers.remember_choices(form, bokare, office)
    return ["2"]


def test_what_was_chosen_is_remembered_for_the_person_and_the_office(
    lately: list[str], bokare: User, maklare: User, office: Office, neighbour_office: Office
) -> None:
    def first(user: User, where: Office) -> list[Any]:
        form = one()
        pickers.show_recent_first(form, user, where)
        return offered(form)

    assert first(bokare, office)[1] == ("Nyligen valda", ["2"])
    assert first(maklare, office) == first(bokare, neighbour_office) == ["", "1", "2", "3"]


def test_several_are_remembered_one_by_one(bokare: User, office: Office) -> None:
    pickers.remember_choices(SeveralForm(QueryDict("who=1&who=3")), bokare, office)

    assert set(RecentChoice.objects.values_list("value", flat=True)) == {"1", "3"}


def test_the_latest_comes_first_and_the_oldest_are_forgotten(bokare: User, office: Office) -> None:
    for number in (*range(pickers.REMEMBERED + 5), 7):
        pickers.remember_choices(OneForm({"who": str(number)}), bokare, office)

    kept = RecentChoice.objects.order_by("-chosen_at", "-pk").values_list("value", flat=True)
    assert kept[0] == "7"
    assert len(kept) == pickers.REMEMBERED
    assert "0" not in kept


def test_only_ids_are_remembered(lately: list[str]) -> None:
    row = RecentChoice.objects.get()

    assert (row.recall, row.value) == ("people", "2")


def test_a_sent_form_puts_its_choice_first_in_the_next(as_bokare: Client, office: Office) -> None:
    for number in (1, 2, 3):
        make_colleague(office, f"HAN{number}", f"Kollega {number}")
    url = reverse("calendar_app:new_appointment")
    values = {"user_id": "HAN3", "subject": "Möte", "starts_at": "2027-03-02 10:00"}
    refused = {**values, "subject": "", "user_id": "HAN2"}
    as_bokare.post(url, refused)
    as_bokare.post(url, {**values, "form_token": "6f1d3a4e-0000-4000-8000-000000000001"})

    form = as_bokare.get(url).context["form"]

    assert [value for value, _label in form.fields["user_id"].choices[0][1]] == ["HAN3"]
    assert str(form.fields["user_id"].choices[0][0]) == "Nyligen valda"


def test_the_meetings_broker_is_close_at_hand_for_a_comeback(
    as_bokare: Client, office: Office
) -> None:
    make_colleague(office, "HAN0", "Aaron")
    make_colleague(office, "HAN1", "Bo Alm")
    make_meeting(office, meeting_date=timezone.now())

    form = as_bokare.get(reverse("meetings:new_comeback"), {"contact": "ADR1"}).context["form"]

    first = form.fields["participant"].choices[1]
    assert (str(first[0]), [value for value, _label in first[1]]) == (
        "Nära till hands",
        ["userId:HAN1"],
    )
