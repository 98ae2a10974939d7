"""Directories from Vitec, asked of the practice Vitec over real HTTP."""

from __future__ import annotations

import pytest

from offices.models import Colleague, Credential, Office, SyncRun, UserGroup
from offices.sync import sync_office
from offices.tasks import sync_directories


def _errors(office):
    return dict(SyncRun.objects.filter(office=office).values_list("job", "error"))


def _asked(vitec):
    return [entry["path"].partition("?")[0].lower() for entry in vitec.log()]


def test_it_learns_the_office_its_people_and_its_groups(office, vitec):
    sync_office(office, now=True)
    assert _errors(office) == {"office": "", "colleagues": "", "user_groups": ""}
    assert Colleague.objects.filter(office=office).exists()
    assert UserGroup.objects.filter(office=office).exists()


def test_it_asks_vitec_once_for_each_directory(office, vitec):
    sync_office(office, now=True)
    assert _asked(vitec) == [
        "/office/getoffice",
        "/user/getuser",
        "/crm/usergroups/m30011",
    ]


def test_it_learns_the_office_id_which_is_not_the_customer_id(office, vitec):
    Office.objects.update(vitec_office_id="")
    sync_office(Office.objects.get(), now=True)
    assert Office.objects.get().vitec_office_id == "FIR30011"


def test_it_keeps_archived_people_out(office, vitec):
    sync_office(office, now=True)
    users = vitec.practice.store.all("users")
    archived = {user["userId"] for user in users if user["archived"]}
    assert archived
    assert not Colleague.objects.filter(vitec_id__in=archived).exists()


def test_it_stores_no_bank_account(office, vitec):
    sync_office(office, now=True)
    sent = repr(vitec.practice.store.all("users"))
    stored = repr(list(Colleague.objects.values()))
    for word in ("Övningsbanken", "Klientmedelskonto", "SE00 0000"):
        assert word in sent
        assert word not in stored


def test_it_changes_nothing_when_it_runs_again(office, vitec):
    sync_office(office, now=True)
    before = Colleague.objects.count(), UserGroup.objects.count()
    sync_office(office, now=True)
    assert (Colleague.objects.count(), UserGroup.objects.count()) == before
    assert SyncRun.objects.order_by("pk").last().changed == 0


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/Office/GetOffice*", "office"),
        ("/User/GetUser*", "colleagues"),
        ("/CRM/Usergroups/*", "user_groups"),
    ],
)
def test_it_goes_on_with_the_others_when_one_look_up_is_refused(office, vitec, path, refused):
    vitec.behave(path, "forbidden")
    sync_office(office, now=True)
    assert _errors(office) == {
        job: "denied" if job == refused else "" for job in ("office", "colleagues", "user_groups")
    }


def test_it_keeps_what_it_knew_when_vitec_fails(office, vitec):
    sync_office(office, now=True)
    before = set(Colleague.objects.filter(missing_since=None).values_list("vitec_id", flat=True))
    for fault in ("error_before", "html", "empty", "half_body"):
        vitec.behave("/User/GetUser*", fault, times=1)
        sync_office(office, now=True)
    after = set(Colleague.objects.filter(missing_since=None).values_list("vitec_id", flat=True))
    assert after == before


def test_it_does_not_ask_a_second_time_in_the_same_interval(office, vitec):
    sync_office(office)
    sync_office(office)
    # An interval may have ended between the two.
    assert len(vitec.log()) in (3, 6)
    assert SyncRun.objects.count() == len(vitec.log())


def test_it_goes_on_with_the_next_office_when_one_fails(office, neighbour_office, vitec):
    Credential.objects.get(office=office).delete()
    sync_directories()
    assert set(_errors(office).values()) == {"no_credential"}
    assert set(_errors(neighbour_office).values()) == {""}
    assert Colleague.objects.filter(office=neighbour_office).exists()


def test_it_goes_on_with_the_next_office_when_vitec_refuses_one(office, neighbour_office, vitec):
    Credential.objects.filter(office=office).update(username="utan-avtal")
    sync_directories()
    assert set(_errors(office).values()) == {"denied"}
    assert set(_errors(neighbour_office).values()) == {""}


def test_it_mixes_no_offices_people(office, neighbour_office, vitec):
    sync_directories()
    users = {user["userId"]: user["customerId"] for user in vitec.practice.store.all("users")}
    for colleague in Colleague.objects.select_related("office"):
        assert colleague.office.customer_id in users[colleague.vitec_id]
