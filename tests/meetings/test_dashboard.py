"""The list of meetings: what is filtered, sorted and paged, and that its state is the address."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import tasks, words
from meetings.models import Meeting, OfficeSync
from offices.directory import contact_details
from offices.models import Colleague, Office, SyncRun, User
from submissions.models import State, Submission, person_hash
from tests.factories import (
    STOCKHOLM,
    make_colleague,
    make_contact,
    make_meeting,
    make_submission,
)
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

LIST = reverse("meetings:list")
FRESHNESS = reverse("meetings:freshness")
FETCH = reverse("meetings:fetch_now")
NOVEMBER = {"date_from": "2026-11-01", "date_to": "2026-11-30"}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def listed(answer: Any) -> list[str]:
    groups = answer.context["groups"]
    return [shown.meeting.vitec_id for group in groups for shown in group.rows]


def meeting_of(office: Office, vitec_id: str, name: str, **fields: Any) -> Meeting:
    """A meeting that can be found by the person's name, in November 2026."""
    personal = contact_details(
        name=name,
        phones=[fields.pop("phone", "070-174 06 05")],
        address=fields.pop("address", "Storgatan 4, 172 65 Sundbyberg"),
    )
    contact_id = fields.get("contact_id", "ADR1")
    values = {
        "meeting_date": at("2026-11-24T10:00"),
        "booked_date": at("2026-11-10T09:00"),
        "personal": personal,
        "words": words.column_of(personal, vitec_id, contact_id, "OBJ1_2"),
        "person_hash": person_hash(contact_id),
        **fields,
    }
    return make_meeting(office, vitec_id, **values)


