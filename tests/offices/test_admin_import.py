"""Importing in the administration: look first, then confirm; sealed in between."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Colleague, Contact, ImportDraft, Office
from offices.tasks import forget_files
from tests.factories import make_user

FILE = "id;namn;mobil\nADR1;Kanarieline Fågelström;0701740605\n"


@pytest.fixture
def as_staff(office: Office) -> Client:
    """An administrator of one office, with every permission, but not of the whole portal."""
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)
    return client


def url(office: Office, key: str = "contact_search") -> str:
    return reverse("admin:offices_office_import", args=[office.pk, key])


def upload(
    client: Client, office: Office, text: str = FILE, key: str = "contact_search"
) -> HttpResponse:
    file = SimpleUploadedFile("kontakter.csv", text.encode())
    return client.post(url(office, key), {"file": file})


def confirm_url(office: Office, key: str = "contact_search") -> str:
    draft = ImportDraft.objects.get()
    return reverse("admin:offices_office_confirm", args=[office.pk, key, draft.code])


def test_a_file_is_looked_at_first_and_imported_when_confirmed(
    as_staff: Client, office: Office
) -> None:
    page = upload(as_staff, office).content.decode()
    assert 'data-new="1"' in page
    assert not Contact.objects.exists()

    answer = as_staff.post(confirm_url(office), follow=True)

    assert "1 nya och 0 ändrade" in answer.content.decode()
    assert Contact.objects.get().name == "Kanarieline Fågelström"
    assert not ImportDraft.objects.exists()


def test_between_the_two_nothing_of_it_stands_in_clear(
    as_staff: Client, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    answer = upload(as_staff, office)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM offices_importdraft")
        stored = repr(cursor.fetchall())
    session = repr(dict(as_staff.session))
    for place in (stored, session, caplog.text, answer.headers.get("Location", "")):
        assert "Kanarie" not in place


def test_a_file_with_a_wrong_line_cannot_be_imported_at_all(
    as_staff: Client, office: Office
) -> None:
    answer = upload(as_staff, office, FILE + "ADR2;Bo;12\n")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "mobil: är inget telefonnummer." in page
    assert not ImportDraft.objects.exists()
    assert not Contact.objects.exists()


def test_what_stands_in_a_file_is_shown_as_text(as_staff: Client, office: Office) -> None:
    page = upload(as_staff, office, "id;namn;<script>x</script>\n1;Bo;2").content.decode()

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("text", ["", "namn\nBo", 'id;namn\n1;"Bo'])
def test_a_file_that_cannot_be_read_says_why_at_the_field(
    as_staff: Client, office: Office, text: str
) -> None:
    answer = upload(as_staff, office, text)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize("name", ["kontakter.xlsx", "kontakter.csv.exe", "kontakter"])
def test_a_file_of_another_name_is_refused(as_staff: Client, office: Office, name: str) -> None:
    answer = as_staff.post(url(office), {"file": SimpleUploadedFile(name, FILE.encode())})

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_without_a_file_it_asks_for_one(as_staff: Client, office: Office) -> None:
    answer = as_staff.post(url(office), {})

    assert "Välj en fil." in answer.content.decode()


def test_an_unchanged_file_offers_nothing_to_import(as_staff: Client, office: Office) -> None:
    upload(as_staff, office)
    as_staff.post(confirm_url(office))

    page = upload(as_staff, office).content.decode()

    assert "Inget skulle ändras" in page
    assert not ImportDraft.objects.exists()


def test_a_strangers_office_and_an_unknown_list_do_not_exist(
    as_staff: Client, office: Office, neighbour_office: Office
) -> None:
    assert upload(as_staff, neighbour_office).status_code == 404
    assert as_staff.get(url(office, "hoppsan")).status_code == 404


def test_another_persons_draft_and_one_of_yesterday_do_not_exist(
    as_staff: Client, as_admin: Client, office: Office
) -> None:
    upload(as_staff, office)

    assert as_admin.post(confirm_url(office)).status_code == 404
    ImportDraft.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))
    assert as_staff.post(confirm_url(office)).status_code == 404
    assert not Contact.objects.exists()


def test_a_draft_belongs_to_its_list(as_staff: Client, office: Office) -> None:
    upload(as_staff, office, "id;namn\nHAN1;Bo", "colleagues")

    assert as_staff.post(confirm_url(office, "user_groups")).status_code == 404
    assert as_staff.post(confirm_url(office, "colleagues")).status_code == 302
    assert Colleague.objects.get().name == "Bo"


def test_who_may_not_change_the_rows_may_not_import_them(office: Office) -> None:
    person = make_user("läsare", office, is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(person)

    assert upload(client, office).status_code == 403


def test_files_that_nobody_imported_are_forgotten(as_staff: Client, office: Office) -> None:
    upload(as_staff, office)
    forget_files()
    assert ImportDraft.objects.exists()

    ImportDraft.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))
    forget_files()
    assert not ImportDraft.objects.exists()


def test_the_page_of_lists_leads_to_the_import(as_staff: Client, office: Office) -> None:
    page = as_staff.get(reverse("admin:offices_office_vitec", args=[office.pk])).content.decode()

    assert set(re.findall(r"/import/(\w+)/", page)) >= {
        "contact_search", "colleagues", "estates", "categories", "lead_sources",
    }  # fmt: skip
