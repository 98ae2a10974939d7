"""Who saw what: what is written down by itself, and who reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from offices.disclosures import of_contact, record, subject_in_words
from offices.models import Disclosure, Membership, Office, Right, RightException, Role, User
from sandbox.server import Sandbox
from submissions.looks import BATCH, SUBMISSION
from submissions.models import Submission
from tests.factories import make_contact, make_submission, make_user

URL = reverse("offices:disclosures")
WHAT = Disclosure.What


@pytest.fixture
def sent(office: Office, bokare: User) -> Submission:
    make_contact(office)
    return make_submission(bokare, office)


def seen() -> list[tuple[str, str, str]]:
    return [(row.user_name, row.what, row.person) for row in Disclosure.objects.order_by("pk")]


def test_a_colleagues_look_at_what_was_sent_of_a_person_is_on_record(
    as_maklare: Client, office: Office, sent: Submission
) -> None:
    as_maklare.get(sent.get_absolute_url())
    assert seen() == [("maklare", "viewed", of_contact(office, "ADR1"))]


def test_the_senders_own_look_is_not(as_bokare: Client, sent: Submission) -> None:
    as_bokare.get(sent.get_absolute_url())
    assert seen() == []


def test_the_page_asking_how_it_goes_is_no_new_look(as_maklare: Client, sent: Submission) -> None:
    as_maklare.get(reverse("submissions:status", args=[sent.code]))
    assert seen() == []


def test_a_masked_value_takes_a_right_and_a_reason(
    as_maklare: Client, maklare: User, as_chef: Client, sent: Submission
) -> None:
    url = reverse("submissions:reveal", args=[sent.code])
    assert as_maklare.post(url, {"reason": "Ringde"}).status_code == 403
    mine = Membership.objects.get(user=maklare)
    RightException.objects.create(membership=mine, right=Right.MASKED)
    assert as_maklare.post(url, {"reason": "Ringde"}).status_code == 200
    [row] = Disclosure.objects.all()
    assert (row.user_name, row.what, row.reason) == ("maklare", "revealed", "Ringde")


@pytest.mark.parametrize("text", ["19121212-1212", "Anna 191212121212", "Tolvan, 121212-1212"])
def test_a_search_by_personal_number_is_on_record_and_the_number_is_not(
    text: str, as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    as_bokare.post(reverse("offices:quick_search"), {"q": text})
    rows = list(Disclosure.objects.all())
    assert rows
    assert {(row.user_name, row.what) for row in rows} == {("bokare", "searched")}
    assert all("1212" not in f"{row.subject} {row.facts}" for row in rows)


@pytest.mark.parametrize(
    "form", ["meetings:new_comeback", "viewings:new_participant", "interests:new_interest"]
)
def test_so_is_one_that_is_made_inside_a_form(
    form: str, as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    typed = {"step": "look", "contact_search": "Anna 19121212-1212"}
    assert as_bokare.post(reverse(form), typed).status_code == 200
    rows = list(Disclosure.objects.all())
    assert {(row.user_name, row.what) for row in rows} == {("bokare", "searched")}
    assert all("1212" not in f"{row.subject} {row.facts}" for row in rows)


def test_another_search_is_not(as_bokare: Client, vitec: Sandbox, office: Office) -> None:
    as_bokare.post(reverse("offices:quick_search"), {"q": "Andersson"})
    assert seen() == []


def test_the_database_refuses_to_change_or_delete_it(admin: User, office: Office) -> None:
    row = record(admin, office, WHAT.EXPORTED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Disclosure.objects.filter(pk=row.pk).update(user_name="någon annan")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.delete()


def test_it_outlives_the_account_of_who_looked(as_admin: Client, office: Office) -> None:
    gone = User.objects.create_user("borta")
    record(gone, office, WHAT.EXPORTED)
    gone.delete()
    assert "borta" in as_admin.get(URL).content.decode()


# Everything that some code writes down as what was looked at: `subject="…"`, `subject=f"…:{…}"`.
SUBJECTS = re.compile(r'subject=f?"([a-z]+[.:][a-z_]+)[:"]')
ROOT = Path(settings.BASE_DIR)


def written() -> set[str]:
    files = [path for app in ROOT.glob("*/apps.py") for path in app.parent.glob("*.py")]
    return {name for path in files for name in SUBJECTS.findall(path.read_text())}


def test_every_subject_that_is_written_down_has_words() -> None:
    found = written() | {SUBMISSION.rstrip(":"), BATCH.rstrip(":")}
    assert {"privacy.person", "privacy.search", "privacy.erasure", "meetings.meeting"} <= found
    for subject in found:
        assert subject_in_words(subject) != subject
        assert "." not in subject_in_words(f"{subject}:1")


def test_the_privacy_pages_own_looks_are_told_in_swedish(
    as_admin: Client, admin: User, office: Office
) -> None:
    record(admin, office, WHAT.VIEWED, subject="privacy.search", people=2)
    record(admin, office, WHAT.EXTRACTED, subject="privacy.person", format="page")
    record(admin, office, WHAT.ERASED, subject="privacy.erasure:1", step="approved")
    text = as_admin.get(URL).content.decode()
    for told in ("Sökningen efter en person", "personer: 2", "format: sida", "steg: godkänd"):
        assert told in text
    assert "privacy." not in text


class TestPage:
    @pytest.fixture
    def looks(self, as_maklare: Client, maklare: User, office: Office, sent: Submission) -> None:
        as_maklare.get(sent.get_absolute_url())
        record(maklare, office, WHAT.EXPORTED, rows=12, reason="Till revisorn")

    def test_it_lists_who_what_and_why(self, as_admin: Client, looks: None) -> None:
        text = as_admin.get(URL).content.decode()
        for word in ("maklare", "Exporterad", "rader: 12", "Till revisorn"):
            assert word in text

    def test_it_finds_what_was_seen_of_one_person(self, as_admin: Client, looks: None) -> None:
        text = as_admin.post(URL, {"contact_id": "ADR1"}).content.decode()
        assert "Det som sändes" in text
        assert "Till revisorn" not in text

    def test_it_narrows_by_who_what_and_when(
        self, as_admin: Client, maklare: User, looks: None
    ) -> None:
        def rows(**asked: object) -> int:
            text = as_admin.post(URL, asked).content.decode()
            return text.count("<time")

        assert rows(user=maklare.pk) == 2
        assert rows(what="exported") == 1
        assert rows(date_to="2020-01-01") == 0
        assert rows(date_from="2020-01-01") == 2

    def test_no_other_offices_rows_are_there(
        self, office: Office, neighbour_office: Office, grannkontor: User, looks: None
    ) -> None:
        record(grannkontor, neighbour_office, WHAT.EXPORTED)
        client = Client()
        client.force_login(make_user("eva", office, role=Role.ADMINISTRATOR))
        text = client.get(URL).content.decode()
        assert "Till revisorn" in text
        assert "grannkontor" not in text

    def test_it_is_for_those_with_the_right_alone(
        self, as_bokare: Client, as_chef: Client, bokare: User, looks: None
    ) -> None:
        assert as_bokare.get(URL).status_code == as_chef.get(URL).status_code == 403
        mine = Membership.objects.get(user=bokare)
        RightException.objects.create(membership=mine, right=Right.PRIVACY)
        assert as_bokare.get(URL).status_code == 200


def test_the_admin_s_list_is_called_what_it_shows(admin_client: Client, office: Office) -> None:
    page = admin_client.get(reverse("admin:offices_disclosure_changelist")).content.decode()
    assert "<h1>Vem såg vad</h1>" in page
    assert "Välj" not in re.sub(r"(?s)<head>.*?</head>|<nav.*?</nav>", "", page)


def test_each_cell_says_on_a_phone_what_it_is(
    as_admin: Client, as_maklare: Client, sent: Submission
) -> None:
    as_maklare.get(sent.get_absolute_url())
    page = as_admin.get(URL).content.decode()
    headings = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert re.findall(r'data-label="(.*?)"', page) == headings == [
        "Tid", "Sett av", "Vad", "Gäller", "Skäl"
    ]  # fmt: skip