class TestDays:
    def test_without_anything_it_is_today(self, as_bokare: Client, office: Office) -> None:
        make_meeting(office, "CAL1", meeting_date=timezone.now())
        make_meeting(office, "CAL2", meeting_date=timezone.now() + dt.timedelta(days=2))

        answer = as_bokare.get(LIST)

        assert listed(answer) == ["CAL1"]
        assert answer.context["day"] == timezone.localdate()

    def test_one_day_can_still_be_asked_for_by_itself(
        self, as_bokare: Client, office: Office
    ) -> None:
        day = at("2026-11-24T10:00")
        make_meeting(office, "CAL2", meeting_date=day + dt.timedelta(hours=3))
        make_meeting(office, "CAL1", meeting_date=day)
        make_meeting(office, "CAL3", meeting_date=day + dt.timedelta(days=1))

        answer = as_bokare.get(LIST, {"day": "2026-11-24"})

        assert listed(answer) == ["CAL1", "CAL2"]
        assert "Anna Ek" in text_of(answer)
        assert "vecka 48" in text_of(answer)

    @pytest.mark.parametrize(
        "day", ["", "x", "2026-02-30", "20261124x", "0001-01-01", "9999-12-31"]
    )
    def test_what_is_no_day_is_today(self, as_bokare: Client, office: Office, day: str) -> None:
        assert as_bokare.get(LIST, {"day": day}).context["day"] == timezone.localdate()

    def test_both_days_are_included_in_stockholm(self, as_bokare: Client, office: Office) -> None:
        moments = {
            "CAL0": "2026-10-24T23:59",
            "CAL1": "2026-10-25T00:00",
            "CAL2": "2026-10-25T02:30",
            "CAL3": "2026-10-26T23:59",
            "CAL4": "2026-10-27T00:00",
        }
        for vitec_id, moment in moments.items():
            make_meeting(office, vitec_id, meeting_date=at(moment))

        answer = as_bokare.get(LIST, {"date_from": "2026-10-25", "date_to": "2026-10-26"})

        assert listed(answer) == ["CAL1", "CAL2", "CAL3"]
        assert answer.context["page"].count == 3

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"date_from": "2026-11-24"}, ["CAL2", "CAL3"]),
            ({"date_to": "2026-11-24"}, ["CAL1", "CAL2"]),
        ],
    )
    def test_a_span_may_be_open_at_one_end(
        self, as_bokare: Client, office: Office, asked: dict[str, str], found: list[str]
    ) -> None:
        for day in (23, 24, 25):
            make_meeting(office, f"CAL{day - 22}", meeting_date=at(f"2026-11-{day}T10:00"))

        assert listed(as_bokare.get(LIST, asked)) == found

    def test_days_may_be_those_of_the_booking(self, as_bokare: Client, office: Office) -> None:
        meeting_of(office, "CAL1", "Anna Ek", booked_date=at("2026-11-10T23:59"))
        meeting_of(office, "CAL2", "Anna Ek", booked_date=at("2026-11-11T00:00"))
        asked = {"date_from": "2026-11-10", "date_to": "2026-11-10", "date_field": "booked_date"}

        assert listed(as_bokare.get(LIST, asked)) == ["CAL1"]

    def test_what_is_no_day_says_so_and_finds_nothing(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_meeting(office)

        answer = as_bokare.get(LIST, {"date_from": "snart", "date_to": ""})

        assert answer.status_code == 200
        assert "date_from" in answer.context["form"].errors
        assert listed(answer) == []

    def test_the_spans_beside_and_the_ready_ones_keep_the_other_filters(
        self, as_bokare: Client, office: Office
    ) -> None:
        asked = {"date_from": "2026-11-16", "date_to": "2026-11-22", "type": "Viewing", "page": "3"}

        answer = as_bokare.get(LIST, asked)

        after = parse_qs(answer.context["after"])
        assert after == {
            "date_from": ["2026-11-23"], "date_to": ["2026-11-29"], "type": ["Viewing"],
        }  # fmt: skip
        assert all("type=Viewing" in query for _each, query, _now in answer.context["ranges"])
        for query in (answer.context["before"], answer.context["after"]):
            assert query.replace("&", "&amp;") in text_of(answer)

    def test_years_at_the_end_of_the_calendar_break_nothing(
        self, as_bokare: Client, office: Office
    ) -> None:
        for day in ("0001-01-01", "9999-12-31"):
            answer = as_bokare.get(LIST, {"date_from": day, "date_to": day})
            assert answer.status_code == 200


class TestFilters:
    @pytest.fixture(autouse=True)
    def _meetings(self, office: Office) -> None:
        make_colleague(office, "HAN1", "Bo Alm")
        make_colleague(office, "HAN2", "Åke Öst")
        meeting_of(office, "CAL1", "Anna Ek", source="Hemsida", estate_status="Till salu")
        meeting_of(
            office, "CAL2", "Bo Berg", type="Viewing", broker_id="HAN2", booked_by_id="HAN1",
            state="CancelledByCustomer", address="Österängsgatan 9", phone="08-550 123 45",
        )  # fmt: skip
        meeting_of(office, "CAL3", "Cia Dal", state="", missing_since=timezone.now())

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"type": "Assignment"}, ["CAL1", "CAL3"]),
            ({"type": "Viewing"}, ["CAL2"]),
            ({"broker": "HAN2"}, ["CAL2"]),
            ({"booker": "HAN1"}, ["CAL2"]),
            ({"source": "Hemsida"}, ["CAL1"]),
            ({"estate_status": "Till salu"}, ["CAL1"]),
            ({"state": "CancelledByCustomer"}, ["CAL2"]),
            ({"state": "Cancelled"}, ["CAL2"]),
            ({"state": "Missing"}, ["CAL3"]),
            ({"type": "Viewing", "broker": "HAN1"}, []),
            ({"type": "Nytt"}, []),
            ({"broker": "borttagen"}, []),
        ],
    )
    def test_they_narrow_the_list_and_its_count(
        self, as_bokare: Client, asked: dict[str, str], found: list[str]
    ) -> None:
        answer = as_bokare.get(LIST, {**NOVEMBER, **asked})

        assert listed(answer) == found
        assert answer.context["page"].count == len(found)

    def test_one_without_a_state_is_booked_while_it_lies_ahead(
        self, as_bokare: Client, office: Office
    ) -> None:
        ahead = timezone.now() + dt.timedelta(days=3)
        meeting_of(office, "CAL4", "Dan Ek", state="", meeting_date=ahead)
        meeting_of(office, "CAL5", "Eva Ek", state="", meeting_date=at("2020-01-01T10:00"))

        found = listed(as_bokare.get(LIST, {"date_from": "2019-01-01", "state": "Booked"}))

        assert "CAL4" in found
        assert "CAL5" not in found

    def test_each_that_is_on_is_a_chip_that_takes_it_off(self, as_bokare: Client) -> None:
        answer = as_bokare.get(LIST, {**NOVEMBER, "type": "Viewing", "broker": "HAN2"})

        chips = {chip.name: chip for chip in answer.context["chips"]}
        assert set(chips) == {"type", "broker"}
        assert chips["broker"].value == "Åke Öst"
        assert parse_qs(chips["broker"].query) == {
            **{name: [value] for name, value in NOVEMBER.items()},
            "type": ["Viewing"],
        }

    def test_brokers_are_offered_in_swedish_order(self, as_bokare: Client, office: Office) -> None:
        make_colleague(office, "HAN3", "Ärla Zon")
        form = as_bokare.get(LIST).context["form"]

        names = [str(name) for _value, name in form.fields["broker"].widget.choices][1:]

        assert names == ["Bo Alm", "Åke Öst", "Ärla Zon"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("berg", ["CAL2"]), ("08550123", ["CAL2"]), ("+46 8 550 123 45", ["CAL2"]),
            ("österängsgatan", ["CAL2"]), ("CAL3", ["CAL3"]), ("anna storgatan", ["CAL1"]),
            ("ingen", []),
        ],
    )  # fmt: skip
    def test_a_text_finds_by_name_phone_address_or_id(
        self, as_bokare: Client, text: str, found: list[str]
    ) -> None:
        answer = as_bokare.post(LIST, {**NOVEMBER, "q": text})

        assert listed(answer) == found
        assert answer.context["page"].count == len(found)

    def test_a_text_stands_in_no_address(self, as_bokare: Client, office: Office) -> None:
        for number in range(60):
            meeting_of(office, f"CALX{number}", "Berg Berg")
        headers = {"HX-Request": "true"}

        page = text_of(as_bokare.post(LIST, {**NOVEMBER, "q": "Berg"}))
        answer = as_bokare.post(LIST, {**NOVEMBER, "q": "Berg"}, headers=headers)

        assert 'value="Berg"' in page
        for line in page.replace("<", "\n<").splitlines():
            if "href=" in line or 'name="go"' in line:
                assert "Berg" not in line.partition("aria-label")[0]
        pushed = answer.headers["HX-Push-Url"]
        assert parse_qs(urlsplit(pushed).query) == {k: [v] for k, v in NOVEMBER.items()}

    def test_a_link_of_a_search_is_posted_with_its_text(
        self, as_bokare: Client, office: Office
    ) -> None:
        for number in range(60):
            meeting_of(office, f"CALX{number:02}", "Berg Berg", source="Tips")
        first = as_bokare.post(LIST, {**NOVEMBER, "q": "Berg", "source": "Tips"})

        go = first.context["next_page"]
        second = as_bokare.post(LIST, {**NOVEMBER, "q": "Berg", "go": go})

        assert len(listed(first)) == 50
        assert len(listed(second)) == 10
        assert second.context["page"].number == 2
        assert "CAL2" not in listed(second)

    def test_without_javascript_the_form_leads_to_the_address(self, as_bokare: Client) -> None:
        answer = as_bokare.post(LIST, {**NOVEMBER, "type": "Viewing", "q": " "})

        assert answer.status_code == 302
        assert listed(as_bokare.get(answer.headers["Location"])) == ["CAL2"]


