"""The list as a file: the same rows in the same order, defused, by right, on record."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import override_settings
from django.urls import reverse
from openpyxl import load_workbook

from meetings import listing
from offices.models import Disclosure, Membership, Right, RightException
from tests.factories import make_user
from tests.meetings.test_dashboard import LIST, NOVEMBER, at, listed, meeting_of

pytestmark = pytest.mark.django_db

EXPORT = reverse("meetings:export")
GO = "date_from=2026-11-01&date_to=2026-11-30"


def taken(client, kind="csv", go=GO, **more):
    return client.post(EXPORT, {"go": go, "format": kind, **more})


def lines(client, **asked):
    """The CSV file: a dictionary a row."""
    body = b"".join(taken(client, **asked).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body, newline=""), delimiter=";"))


def sheet(client, **asked):
    return load_workbook(
        io.BytesIO(b"".join(taken(client, "xlsx", **asked).streaming_content))
    ).active


@pytest.fixture
def three(office):
    meeting_of(office, "CAL1", "Åsa Öberg", meeting_date=at("2026-11-25T10:00"))
    meeting_of(office, "CAL2", "Anna Ek", meeting_date=at("2026-11-24T09:30"))
    meeting_of(office, "CAL3", "Örjan Ås", meeting_date=at("2026-11-26T23:59"))
    meeting_of(office, "CAL4", "Bo Alm", meeting_date=at("2026-12-01T00:00"))


def test_the_rows_are_those_of_the_screen_in_their_order(as_chef, three):
    for sort in ("time", "-time", "booked", "person", "-person", "state"):
        go = f"{GO}&sort={sort}"
        shown = listed(as_chef.get(f"{LIST}?{go}"))
        assert len(shown) == 3
        assert [row["Mötes-id"] for row in lines(as_chef, go=go)] == shown


def test_all_pages_are_in_the_file(as_chef, three, monkeypatch):
    monkeypatch.setattr(listing, "PORTION", 2)
    assert len(lines(as_chef, go=f"{GO}&page=2&size=25")) == 3
    assert sheet(as_chef).max_row == 1 + 3


def test_the_free_text_holds_in_the_file_too(as_chef, three):
    assert [row["Person"] for row in lines(as_chef, q="öberg")] == ["Åsa Öberg"]


def test_csv_has_times_of_stockholm_swedish_letters_and_phones_as_dialled(as_chef, three):
    [first, *_] = lines(as_chef)
    assert first["Mötesdatum"] == "2026-11-24 09:30"
    assert (first["Telefon"], first["Typ"]) == ("070-174 06 05", "Intagsmöte")


def test_a_workbook_has_real_dates_and_amounts(as_chef, office):
    meeting_of(
        office,
        "CAL1",
        "Anna Ek",
        signature_date=at("2026-11-25T00:00"),
        commission=Decimal("51234.50"),
    )
    heading, row = sheet(as_chef).iter_rows(values_only=True)
    cells = dict(zip(heading, row, strict=True))
    assert cells["Mötesdatum"] == dt.datetime.fromisoformat("2026-11-24T10:00")
    assert cells["Uppdragsdatum"] == dt.datetime.fromisoformat("2026-11-25T00:00")
    assert cells["Provision exkl. moms"] == 51234.5
    assert lines(as_chef)[0]["Provision exkl. moms"] == "51234,50"


def test_no_cell_begins_a_formula(as_chef, office):
    meeting_of(office, "CAL1", "=HYPERLINK(1)", address="@SUM(A1)", broker_name="+1", source="-1")
    for row in (lines(as_chef)[0].values(), [cell.value for cell in sheet(as_chef)[2]]):
        texts = [cell for cell in row if isinstance(cell, str)]
        assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
        assert "'=HYPERLINK(1)" in texts


def test_amounts_are_a_column_by_right(as_chef, chef, three):
    mine = Membership.objects.get(user=chef)
    RightException.objects.create(membership=mine, right=Right.AMOUNTS, granted=False)
    assert "Provision exkl. moms" not in lines(as_chef)[0]
    assert "Provision exkl. moms" not in [cell.value for cell in sheet(as_chef)[1]]


def test_who_has_not_the_right_gets_neither_file_nor_button(as_bokare, as_chef, three):
    assert taken(as_bokare).status_code == 403
    assert EXPORT not in as_bokare.get(LIST, NOVEMBER).content.decode()
    assert EXPORT in as_chef.get(LIST, NOVEMBER).content.decode()
    assert not Disclosure.objects.exists()


def test_it_is_written_down_who_took_how_many_rows(as_chef, chef, office, three):
    taken(as_chef, "xlsx")
    row = Disclosure.objects.get()
    assert (row.user, row.office, row.what) == (chef, office, "exported")
    assert row.facts == {"rows": 3, "format": "xlsx", "amounts": True}


def test_of_several_offices_each_is_written_down_with_its_own_rows(
    client, office, neighbour_office, three
):
    client.force_login(make_user("person", office, neighbour_office, role="manager"))
    meeting_of(neighbour_office, "CAL9", "Greta Ek")
    assert len(lines(client, go=f"{GO}&office=all")) == 4
    found = Disclosure.objects.values_list("office__customer_id", "facts__rows")
    assert sorted(found) == [("M30011", 3), ("M30012", 1)]


def test_another_office_cannot_be_taken(as_chef, neighbour_office):
    meeting_of(neighbour_office, "CAL9", "Greta Ek")
    assert taken(as_chef, go=f"{GO}&office=M30012").status_code == 403
    assert lines(as_chef) == []


@override_settings(USER_LIMITS={"export": "2/h"})
def test_a_third_export_within_the_hour_waits(as_chef, three):
    assert [taken(as_chef).status_code for _ in range(3)] == [200, 200, 429]


def test_the_file_has_a_name_and_is_for_keeping(as_chef):
    answer = taken(as_chef, "xlsx")
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment;")
    assert said.endswith("_2026-11-01_2026-11-30.xlsx")
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_posted_since_the_text_is_personal(as_chef):
    assert as_chef.get(EXPORT).status_code == 405


def test_the_queries_grow_with_portions_of_rows_only(as_chef, three, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        lines(as_chef)
