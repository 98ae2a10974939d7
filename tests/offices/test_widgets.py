"""The contact picker: a person of the office, chosen by a name and never by an id."""

from __future__ import annotations

import pytest
from django import forms

from offices.widgets import ContactField, search_in
from tests.factories import make_contact


class PickForm(forms.Form):
    contact_id = ContactField()


def _form(office, **posted):
    form = PickForm(posted)
    form.fields["contact_id"].bind_office(office)
    return form


def test_it_takes_a_contact_of_the_office(office):
    make_contact(office)
    form = _form(office, contact_id="ADR1")
    assert form.is_valid()
    assert form.cleaned_data == {"contact_id": "ADR1"}


@pytest.mark.parametrize("contact_id", ["ADR2", "ADR1 OR 1=1", "<b>"])
def test_it_refuses_a_contact_of_another_office(office, neighbour_office, contact_id):
    make_contact(office)
    make_contact(neighbour_office, "ADR2")
    form = _form(office, contact_id=contact_id)
    assert form.errors.as_data()["contact_id"][0].code == "unknown"


@pytest.mark.parametrize(
    ("contact_id", "code"),
    [("", "required"), ("A" * 65, "unknown")],
)
def test_it_says_what_is_wrong_and_asks_again(office, contact_id, code):
    make_contact(office)
    form = _form(office, contact_id=contact_id)
    assert form.errors.as_data()["contact_id"][0].code == code
    field = form["contact_id"]
    assert field.field.widget.get_context("contact_id", field.value(), {})["chosen"] is None


def test_it_offers_the_contacts_that_were_looked_for(bokare, office):
    make_contact(office)
    make_contact(office, "ADR2", "Bo Alm")
    form = _form(office, contact_search="anna")
    assert search_in(form, bokare) == 0
    field = form["contact_id"]
    context = field.field.widget.get_context("contact_id", field.value(), {})
    assert [contact.vitec_id for contact in context["contacts"]] == ["ADR1"]


def test_it_searches_for_nobody_unless_it_is_known_who_asks(office):
    make_contact(office)
    assert "Anna Ek" not in str(_form(office, contact_search="anna"))


def test_it_shows_the_chosen_one_once(bokare, office):
    make_contact(office)
    make_contact(office, "ADR2", "Anna Alm")
    form = _form(office, contact_search="anna", contact_id="ADR2")
    search_in(form, bokare)
    field = form["contact_id"]
    context = field.field.widget.get_context("contact_id", field.value(), {})
    assert context["chosen"].vitec_id == "ADR2"
    assert [contact.vitec_id for contact in context["contacts"]] == ["ADR1"]
