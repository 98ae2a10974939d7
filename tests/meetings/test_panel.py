"""One meeting: its panel and page, its history in words, its versions side by side."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.urls import reverse

from meetings import sync
from meetings.models import Meeting
from offices.models import Disclosure, Office, SyncRun, User
from submissions.models import Submission
from tests.factories import STOCKHOLM, make_colleague, make_contact, make_meeting, make_submission
from tests.meetings.conftest import Diary
from tests.meetings.test_dashboard import LIST, listed
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]
HTMX = {"HX-Request": "true"}


def url_of(meeting: Meeting, name: str = "meeting") -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def words(answer: Any) -> str:
    """What a reader sees, one space between words."""
    plain = re.sub(r"<[^>]*>", " ", text_of(answer))
    return re.sub(r"\s+", " ", plain.replace("&nbsp;", " ").replace("\xa0", " "))


def synced(office: Office, clock: Clock, moment: str) -> None:
    """A sync that began and ended at this moment."""
    clock(moment)
    assert sync.sync_office(office, now=True)


@pytest.fixture(autouse=True)
def _nobody_is_signed_out_by_the_clock(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 400 * 24 * 60 * 60


@pytest.fixture
def moved(office: Office, diary: Diary, today: Clock) -> Meeting:
    """Booked for the 24th, seen so until 07:40 on the 19th, and moved when seen at 07:45."""
    diary.add(
        "CAL1", "2026-11-24T10:00:00", bookedById="HAN2", bookedByName="Cilla Dahl",
        commissionWithoutTaxes=85000,
    )  # fmt: skip
    synced(office, today, "2026-11-18T16:00:00")
    synced(office, today, "2026-11-19T07:40:00")
    diary.change("CAL1", meetingDate="2026-11-26T13:30:00")
    synced(office, today, "2026-11-19T07:45:00")
    today("2026-11-21T10:00:00")
    return Meeting.objects.get()


class TestThePanel:
    def test_it_holds_all_fields_in_swedish(self, as_bokare: Client, moved: Meeting) -> None:
        answer = as_bokare.get(url_of(moved), headers=HTMX)

        said = words(answer)
        assert "<html" not in text_of(answer)
        for label, value in (
            ("Mötesdatum", "tors 26 nov 13:30"), ("Typ", "Intagsmöte"), ("Mäklare", "Bo Alm"),
            ("Bokad av", "Cilla Dahl"), ("Adress", "Storgatan 4, 172 65 Sundbyberg"),
            ("Telefon", "070-174 06 05"), ("Id hos Vitec", "CAL1"),
        ):  # fmt: skip
            assert f"{label} {value}" in said
        assert 'href="tel:0701740605"' in text_of(answer)

    def test_without_htmx_it_is_a_page(self, as_bokare: Client, moved: Meeting) -> None:
        answer = as_bokare.get(url_of(moved))

        assert "<html" in text_of(answer)
        assert "Anna Ek" in words(answer)
        assert "Flyttad från" in words(answer)

    def test_the_page_and_the_forms_behind_it_lead_back_to_the_list(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        there = f"{LIST}?date_from=2026-11-01&state=Booked"
        answer = as_bokare.get(url_of(moved), headers={"Referer": f"http://testserver{there}"})

        links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', text_of(answer))]
        assert f"{there}#meeting-{moved.pk}" in links
        forms = [link for link in links if "meeting=CAL1" in link]
        assert len(forms) == 2
        for link in forms:
            assert f'href="{there}"' in html.unescape(text_of(as_bokare.get(link)))

    def test_a_row_leads_to_it(self, as_bokare: Client, moved: Meeting) -> None:
        page = text_of(as_bokare.get(LIST, {"day": "2026-11-26"}))

        assert f'href="{url_of(moved)}"' in page

    def test_a_stranger_finds_neither_it_nor_its_versions(
        self, as_grannkontor: Client, moved: Meeting
    ) -> None:
        for name in ("meeting", "compare"):
            assert as_grannkontor.get(url_of(moved, name)).status_code == 404
            assert as_grannkontor.get(url_of(moved, name), headers=HTMX).status_code == 404

    def test_amounts_need_a_right(
        self, as_bokare: Client, as_chef: Client, moved: Meeting, diary: Diary, today: Clock
    ) -> None:
        diary.change("CAL1", commissionWithoutTaxes=95000)
        synced(moved.office, today, "2026-11-21T10:01:00")

        for name in ("meeting", "compare"):
            hidden, shown = (
                words(as_bokare.get(url_of(moved, name))),
                words(as_chef.get(url_of(moved, name))),
            )
            assert "85 000" not in hidden
            assert "95 000" not in hidden
            assert "85 000 kr" in shown
            assert "95 000 kr" in shown
        assert "Provision exkl. moms: ändrad" in words(as_bokare.get(url_of(moved)))

    def test_who_looked_is_written_down(
        self, as_bokare: Client, bokare: User, moved: Meeting
    ) -> None:
        as_bokare.get(url_of(moved), headers=HTMX)

        row = Disclosure.objects.get()
        assert (row.user, row.what) == (bokare, Disclosure.What.VIEWED)
        assert row.subject == f"meetings.meeting:{moved.pk}"
        assert row.person

    def test_it_costs_the_same_however_much_has_happened(
        self,
        as_bokare: Client,
        bokare: User,
        moved: Meeting,
        diary: Diary,
        today: Clock,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(8):
            diary.change("CAL1", state=("Booked", "FollowedUp")[number % 2])
            synced(moved.office, today, f"2026-11-21T10:{10 + number}:00")
        for number in range(5):
            make_submission(bokare, moved.office, note=str(number))
        for headers in ({}, HTMX):
            with django_assert_max_num_queries(12):
                as_bokare.get(url_of(moved), headers=headers)
        with django_assert_max_num_queries(12):
            as_bokare.get(url_of(moved, "compare"))


class TestWhatHasHappened:
    def test_a_change_says_between_which_syncs_it_was_seen_and_not_by_whom(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        said = words(as_bokare.get(url_of(moved)))

        assert "Flyttad från tis 24 nov 10:00 till tors 26 nov 13:30" in said
        assert "Ändrat hos Vitec, sågs mellan tors 19 nov 07:40 och 07:45" in said
        assert "Bokat av Cilla Dahl, enligt Vitec" in said
        assert "Vitec säger inte vem som ändrade" in said

    def test_that_is_known_after_the_runs_are_forgotten(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        SyncRun.objects.all().delete()

        said = words(as_bokare.get(url_of(moved)))

        assert "sågs mellan tors 19 nov 07:40 och 07:45" in said

    def test_a_run_that_failed_has_seen_nothing(
        self, as_bokare: Client, moved: Meeting, diary: Diary, today: Clock, vitec: Any
    ) -> None:
        synced(moved.office, today, "2026-11-21T10:05:00")
        vitec.behave("meetings", "error_before", times=1)
        synced(moved.office, today, "2026-11-21T10:08:00")
        diary.change("CAL1", state="FollowedUp")
        synced(moved.office, today, "2026-11-21T10:11:00")

        said = words(as_bokare.get(url_of(moved)))

        assert "sågs mellan idag 10:05 och 10:11" in said

    def test_a_run_that_did_not_ask_for_its_day_has_not_seen_it(
        self, as_bokare: Client, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2028-01-10T10:00:00", bookedDate="2026-10-01T10:00:00")
        synced(office, today, "2026-11-18T03:00:00")
        synced(office, today, "2026-11-19T07:40:00")
        today("2026-11-20T03:00:00")
        diary.change("CAL1", state="FollowedUp")
        assert sync.sync_widely(office)
        today("2026-11-21T10:00:00")

        said = words(as_bokare.get(url_of(Meeting.objects.get())))

        assert "sågs mellan ons 18 nov 03:00 och fre 20 nov 03:00" in said

    def test_a_vanished_one_is_kept_and_says_so(
        self, as_bokare: Client, moved: Meeting, diary: Diary, today: Clock
    ) -> None:
        diary.delete("CAL1")
        synced(moved.office, today, "2026-11-21T10:05:00")

        said = words(as_bokare.get(url_of(moved)))

        assert "Saknas hos Vitec sedan" in said
        assert "Finns inte längre hos Vitec" in said

    def test_what_was_sent_from_here_stands_there_with_its_state(
        self, as_bokare: Client, bokare: User, moved: Meeting, grannkontor: User,
        neighbour_office: Office,
    ) -> None:  # fmt: skip
        make_contact(moved.office)
        make_colleague(moved.office)
        mine = make_submission(bokare, moved.office)
        other = make_submission(bokare, moved.office, contact_id="ADR2")
        make_submission(grannkontor, neighbour_office)

        answer = as_bokare.get(url_of(moved))

        sent = [one.submission for one in answer.context["happenings"] if one.submission]
        assert sent == [mine]
        assert mine.get_absolute_url() in text_of(answer)
        assert other.get_absolute_url() not in text_of(answer)
        assert str(mine.shown.label) in words(answer)
        assert "Sänt härifrån av Berit Bokare" in words(answer)

    def test_an_erased_one_breaks_nothing(
        self, as_bokare: Client, bokare: User, moved: Meeting
    ) -> None:
        make_submission(bokare, moved.office)
        Submission.objects.update(key="")

        assert as_bokare.get(url_of(moved)).status_code == 200

    def test_one_click_leads_to_the_list_as_it_was_before(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        [change] = [one for one in as_bokare.get(url_of(moved)).context["happenings"] if one.seen]

        answer = as_bokare.get(change.before_url.partition("#")[0])

        assert listed(answer) == ["CAL1"]
        assert "Så här såg listan ut tors 19 nov 07:4" in words(answer)
        assert answer.context["day"] == dt.date(2026, 11, 24)
        assert f'id="meeting-{moved.pk}"' in text_of(answer)
        assert listed(as_bokare.get(LIST, {"day": "2026-11-24"})) == []


class TestAsItWas:
    def test_the_panel_of_a_past_list_shows_the_meeting_as_it_was(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        said = words(as_bokare.get(url_of(moved), {"as_of": "2026-11-19T07:41"}))

        assert "Så här såg mötet ut tors 19 nov 07:41" in said
        assert "Mötesdatum tis 24 nov 10:00" in said
        assert "Återkomst" not in said.partition("Vad som har hänt")[0].partition("Så här")[2]

    def test_before_it_was_known_the_present_is_shown_and_said_to_be(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        said = words(as_bokare.get(url_of(moved), {"as_of": "2026-11-01T12:00"}))

        assert "kände inte till mötet då" in said
        assert "Mötesdatum tors 26 nov 13:30" in said

    @pytest.mark.parametrize("as_of", ["hoppsan", "2099-01-01T00:00", "0001-01-01"])
    def test_what_is_no_past_moment_is_now(
        self, as_bokare: Client, moved: Meeting, as_of: str
    ) -> None:
        answer = as_bokare.get(url_of(moved), {"as_of": as_of})

        assert answer.status_code == 200
        assert answer.context["life"] == moved


class TestVersions:
    @pytest.fixture
    def thrice(self, moved: Meeting, diary: Diary, today: Clock) -> Meeting:
        diary.change("CAL1", state="CancelledByCustomer", cancelledBy="Kund")
        synced(moved.office, today, "2026-11-21T10:05:00")
        return Meeting.objects.get()

    def differing(self, answer: Any) -> list[str]:
        return [side.label for side in answer.context["sides"] if side.said]

    def test_the_last_two_are_compared_unless_others_are_chosen(
        self, as_bokare: Client, thrice: Meeting
    ) -> None:
        url = url_of(thrice, "compare")

        assert self.differing(as_bokare.get(url)) == ["Status", "Avbokat av"]
        assert self.differing(as_bokare.get(url, {"before": "1", "after": "2"})) == ["Mötesdatum"]
        whole = as_bokare.get(url, {"before": "1", "after": "3"})
        assert self.differing(whole) == ["Mötesdatum", "Status", "Avbokat av"]
        assert "tis 24 nov 10:00" in words(whole)
        assert "tors 26 nov 13:30" in words(whole)
        same = as_bokare.get(url, {"before": "2", "after": "2"})
        assert self.differing(same) == []

    @pytest.mark.parametrize("number", ["0", "9", "-1", "x", "²", "99999999999"])
    def test_a_version_that_there_is_not_is_one_that_there_is(
        self, as_bokare: Client, thrice: Meeting, number: str
    ) -> None:
        answer = as_bokare.get(url_of(thrice, "compare"), {"before": number, "after": number})

        assert self.differing(answer) == ["Status", "Avbokat av"]

    def test_each_leads_to_the_list_as_it_was(self, as_bokare: Client, thrice: Meeting) -> None:
        answer = as_bokare.get(url_of(thrice, "compare"))

        for version in answer.context["versions"][:-1]:
            then = as_bokare.get(version.list_url.partition("#")[0])
            assert listed(then) == ["CAL1"]
            [group] = then.context["groups"]
            assert group.rows[0].meeting.meeting_date == version.life.meeting_date

    def test_htmx_gets_the_table_alone(self, as_bokare: Client, thrice: Meeting) -> None:
        answer = as_bokare.get(url_of(thrice, "compare"), headers=HTMX)

        assert "<html" not in text_of(answer)
        assert "Ändrad" in words(answer)

    def test_one_without_a_past_says_so(self, as_bokare: Client, office: Office) -> None:
        answer = as_bokare.get(url_of(make_meeting(office), "compare"))

        assert "Ingenting har ändrats" in words(answer)


class TestMap:
    def test_no_address_leaves_the_portal_unless_that_is_set_up(
        self, as_bokare: Client, moved: Meeting
    ) -> None:
        answer = as_bokare.get(url_of(moved))

        assert answer.context["map_url"] == ""
        assert "öppnar en annan webbplats" not in words(answer)

    def test_a_map_that_is_set_up_opens_by_a_press(
        self, as_bokare: Client, moved: Meeting, settings: Any
    ) -> None:
        settings.MAP_LINK_URL = "https://karta.example.se/?q={address}"

        page = text_of(as_bokare.get(url_of(moved)))

        assert "https://karta.example.se/?q=Storgatan%204%2C%20172%2065%20Sundbyberg" in page
        assert 'rel="noopener noreferrer"' in page

    @pytest.mark.parametrize("link", ["javascript:alert('{address}')", "https://karta.example.se"])
    def test_what_is_no_address_of_a_map_is_found_out_at_the_start(
        self, settings: Any, link: str
    ) -> None:
        settings.MAP_LINK_URL = link
        with pytest.raises(SystemCheckError, match="MAP_LINK_URL"):
            call_command("check")


def test_a_meeting_of_long_ago_says_the_year(as_bokare: Client, office: Office) -> None:
    meeting = make_meeting(office, meeting_date=dt.datetime(2019, 5, 4, 10, tzinfo=STOCKHOLM))

    assert "lördag 4 maj 2019 10:00" in words(as_bokare.get(url_of(meeting)))
