"""Saved views: they move with the calendar, are seen by whom they are for, and open the day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import SavedView
from offices.models import Membership, Office, Right, RightException, User
from tests.factories import STOCKHOLM, make_user
from tests.meetings.test_dashboard import LIST, listed, meeting_of

pytestmark = pytest.mark.django_db

VIEWS = reverse("meetings:views")
NEW = reverse("meetings:new_view")
START = reverse("meetings:start_with")
WEEK = "date_from=2026-11-16&date_to=2026-11-22"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, "2026-11-18T10:00:00")


def set_clock(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(dt.UTC))


def save(client: Client, query: str = WEEK, **values: str) -> SavedView:
    posted = {"name": "Kontoret · vecka", "reach": "private", "query": query, **values}
    answer = client.post(NEW, posted)
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.named().latest("pk")


def tabs(client: Client) -> list[str]:
    return [view.name for view in client.get(LIST).context["shelf"].views]


def change(client: Client, view: SavedView, **posted: str) -> Any:
    return client.post(reverse("meetings:change_view", args=[view.pk]), posted)


class TestMoving:
    def test_a_ready_span_of_days_moves_with_the_calendar(
        self, as_bokare: Client, bokare: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, day in enumerate((18, 25), start=1):
            moment = dt.datetime(2026, 11, day, 10, tzinfo=STOCKHOLM)
            meeting_of(office, f"CAL{number}", "Anna Ek", meeting_date=moment)
        view = save(as_bokare)

        assert view.span == "week"
        assert listed(as_bokare.get(LIST, {"view": view.pk})) == ["CAL1"]
        set_clock(monkeypatch, "2026-11-24T10:00:00")
        as_bokare.force_login(bokare)
        answer = as_bokare.get(LIST, {"view": view.pk})
        assert listed(answer) == ["CAL2"]
        assert answer.context["asked"].state["date_from"] == "2026-11-23"

    def test_other_days_stay(
        self, as_bokare: Client, bokare: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        view = save(as_bokare, "date_from=2026-11-02&date_to=2026-11-05")

        set_clock(monkeypatch, "2027-03-01T10:00:00")
        as_bokare.force_login(bokare)

        state = as_bokare.get(LIST, {"view": view.pk}).context["asked"].state
        assert (view.span, state["date_from"], state["date_to"]) == (
            "", "2026-11-02", "2026-11-05",
        )  # fmt: skip

    def test_all_days_stay_all_days(self, as_bokare: Client, office: Office) -> None:
        meeting_of(office, "CAL1", "Anna Ek", meeting_date=timezone.now() - dt.timedelta(days=900))
        view = save(as_bokare, "date_from=&type=Assignment")

        assert listed(as_bokare.get(LIST, {"view": view.pk})) == ["CAL1"]
        assert "date_from=&" in as_bokare.get(LIST, {"view": view.pk}).context["asked"].query()


class TestWhatIsKept:
    def test_filters_order_columns_and_size_and_never_a_text(self, as_bokare: Client) -> None:
        view = save(
            as_bokare,
            f"{WEEK}&type=Viewing&sort=-person&size=100&columns=id.person&q=Anna&page=3&view=&x=y",
        )

        assert view.query == {
            "type": "Viewing", "sort": "-person", "size": "100", "columns": "id.person",
        }  # fmt: skip
        state = as_bokare.get(LIST, {"view": view.pk}).context["asked"].state
        assert state["sort"] == "-person"
        assert state["columns"] == "id.person"

    def test_the_columns_are_those_that_one_has_when_it_is_saved(self, as_bokare: Client) -> None:
        as_bokare.post(reverse("meetings:columns"), {"order": ["person", "id"], "column": ["id"]})
        view = save(as_bokare)
        as_bokare.post(reverse("meetings:columns"), {"usual": "1"})

        assert view.query["columns"] == "person.id"

    def test_a_list_that_was_changed_says_so_and_takes_the_views_place(
        self, as_bokare: Client
    ) -> None:
        view = save(as_bokare, f"{WEEK}&columns=person.id")
        unchanged = as_bokare.get(LIST, {"view": view.pk})
        assert not unchanged.context["view_changed"]
        assert unchanged.context["view"] == view

        query = f"view={view.pk}&{WEEK}&columns=person.id&type=Viewing"
        answer = as_bokare.get(f"{LIST}?{query}")
        assert answer.context["view"] == view
        assert answer.context["view_changed"]

        as_bokare.post(NEW, {"query": query, "replace": view.pk})
        view.refresh_from_db()
        assert view.query == {"type": "Viewing", "columns": "person.id"}
        assert (view.span, view.name) == ("week", "Kontoret · vecka")

    def test_its_address_stays_its_number_until_something_is_changed(
        self, as_bokare: Client
    ) -> None:
        view = save(as_bokare, f"{WEEK}&columns=person.id")
        form = {
            "view": str(view.pk), "columns": "person.id",
            "date_from": "2026-11-16", "date_to": "2026-11-22",
        }  # fmt: skip

        same = as_bokare.post(LIST, form, headers={"HX-Request": "true"})
        other = as_bokare.post(LIST, {**form, "type": "Viewing"}, headers={"HX-Request": "true"})

        assert same.headers["HX-Push-Url"] == f"{LIST}?view={view.pk}"
        assert "type=Viewing" in other.headers["HX-Push-Url"]
        assert f"view={view.pk}" in other.headers["HX-Push-Url"]

    def test_it_is_renamed_and_removed(self, as_bokare: Client) -> None:
        view = save(as_bokare)

        change(as_bokare, view, do="rename", name="Min vecka")
        assert tabs(as_bokare) == ["Min vecka"]
        change(as_bokare, view, do="rename", name=" ")
        assert tabs(as_bokare) == ["Min vecka"]
        change(as_bokare, view, do="remove")
        assert tabs(as_bokare) == []

    def test_without_a_name_nothing_is_saved(self, as_bokare: Client) -> None:
        answer = as_bokare.post(NEW, {"name": " ", "reach": "private", "query": WEEK})

        assert answer.status_code == 422
        assert not SavedView.objects.named().exists()

    def test_tabs_stand_in_swedish_order(self, as_bokare: Client) -> None:
        for name in ("Östermalm", "Alla", "Åsas", "Zebra"):
            save(as_bokare, name=name)

        assert tabs(as_bokare) == ["Alla", "Zebra", "Åsas", "Östermalm"]


class TestWhoSeesIt:
    def test_a_private_one_is_there_for_nobody_else(
        self, as_bokare: Client, as_chef: Client, as_admin: Client, as_grannkontor: Client
    ) -> None:
        view = save(as_bokare)

        for other in (as_chef, as_admin, as_grannkontor):
            assert tabs(other) == []
            assert other.get(LIST, {"view": view.pk}).status_code == 404
            assert other.get(NEW, {"view": view.pk}).status_code == 404
            assert other.post(START, {"view": view.pk}).status_code == 404
            assert other.post(NEW, {"query": WEEK, "replace": view.pk}).status_code == 404
            assert change(other, view, do="remove").status_code == 404
        assert SavedView.objects.filter(pk=view.pk).exists()

    def test_one_of_the_office_is_made_by_right_and_seen_by_all_of_it(
        self, as_chef: Client, as_bokare: Client, as_grannkontor: Client, office: Office
    ) -> None:
        view = save(as_chef, reach="office")

        assert view.office == office
        assert tabs(as_bokare) == ["Kontoret · vecka"]
        assert as_bokare.get(LIST, {"view": view.pk}).status_code == 200
        assert tabs(as_grannkontor) == []
        assert as_grannkontor.get(LIST, {"view": view.pk}).status_code == 404
        assert change(as_grannkontor, view, do="remove").status_code == 404
        assert change(as_bokare, view, do="remove").status_code == 403
        assert as_bokare.post(NEW, {"query": WEEK, "replace": view.pk}).status_code == 403
        change(as_chef, view, do="remove")
        assert tabs(as_bokare) == []

    def test_a_booker_makes_none_for_others_unless_given_the_right(
        self, as_bokare: Client, bokare: User
    ) -> None:
        posted = {"name": "Alla", "reach": "office", "query": WEEK}
        assert as_bokare.post(NEW, posted).status_code == 422

        membership = Membership.objects.get(user=bokare)
        RightException.objects.create(membership=membership, right=Right.SHARED_VIEWS)
        assert as_bokare.post(NEW, posted).status_code == 302
        assert as_bokare.post(NEW, {**posted, "reach": "all"}).status_code == 302

    def test_for_every_office_takes_the_right_at_every_office(
        self, as_chef: Client, chef: User, as_grannkontor: Client, neighbour_office: Office
    ) -> None:
        posted = {"name": "Alla", "reach": "all", "query": f"{WEEK}&broker=HAN1&type=Viewing"}
        assert as_chef.post(NEW, posted).status_code == 422

        Membership.objects.create(user=chef, office=neighbour_office, role="manager")
        assert as_chef.post(NEW, posted).status_code == 302

        view = SavedView.objects.get(reach="all")
        # Whose broker that is means nothing elsewhere, and is nobody's business there.
        assert view.query.keys() == {"type", "columns"}
        assert tabs(as_grannkontor) == ["Alla"]
        assert change(as_grannkontor, view, do="remove").status_code == 403

    def test_one_of_another_of_my_offices_turns_the_list_to_it(
        self, as_chef: Client, office: Office, neighbour_office: Office
    ) -> None:
        view = save(as_chef, reach="office")
        meeting_of(office, "CAL1", "Anna Ek", meeting_date=timezone.now())
        client = Client()
        client.force_login(make_user("bada", office, neighbour_office))
        client.post(reverse("offices:choose"), {"office": "M30012"})

        assert tabs(client) == []
        assert listed(client.get(LIST, {"view": view.pk})) == ["CAL1"]


class TestStartPage:
    def test_it_is_what_the_day_begins_with(self, as_bokare: Client) -> None:
        view = save(as_bokare, start="on")

        assert as_bokare.get("/").headers["Location"] == f"{LIST}?view={view.pk}"
        assert as_bokare.get(LIST).context["view"] == view
        other = as_bokare.get(LIST, {"date_from": "2026-11-18", "date_to": "2026-11-18"})
        assert other.context["view"] is None

    def test_one_goes_back_to_the_usual(self, as_bokare: Client) -> None:
        view = save(as_bokare)
        as_bokare.post(START, {"view": view.pk})
        assert as_bokare.get(VIEWS).context["start"] == view

        as_bokare.post(START)

        assert as_bokare.get(LIST).context["view"] is None
        assert "view" not in as_bokare.get("/").headers["Location"]

    def test_one_that_is_gone_or_no_longer_mine_is_passed_over(
        self, as_chef: Client, as_bokare: Client, bokare: User, neighbour_office: Office
    ) -> None:
        view = save(as_chef, reach="office")
        as_bokare.post(START, {"view": view.pk})
        Membership.objects.create(user=bokare, office=neighbour_office)
        Membership.objects.filter(user=bokare).exclude(office=neighbour_office).delete()

        assert "view" not in as_bokare.get("/").headers["Location"]
        assert as_bokare.get(LIST).status_code == 200
        view.delete()
        assert as_bokare.get(LIST).status_code == 200
