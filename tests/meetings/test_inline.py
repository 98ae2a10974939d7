"""The next step from a row of the list: filled in but for the day, sent, watched, undone there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from offices.models import Office
from submissions.models import State, Submission
from tests.factories import make_colleague, make_contact, make_meeting
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def meeting(office: Office) -> Meeting:
    make_contact(office)
    make_colleague(office)
    return make_meeting(office)


def url_of(meeting: Meeting) -> str:
    return reverse("meetings:inline_comeback", args=[meeting.pk])


def posted(client: Client, meeting: Meeting, **values: Any) -> Any:
    """The form as it is opened, with what is typed on top, sent."""
    form = client.get(url_of(meeting), headers=HTMX).context["form"]
    typed = {
        "office": meeting.office.customer_id,
        "form_token": str(form["form_token"].value()),
        "contact_id": "ADR1",
        "meeting_id": "CAL1",
        "estate_id": "OBJ1_2",
        "participant": "userId:HAN1",
        "date": "2027-03-01 09:00",
        "note": "ej svar",
    }
    return client.post(url_of(meeting), {**typed, **values}, headers=HTMX)


def test_everything_but_the_day_is_filled_in(as_bokare: Client, meeting: Meeting) -> None:
    answer = as_bokare.get(url_of(meeting), headers=HTMX)

    form, text = answer.context["form"], text_of(answer)
    assert not form["date"].value()
    assert form["participant"].value() == "userId:HAN1"
    for name, value in (("contact_id", "ADR1"), ("meeting_id", "CAL1"), ("estate_id", "OBJ1_2")):
        found = [part for part in text.split("<input") if f'name="{name}"' in part]
        assert any(f'value="{value}"' in part for part in found)
    assert "<html" not in text


def test_it_is_sent_and_its_row_says_how_it_goes(as_bokare: Client, meeting: Meeting) -> None:
    answer = posted(as_bokare, meeting)

    submission = Submission.objects.get()
    assert submission.call.path.endswith("/M30011/ADR1")
    assert "HX-Redirect" not in answer.headers
    assert submission.get_absolute_url() in text_of(answer)
    assert answer.context["pending"]


def test_what_is_wrong_is_shown_in_the_row(as_bokare: Client, meeting: Meeting) -> None:
    answer = posted(as_bokare, meeting, date="2020-01-01 09:00")

    assert answer.status_code == 422
    assert "date" in answer.context["form"].errors
    assert "data-inline" in text_of(answer)
    assert not Submission.objects.exists()


def test_it_is_undone_from_the_row(as_bokare: Client, meeting: Meeting) -> None:
    posted(as_bokare, meeting)
    submission = Submission.objects.get()
    url = reverse("meetings:inline_sent", args=[meeting.pk, submission.code])

    answer = as_bokare.post(url, headers=HTMX)

    submission.refresh_from_db()
    assert submission.state == State.CANCELLED
    assert not answer.context["pending"]


def test_one_that_is_on_its_way_is_too_late_to_undo(as_bokare: Client, meeting: Meeting) -> None:
    posted(as_bokare, meeting)
    Submission.objects.update(state=State.SENDING)
    url = reverse("meetings:inline_sent", args=[meeting.pk, Submission.objects.get().code])

    answer = as_bokare.post(url, headers=HTMX)

    assert answer.context["too_late"]
    assert Submission.objects.get().state == State.SENDING


@pytest.mark.parametrize(
    ("state", "pending"),
    [
        (State.QUEUED, True), (State.SENDING, True), (State.DELIVERED, False),
        (State.UNKNOWN, False), (State.REJECTED, False), (State.HELD, False),
    ],
)  # fmt: skip
def test_it_asks_again_until_it_is_settled_and_then_the_list_is_new(
    as_bokare: Client, meeting: Meeting, state: State, pending: bool
) -> None:
    posted(as_bokare, meeting)
    Submission.objects.update(state=state)
    url = reverse("meetings:inline_sent", args=[meeting.pk, Submission.objects.get().code])

    answer = as_bokare.get(url, headers=HTMX)

    assert ("hx-get" in text_of(answer)) is pending
    assert ("HX-Trigger" in answer.headers) is (state == State.DELIVERED)


def test_the_meetings_own_office_sends_it(
    as_admin: Client, meeting: Meeting, neighbour_office: Office
) -> None:
    as_admin.post(reverse("offices:choose"), {"office": neighbour_office.customer_id})

    posted(as_admin, meeting)

    assert Submission.objects.get().office == meeting.office


def test_a_stranger_finds_nothing(
    as_grannkontor: Client, as_bokare: Client, meeting: Meeting
) -> None:
    posted(as_bokare, meeting)
    submission = Submission.objects.get()
    status = reverse("meetings:inline_sent", args=[meeting.pk, submission.code])
    for url in (url_of(meeting), status):
        assert as_grannkontor.get(url, headers=HTMX).status_code == 404
        assert as_grannkontor.post(url, headers=HTMX).status_code == 404
    submission.refresh_from_db()
    assert submission.state == State.QUEUED


def test_without_javascript_the_same_addresses_lead_to_plain_pages(
    as_bokare: Client, meeting: Meeting
) -> None:
    posted(as_bokare, meeting)
    submission = Submission.objects.get()
    status = reverse("meetings:inline_sent", args=[meeting.pk, submission.code])

    assert as_bokare.get(url_of(meeting)).headers["Location"] == meeting.comeback_url
    assert as_bokare.get(status).headers["Location"] == submission.get_absolute_url()
