"""The figures page: by right, of the very meetings that the list would show."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from offices.models import Membership, Right, RightException
from tests.factories import make_colleague, make_meeting, make_user
from tests.meetings.test_counting import held
from tests.meetings.test_dashboard import LIST, NOVEMBER, at, meeting_of

pytestmark = pytest.mark.django_db

FIGURES = reverse("meetings:figures")
AHEAD = {"date_from": "2026-01-01", "date_to": "2199-12-31"}


def said(answer: Any) -> str:
    """The page's words, without its markup."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def test_they_follow_the_lists_filter_from_the_lists_own_address(as_chef, office):
    make_colleague(office, "HAN2", "Cia Dal")
    meeting_of(office, "CAL1", "Anna Ek", broker_id="HAN2")
    meeting_of(office, "CAL2", "Bo Ek", broker_id="HAN1")
    meeting_of(office, "CAL3", "Cia Ek", meeting_date=at("2026-12-01T10:00"))
    asked = {**NOVEMBER, "broker": "HAN2"}
    answer = as_chef.get(FIGURES, asked)
    assert answer.context["total"].booked == as_chef.get(LIST, asked).context["page"].count == 1
    assert as_chef.get(FIGURES, NOVEMBER).context["total"].booked == 2
    assert "Mäklare: Cia Dal" in said(answer)


def test_they_follow_the_free_text_which_stands_in_no_address(as_chef, office):
    meeting_of(office, "CAL1", "Anna Ek")
    meeting_of(office, "CAL2", "Bo Alm")
    asked = {"go": "date_from=2026-11-01&date_to=2026-11-30", "q": "anna"}
    answer = as_chef.post(FIGURES, asked)
    assert answer.context["total"].booked == 1
    assert "anna" not in answer.wsgi_request.get_full_path()
    assert not re.findall(r'(?:href|action)="[^"]*anna', answer.content.decode())


def test_the_chart_has_the_figures_of_the_table(as_chef, office):
    held(office, "CAL1", broker_name="Bo Alm", signature_date=timezone.now())
    held(office, "CAL2", broker_name="Bo Alm", state="CancelledByAgent")
    answer = as_chef.get(FIGURES, AHEAD)
    [found] = re.findall(
        r'<script id="figures-charts" type="application/json">(.*?)</script>',
        answer.content.decode(),
    )
    broker = json.loads(found)["broker"]
    assert broker["labels"] == ["Bo Alm"]
    assert broker["bars"] == {"held": [1], "ahead": [0], "cancelled": [1], "others": [0]}
    assert broker["rate"] == [100]
    assert re.search(r"Bo Alm 2 1 0 1 0 1 0 1 100 % 0", said(answer))


def test_commission_takes_a_right_of_its_own(as_chef, chef, office):
    held(office, "CAL1", signature_date=timezone.now(), commission=Decimal(61234))
    assert "61 234 kr" in said(as_chef.get(FIGURES, AHEAD))
    mine = Membership.objects.get(user=chef)
    RightException.objects.create(membership=mine, right=Right.AMOUNTS, granted=False)
    text = said(as_chef.get(FIGURES, AHEAD))
    assert "234" not in text
    assert "Provision" not in text


def test_who_has_not_the_right_gets_neither_page_nor_link(as_bokare, as_chef, office):
    assert as_bokare.get(FIGURES).status_code == 403
    assert as_bokare.post(FIGURES).status_code == 403
    assert FIGURES not in as_bokare.get(LIST).content.decode()
    assert FIGURES in as_chef.get(LIST).content.decode()


def test_all_my_offices_take_the_right_at_every_one(client, office, neighbour_office):
    person = make_user("person", office, neighbour_office, role="manager")
    client.force_login(person)
    make_meeting(office, "CAL1")
    make_meeting(neighbour_office, "CAL2")
    asked = {**AHEAD, "office": "all"}
    answer = client.get(FIGURES, asked)
    assert answer.context["total"].booked == 2
    assert "Vikens Mäkleri Solna" in said(answer)
    Membership.objects.filter(user=person, office=neighbour_office).update(role="booker")
    assert client.get(FIGURES, asked).status_code == 403
    assert client.get(FIGURES, {**AHEAD, "office": "M30011"}).status_code == 200


def test_another_office_is_not_counted(as_chef, neighbour_office):
    make_meeting(neighbour_office)
    assert as_chef.get(FIGURES, {**AHEAD, "office": "M30012"}).status_code == 403
    assert as_chef.get(FIGURES, AHEAD).context["total"].booked == 0


def test_every_figure_is_said_in_words(as_chef):
    text = said(as_chef.get(FIGURES, AHEAD))
    assert "Vitec har ingen egen status för att ett möte har ägt rum" in text


def test_the_page_takes_few_queries_and_no_more_for_more_meetings(
    as_chef, office, django_assert_max_num_queries
):
    for number in range(30):
        held(office, f"CAL{number}", broker_id=f"HAN{number}", booked_by_id=f"HAN{number}")
    as_chef.get(FIGURES, AHEAD)
    with django_assert_max_num_queries(12):
        as_chef.get(FIGURES, AHEAD)
