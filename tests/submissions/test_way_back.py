"""From a form that was opened in the list the way leads back to that list, by plain pages."""

from __future__ import annotations

import html
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from lib.sealing import seal_for
from offices.models import Office
from submissions import way_back
from submissions.models import Submission
from tests.factories import make_colleague

pytestmark = pytest.mark.django_db

NEW = reverse("calendar_app:new_appointment")
LIST = f"{reverse('meetings:list')}?date_from=2026-11-01&date_to=2026-11-30&state=Booked"
HERE = "http://testserver"


def text_of(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def opened(client: Client, referer: str) -> str:
    """The form, as it is opened by a link on that page."""
    return text_of(client.get(NEW, headers={"Referer": referer}))


def sent(client: Client, office: Office, back: str) -> str:
    """The page that stands there when an event has been sent with that way back."""
    make_colleague(office)
    posted = {
        "form_token": str(uuid.uuid4()), "user_id": "HAN1", "subject": "Kontorsmöte",
        "starts_at": "2027-03-02 10:00", "back": back,
    }  # fmt: skip
    answer = client.post(NEW, posted, follow=True)
    assert Submission.objects.count() == 1
    return text_of(answer)


def carried_by(page: str) -> str:
    return page.partition('name="back" value="')[2].partition('"')[0]


def test_what_was_sent_leads_back_to_the_list_as_it_was(as_bokare: Client, office: Office) -> None:
    form = opened(as_bokare, HERE + LIST)

    page = sent(as_bokare, office, carried_by(form))

    assert f'href="{LIST}"' in page


def test_to_cancel_leads_back_there_too(as_bokare: Client, office: Office) -> None:
    assert f'href="{LIST}"' in opened(as_bokare, HERE + LIST)


def test_a_form_with_a_mistake_keeps_its_way_back(as_bokare: Client, office: Office) -> None:
    form = opened(as_bokare, HERE + LIST)

    again = text_of(as_bokare.post(NEW, {"back": carried_by(form)}))

    assert way_back.opened(carried_by(again)) == LIST


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "https://evil.example/meetings/?state=Booked",
        "https://testserver.evil.example/meetings/",
        "//evil.example/meetings/",
        "javascript:alert(1)",
        f"{HERE}//evil.example/",
        f"{HERE}/meetings/figures/",
        f"{HERE}{NEW}",
    ],
)
def test_no_other_page_is_a_list_to_come_back_to(
    as_bokare: Client, office: Office, elsewhere: str
) -> None:
    assert carried_by(opened(as_bokare, elsewhere)) == ""


@pytest.mark.parametrize(
    "made_up",
    ["https://evil.example/", "x", seal_for("meetings.columns", "https://evil.example/")],
)
def test_an_address_that_somebody_made_up_leads_nowhere(
    as_bokare: Client, office: Office, made_up: str
) -> None:
    page = sent(as_bokare, office, made_up)
    code = Submission.objects.get().code
    detail = reverse("submissions:detail", args=[code], query={"back": made_up})

    assert 'href="https://evil' not in page
    assert 'href="https://evil' not in text_of(as_bokare.get(detail))