class TestNextStep:
    @pytest.fixture
    def held(self, office: Office) -> Meeting:
        make_contact(office)
        make_colleague(office)
        return meeting_of(
            office,
            "CAL1",
            "Anna Ek",
            meeting_date=timezone.now() - dt.timedelta(days=1),
            booked_date=timezone.now() - dt.timedelta(days=9),
        )

    def missing(self, client: Client) -> list[str]:
        answer = client.get(LIST, {"date_from": "2020-01-01", "no_next_step": "on"})
        assert answer.context["page"].count == len(listed(answer))
        return listed(answer)

    def test_a_held_one_has_none_until_a_comeback_is_sent(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        assert self.missing(as_bokare) == ["CAL1"]

        submission = make_submission(bokare, office)

        assert self.missing(as_bokare) == []
        page = text_of(as_bokare.get(LIST, {"date_from": "2020-01-01"}))
        assert submission.get_absolute_url() in page
        assert "mån 1 mars 2027 09:00" in page

    def test_the_list_is_sorted_by_it_with_those_first_that_wait_for_one(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        make_submission(bokare, office)
        meeting_of(office, "CAL2", "Bo Berg", contact_id="ADR2", meeting_date=timezone.now())

        for sort, order in (("next_step", ["CAL2", "CAL1"]), ("-next_step", ["CAL1", "CAL2"])):
            asked = {"date_from": "2020-01-01", "sort": sort, "columns": "person.next_step"}
            answer = as_bokare.get(LIST, asked)
            assert listed(answer) == order
            assert "aria-sort" in text_of(answer)

    def test_one_that_was_undone_is_none(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        submission = make_submission(bokare, office)
        Submission.objects.update(state=State.CANCELLED)

        assert self.missing(as_bokare) == ["CAL1"]
        page = text_of(as_bokare.get(LIST, {"date_from": "2020-01-01"}))
        assert submission.get_absolute_url() not in page

    def test_one_of_before_the_booking_or_with_another_is_none(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        make_submission(bokare, office)
        Submission.objects.update(created_at=timezone.now() - dt.timedelta(days=10))
        make_submission(bokare, office, contact_id="ADR2")

        assert self.missing(as_bokare) == ["CAL1"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "CancelledByAgent"},
            {"state": "FollowedUp"},
            {"state": "NotRelevant"},
            {"signature_date": "2026-11-20T00:00:00+01:00"},
            {"missing_since": "2026-11-20T00:00:00+01:00"},
            {"meeting_date": "2099-11-20T00:00:00+01:00"},
        ],
    )
    def test_it_is_missed_only_of_meetings_that_are_held_and_not_settled(
        self, as_bokare: Client, held: Meeting, fields: dict[str, Any]
    ) -> None:
        Meeting.objects.update(**fields)

        assert self.missing(as_bokare) == []

    def test_of_several_the_one_for_the_meeting_is_shown(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        mine = make_submission(bokare, office, meeting_id="CAL1")
        make_submission(bokare, office, note="senare, för annat")

        [group] = as_bokare.get(LIST, {"date_from": "2020-01-01"}).context["groups"]

        assert group.rows[0].next_step.submission == mine

    def test_one_whose_content_was_erased_breaks_nothing(
        self, as_bokare: Client, held: Meeting, bokare: User, office: Office
    ) -> None:
        make_submission(bokare, office)
        Submission.objects.update(key="")

        assert as_bokare.get(LIST, {"date_from": "2020-01-01"}).status_code == 200


class TestOrder:
    @pytest.fixture(autouse=True)
    def _meetings(self, office: Office) -> None:
        rows = [("CAL1", "Östen Ek", "Åke"), ("CAL2", "Anna Ek", "Zeb"), ("CAL3", "Åsa Ek", "Ärla")]
        for number, (vitec_id, name, broker) in enumerate(rows):
            meeting_of(
                office, vitec_id, name, broker_name=broker,
                meeting_date=at(f"2026-11-{24 - number}T10:00"),
                booked_date=at(f"2026-11-{10 + number}T10:00"),
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("sort", "found"),
        [
            ("", ["CAL3", "CAL2", "CAL1"]),
            ("time", ["CAL3", "CAL2", "CAL1"]),
            ("-time", ["CAL1", "CAL2", "CAL3"]),
            ("booked", ["CAL1", "CAL2", "CAL3"]),
            ("person", ["CAL2", "CAL3", "CAL1"]),
            ("-person", ["CAL1", "CAL3", "CAL2"]),
            ("broker", ["CAL2", "CAL1", "CAL3"]),
            ("unknown", ["CAL3", "CAL2", "CAL1"]),
        ],
    )
    def test_words_stand_in_swedish_order(
        self, as_bokare: Client, sort: str, found: list[str]
    ) -> None:
        assert listed(as_bokare.get(LIST, {**NOVEMBER, "sort": sort})) == found

    def test_a_heading_turns_the_order_round(self, as_bokare: Client) -> None:
        answer = as_bokare.get(LIST, {**NOVEMBER, "sort": "person"})

        assert "sort=-person" in answer.context["headings"][1][1]["query"]
        assert 'aria-sort="ascending"' in text_of(answer)

    def test_pages_hang_together_in_any_order(self, as_bokare: Client, office: Office) -> None:
        for number in range(60):
            meeting_of(office, f"CALX{number}", f"Namn {number % 7}")
        for sort in ("time", "-person", "state"):
            pages = [
                listed(as_bokare.get(LIST, {**NOVEMBER, "sort": sort, "size": "25", "page": page}))
                for page in (1, 2, 3)
            ]
            together = [vitec_id for page in pages for vitec_id in page]
            assert [len(page) for page in pages] == [25, 25, 13]
            assert len(set(together)) == 63

    def test_too_many_to_sort_by_name_stand_by_time_and_say_so(
        self, as_bokare: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("meetings.opened.MOST_OPENED", 2)

        answer = as_bokare.get(LIST, {**NOVEMBER, "sort": "person"})

        assert listed(answer) == ["CAL3", "CAL2", "CAL1"]
        assert answer.context["page"].order.too_many

    @pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "²"])
    def test_a_page_that_there_is_not_is_one_that_there_is(
        self, as_bokare: Client, page: str
    ) -> None:
        answer = as_bokare.get(LIST, {**NOVEMBER, "page": page, "size": page})

        assert answer.status_code == 200
        assert len(listed(answer)) == 3


class TestOffices:
    def test_a_neighbour_sees_none_of_it(self, as_grannkontor: Client, office: Office) -> None:
        meeting_of(office, "CAL1", "Anna Ek")
        for asked in ({}, {"office": "M30011"}, {"office": "all"}, {"office": "x"}):
            answer = as_grannkontor.get(LIST, {**NOVEMBER, **asked})
            assert listed(answer) == []
            assert answer.context["page"].count == 0
        assert listed(as_grannkontor.post(LIST, {**NOVEMBER, "q": "anna"})) == []

    def test_all_of_my_offices_are_shown_on_demand(
        self, as_admin: Client, office: Office, neighbour_office: Office
    ) -> None:
        meeting_of(office, "CAL1", "Anna Ek")
        meeting_of(neighbour_office, "CAL2", "Bo Ek")

        assert listed(as_admin.get(LIST, NOVEMBER)) == ["CAL2"]
        assert listed(as_admin.get(LIST, {**NOVEMBER, "office": "M30011"})) == ["CAL1"]
        both = as_admin.get(LIST, {**NOVEMBER, "office": "all", "sort": "person"})
        assert listed(both) == ["CAL1", "CAL2"]
        assert office.name in text_of(both)

    def test_a_person_of_no_office_is_turned_away(self, db: None) -> None:
        client = Client()
        client.force_login(User.objects.create_user("ny"))
        assert client.get(LIST).status_code == 403


class TestSpeed:
    def test_a_page_makes_few_queries_however_many_rows(
        self,
        as_bokare: Client,
        bokare: User,
        office: Office,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(60):
            meeting_of(office, f"CAL{number}", f"Namn {number}", contact_id=f"ADR{number}")
            make_submission(bokare, office, contact_id=f"ADR{number}", note=str(number))
        asked = {**NOVEMBER, "type": "Assignment", "size": "100"}
        # From then on the names are remembered.
        as_bokare.get(LIST, {**asked, "sort": "person"})
        for sort in ("time", "person"):
            with django_assert_max_num_queries(12):
                assert len(listed(as_bokare.get(LIST, {**asked, "sort": sort}))) == 60
        with django_assert_max_num_queries(12):
            as_bokare.post(LIST, {**asked, "q": "namn"}, headers={"HX-Request": "true"})


class TestFreshness:
    @pytest.fixture
    def rung(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        found: list[int] = []
        monkeypatch.setattr(tasks, "_publish", found.append)
        return found

    def fetched(self, office: Office, minutes: int, **facts: Any) -> SyncRun:
        ended = timezone.now() - dt.timedelta(minutes=minutes)
        values = {"job": "meetings", "slot": -minutes, "finished_at": ended, **facts}
        return SyncRun.objects.create(office=office, **values)

    def test_no_page_asks_vitec(self, as_bokare: Client, office: Office, vitec: Any) -> None:
        as_bokare.get(LIST)
        as_bokare.get(FRESHNESS)
        assert vitec.log() == []

    def test_it_says_how_old_the_list_is(self, as_bokare: Client, office: Office) -> None:
        self.fetched(office, 3)

        answer = as_bokare.get(FRESHNESS)

        assert answer.context["freshness"].minutes == 3
        assert "is-stale" not in text_of(answer)
        assert "meetings-fetched" in answer.headers["HX-Trigger"]

    def test_it_warns_when_that_is_too_long_ago(self, as_bokare: Client, office: Office) -> None:
        self.fetched(office, 31)
        self.fetched(office, 0, error="unknown")

        page = text_of(as_bokare.get(LIST))

        assert "is-stale" in page
        assert "freshness-failed" in page

    def test_fetch_now_rings_once_and_is_watched_until_it_is_done(
        self, as_bokare: Client, office: Office, rung: list[int]
    ) -> None:
        headers = {"HX-Request": "true"}
        first = as_bokare.post(FETCH, headers=headers)
        again = as_bokare.post(FETCH, headers=headers)
        assert rung == [office.pk]
        assert (first.context["pending"], again.context["too_soon"]) == (True, True)

        run = SyncRun.objects.create(office=office, job="meetings", slot=1, fetched=42)
        meanwhile = as_bokare.get(FRESHNESS)
        assert "42" in text_of(meanwhile)
        assert "HX-Trigger" not in meanwhile.headers

        SyncRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
        done = as_bokare.get(FRESHNESS)
        assert not done.context["pending"]
        assert "meetings-fetched" in done.headers["HX-Trigger"]

    def test_without_javascript_it_leads_back_to_the_list(
        self, as_bokare: Client, office: Office, rung: list[int]
    ) -> None:
        assert as_bokare.post(FETCH).headers["Location"] == LIST
        assert rung == [office.pk]
        assert OfficeSync.objects.get().wanted_at is not None

    def test_without_javascript_the_list_keeps_its_filters(
        self, as_bokare: Client, office: Office, rung: list[int]
    ) -> None:
        there = f"{LIST}?date_from=2026-11-01&date_to=2026-11-30&state=Booked"
        answer = as_bokare.post(FETCH, headers={"Referer": f"http://testserver{there}"})

        assert answer.headers["Location"] == there

    def test_a_neighbour_fetches_the_own_office_only(
        self, as_grannkontor: Client, office: Office, neighbour_office: Office, rung: list[int]
    ) -> None:
        as_grannkontor.post(FETCH, {"office": office.customer_id})
        assert rung == [neighbour_office.pk]


def test_each_row_leads_to_a_comeback(as_bokare: Client, office: Office) -> None:
    meeting = make_meeting(office, meeting_date=timezone.now())

    assert meeting.comeback_url in text_of(as_bokare.get(LIST))
    assert Colleague.objects.count() == 0
