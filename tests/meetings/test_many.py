"""One comeback form for many marked rows: counted, asked about row by row, sent as one batch."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from offices.models import Office, User
from submissions import many, many_views
from submissions.models import Batch, Submission
from tests.factories import make_colleague, make_meeting, make_submission, make_user
from tests.meetings.test_dashboard import LIST, at
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

MANY = reverse("meetings:many")
KIND = "meetings.create_comeback"


@pytest.fixture
def rows(office: Office) -> list[Meeting]:
    make_colleague(office, "HAN1", "Bo Alm")
    make_colleague(office, "HAN2", "Åke Öst")
    return [
        make_meeting(office, "CAL1", contact_id="ADR1"),
        make_meeting(office, "CAL2", contact_id="ADR2", broker_id="HAN2", estate_id=""),
        make_meeting(office, "CAL3", contact_id="ADR3"),
    ]


def posted(rows: list[Meeting], **values: Any) -> dict[str, Any]:
    return {
        "kind": KIND,
        "meeting": [row.pk for row in rows],
        "back": "date_from=2026-11-01&type=Assignment&q=Anna",
        "form_token": str(uuid.uuid4()),
        "date": "2027-03-01 09:00",
        "note": "ej svar",
        "participant": "",
        **values,
    }


def keys(rows: list[Any]) -> list[str]:
    return [row.target.own["contact_id"] for row in rows]


def told(answer: Any) -> list[str]:
    """What the page posts back of the concerns that it shows."""
    return [html.unescape(one) for one in re.findall(r'name="told" value="(.*?)"', text_of(answer))]


def bodies() -> dict[str, Any]:
    return {s.call.path.rsplit("/", 1)[1]: s.call for s in Submission.objects.all()}


class TestOpening:
    def test_the_list_has_a_box_for_each_row_and_a_button_for_each_kind(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        text = text_of(as_bokare.get(LIST, {"date_from": "2026-01-01"}))

        assert text.count('form="marked"') == 3
        assert f'value="{KIND}"' in text
        assert "Återkomst till markerade" in text

    def test_it_counts_and_names_them_and_asks_once_for_what_they_share(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        answer = as_bokare.post(MANY, {"kind": KIND, "meeting": [row.pk for row in rows]})

        assert "Återkomst till 3 personer" in text_of(answer)
        assert list(answer.context["form"].fields) == ["form_token", "date", "note", "participant"]
        assert len(answer.context["sure"]) == 3
        assert text_of(answer).count('type="hidden" name="meeting"') == 3
        assert not Submission.objects.exists()

    def test_nothing_marked_leads_back_to_the_list(self, as_bokare: Client, office: Office) -> None:
        answer = as_bokare.post(MANY, {"kind": KIND, "back": "type=Viewing&q=Anna&page=2"})

        assert answer.headers["Location"] == f"{LIST}?type=Viewing&page=2"

    def test_a_person_of_no_office_is_turned_away(self, db: None) -> None:
        client = Client()
        client.force_login(make_user("ny"))
        assert client.post(MANY, {"kind": KIND}).status_code == 403

    @pytest.mark.parametrize("kind", ["", "unknown", "viewings.add_participant"])
    def test_what_is_not_sent_to_many_is_not_there(self, as_bokare: Client, kind: str) -> None:
        assert as_bokare.post(MANY, {"kind": kind}).status_code == 404

    def test_it_asks_the_same_of_the_database_however_many(
        self, as_bokare: Client, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        make_colleague(office)
        many = [make_meeting(office, f"CAL{n}", contact_id=f"ADR{n}") for n in range(60)]
        as_bokare.get(LIST)

        with django_assert_max_num_queries(16):
            answer = as_bokare.post(f"{MANY}?look=1", posted(many))
        assert answer.context["count"] == 60


class TestSending:
    def test_each_gets_its_own_person_meeting_home_and_broker_in_one_batch(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        answer = as_bokare.post(MANY, posted(rows))

        batch = Batch.objects.get()
        assert answer.headers["Location"] == batch.get_absolute_url()
        assert batch.parts.count() == 3
        calls = bodies()
        assert set(calls) == {"ADR1", "ADR2", "ADR3"}
        assert '"participant":{"userId":"HAN2"}' in calls["ADR2"].body.replace(" ", "")
        assert "CAL2" in calls["ADR2"].body
        assert "estateId" not in calls["ADR2"].body
        assert '"participant":{"userId":"HAN1"}' in calls["ADR1"].body.replace(" ", "")
        assert "OBJ1_2" in calls["ADR1"].body
        assert all("ej svar" in call.body for call in calls.values())

    def test_one_chosen_person_does_them_all(self, as_bokare: Client, rows: list[Meeting]) -> None:
        as_bokare.post(MANY, posted(rows, participant="userId:HAN2"))

        assert all('"HAN2"' in call.body for call in bodies().values())

    def test_in_the_list_the_answer_is_how_it_goes(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        answer = as_bokare.post(MANY, posted(rows), headers={"HX-Request": "true"})

        assert "3 är sparade" in text_of(answer)
        assert reverse("submissions:batch_status", args=[Batch.objects.get().code]) in text_of(
            answer
        )

    def test_the_same_press_twice_sends_once(self, as_bokare: Client, rows: list[Meeting]) -> None:
        form = posted(rows)

        first, second = as_bokare.post(MANY, form), as_bokare.post(MANY, form)

        assert first.headers["Location"] == second.headers["Location"]
        assert Submission.objects.count() == 3

    def test_the_same_form_with_other_content_is_asked_about(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        form = posted(rows)
        as_bokare.post(MANY, form)

        answer = as_bokare.post(MANY, {**form, "date": "2027-09-01 09:00"})

        assert answer.status_code == 409
        assert Submission.objects.count() == 3
        assert str(answer.context["form"]["form_token"].value()) != form["form_token"]

    def test_one_that_is_unticked_is_left_out(self, as_bokare: Client, rows: list[Meeting]) -> None:
        seen = [str(row.pk) for row in rows]

        as_bokare.post(MANY, posted(rows, seen=seen, send=seen[:2]))

        assert set(bodies()) == {"ADR1", "ADR2"}

    def test_with_nobody_ticked_nothing_is_sent(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        answer = as_bokare.post(MANY, posted(rows, seen=[row.pk for row in rows]))

        assert answer.status_code == 422
        assert not Batch.objects.exists()

    @pytest.mark.parametrize("date", ["", "hoppsan", "2020-01-01 09:00"])
    def test_a_day_that_is_none_is_said_and_nothing_is_sent(
        self, as_bokare: Client, rows: list[Meeting], date: str
    ) -> None:
        answer = as_bokare.post(MANY, posted(rows, date=date))

        assert answer.status_code == 422
        assert answer.context["form"].errors["date"]
        assert len(answer.context["sure"]) == 3
        assert not Batch.objects.exists()

    def test_without_javascript_a_look_is_the_whole_page(
        self, as_bokare: Client, rows: list[Meeting]
    ) -> None:
        answer = as_bokare.post(MANY, posted(rows, step="look"))

        assert "<html" in text_of(answer)
        assert "Skapa 3 återkomster" in text_of(answer)
        assert not Batch.objects.exists()


class TestExceptions:
    def test_one_without_a_contact_id_waits_and_the_others_go(
        self, as_bokare: Client, rows: list[Meeting], office: Office
    ) -> None:
        nobody = make_meeting(office, "CAL4", contact_id="")

        answer = as_bokare.post(
            f"{MANY}?look=1", posted([*rows, nobody]), headers={"HX-Request": "true"}
        )
        assert [row.target.key for row in answer.context["out"]] == [str(nobody.pk)]
        assert "Väntar på kontakt-id från Vitec" in text_of(answer)
        assert "Skapa 3 återkomster" in text_of(answer)

        as_bokare.post(MANY, posted([*rows, nobody]))
        assert set(bodies()) == {"ADR1", "ADR2", "ADR3"}

    def test_one_without_a_broker_needs_somebody_chosen(
        self, as_bokare: Client, office: Office, rows: list[Meeting]
    ) -> None:
        nobodys = make_meeting(office, "CAL4", contact_id="ADR4", broker_id="", estate_id="X")

        answer = as_bokare.post(f"{MANY}?look=1", posted([nobodys]))
        assert "Har ingen egen mäklare" in text_of(answer)

        as_bokare.post(MANY, posted([nobodys], participant="userId:HAN2"))
        assert set(bodies()) == {"ADR4"}

    def test_one_with_a_comeback_nearby_is_left_out_until_a_person_says_why(
        self, as_bokare: Client, bokare: User, office: Office, rows: list[Meeting]
    ) -> None:
        earlier = make_submission(bokare, office, contact_id="ADR2", date=at("2027-03-05T09:00"))
        form = posted(rows)

        first = as_bokare.post(MANY, form)
        assert first.status_code == 409
        assert keys(first.context["asked"]) == ["ADR2"]
        assert earlier.get_absolute_url() in text_of(first)
        assert first.context["count"] == 2
        assert not Batch.objects.exists()

        key, others = str(rows[1].pk), [str(rows[0].pk), str(rows[2].pk)]
        ticked = {**form, "seen": [key, *others], "told": told(first), "send": [key, *others]}
        without_reason = as_bokare.post(MANY, ticked)
        assert without_reason.status_code == 409
        assert not Batch.objects.exists()

        as_bokare.post(MANY, {**ticked, "although_reason": "Ringer båda gångerna"})
        assert Batch.objects.get().parts.count() == 3

    def test_what_was_read_and_not_ticked_stays_behind(
        self, as_bokare: Client, bokare: User, office: Office, rows: list[Meeting]
    ) -> None:
        make_submission(bokare, office, contact_id="ADR2", date=at("2027-03-05T09:00"))
        key, others = str(rows[1].pk), [str(rows[0].pk), str(rows[2].pk)]
        form = posted(rows)
        read = told(as_bokare.post(MANY, form))

        as_bokare.post(MANY, {**form, "seen": [key, *others], "told": read, "send": others})

        assert Batch.objects.get().parts.count() == 2

    @pytest.mark.parametrize("when", ["while the page is open", "while it is sent"])
    def test_a_reason_that_nobody_has_read_comes_back_for_a_look(
        self,
        as_bokare: Client,
        office: Office,
        rows: list[Meeting],
        monkeypatch: pytest.MonkeyPatch,
        when: str,
    ) -> None:
        other = make_user("annan", office)
        make_submission(other, office, contact_id="ADR2", date=at("2027-03-05T09:00"))
        form = posted(rows)
        all_of_them = [str(row.pk) for row in rows]
        ticked = {**form, "seen": all_of_them, "send": all_of_them, "although_reason": "En annan"}
        ticked["told"] = told(as_bokare.post(MANY, form))

        def another() -> Submission:
            return make_submission(other, office, contact_id="ADR2", date=at("2027-03-02T09:00"))

        if when == "while it is sent":
            monkeypatch.setattr(
                many_views, "wish_of", lambda *args: [many.wish_of(*args), another()][0]
            )
        else:
            another()
        answer = as_bokare.post(MANY, ticked)

        assert answer.status_code == 409
        assert Submission.objects.exclude(created_by=other).count() == 0
        latest = Submission.objects.filter(created_by=other).latest("pk")
        assert latest.get_absolute_url() in text_of(answer)
        assert keys(answer.context["asked"]) == ["ADR2"]
        assert answer.context["count"] == 2

        monkeypatch.undo()
        as_bokare.post(MANY, {**ticked, "told": told(answer)})
        assert Batch.objects.get().parts.count() == 3

    def test_read_of_one_row_it_is_not_read_of_another(
        self, as_bokare: Client, office: Office, rows: list[Meeting]
    ) -> None:
        other = make_user("annan", office)
        make_submission(other, office, contact_id="ADR2", date=at("2027-03-05T09:00"))
        form = posted(rows[1:2])
        [receipt] = told(as_bokare.post(MANY, form))
        elsewhere = receipt.replace(str(rows[1].pk), str(rows[0].pk), 1)
        ticked = {"seen": [rows[1].pk], "send": [rows[1].pk], "although_reason": "En annan"}

        answer = as_bokare.post(MANY, {**form, **ticked, "told": [elsewhere]})

        assert answer.status_code == 409
        assert not Batch.objects.exists()

    def test_of_two_meetings_with_one_person_the_second_is_asked_about(
        self, as_bokare: Client, office: Office, rows: list[Meeting]
    ) -> None:
        again = make_meeting(office, "CAL5", contact_id="ADR1")

        answer = as_bokare.post(f"{MANY}?look=1", posted([*rows, again]))

        assert [row.target.key for row in answer.context["asked"]] == [str(again.pk)]
        assert answer.context["count"] == 3

    def test_both_go_when_a_person_has_read_that_the_second_stands_above(
        self, as_bokare: Client, office: Office, rows: list[Meeting]
    ) -> None:
        again = make_meeting(office, "CAL5", contact_id="ADR1")
        form = posted([*rows, again])
        read = told(as_bokare.post(MANY, form))
        # Without the second row the numbers of a batch are not those of the page.
        ticked = [str(row.pk) for row in (rows[0], rows[2], again)]
        seen = [str(row.pk) for row in (*rows, again)]

        as_bokare.post(
            MANY,
            {**form, "seen": seen, "told": read, "send": ticked, "although_reason": "Två hem"},
        )

        assert Batch.objects.get().parts.count() == 3

    def test_rows_of_another_office_are_named_and_a_strangers_do_not_exist(
        self, office: Office, neighbour_office: Office, rows: list[Meeting]
    ) -> None:
        theirs = make_meeting(neighbour_office, "CAL9", contact_id="ADR9")
        both = Client()
        both.force_login(make_user("bada", office, neighbour_office))
        mine = Client()
        mine.force_login(make_user("min", office))

        answer = both.post(MANY, posted([*rows, theirs]))
        assert Batch.objects.get().office == office
        assert Batch.objects.get().parts.count() == 3
        assert answer.status_code == 302

        shown = mine.post(f"{MANY}?look=1", posted([theirs, *rows]))
        assert len(shown.context["sure"]) + len(shown.context["asked"]) == 3
        assert mine.post(MANY, posted([theirs])).headers["Location"].startswith(LIST)
        assert Batch.objects.count() == 1
