"""Directories from Vitec, asked of the practice Vitec over real HTTP."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext

from offices.models import (
    Capability,
    Colleague,
    ContactCategory,
    Credential,
    CustomField,
    Estate,
    IntakeSource,
    Office,
    PredefinedTask,
    SyncRun,
    UserGroup,
)
from offices.sync import sync_office
from offices.tasks import sync_directories

JOBS = (
    "office", "colleagues", "user_groups", "estates", "categories", "tasks", "intake_sources",
    "custom_fields",
)  # fmt: skip


def _errors(office):
    return dict(SyncRun.objects.filter(office=office).values_list("job", "error"))


def _asked(vitec):
    return [entry["path"].partition("?")[0].lower() for entry in vitec.log()]


def test_it_learns_the_office_its_people_and_its_groups(office, vitec):
    sync_office(office, now=True)
    assert _errors(office) == dict.fromkeys(JOBS, "")
    assert Colleague.objects.filter(office=office).exists()
    assert UserGroup.objects.filter(office=office).exists()


def test_it_asks_vitec_once_for_each_directory(office, vitec):
    sync_office(office, now=True)
    assert _asked(vitec) == [
        "/office/getoffice",
        "/user/getallusers",
        "/crm/usergroups/m30011",
        "/estate/getestatelist",
        "/category/getcategories",
        "/task/gettasks",
        "/crm/estate/m30011/assignmentsources",
        "/customfield/get",
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
        ("/User/*", "colleagues"),
        ("/CRM/Usergroups/*", "user_groups"),
        ("/Estate/GetEstateList", "estates"),
        ("/Category/*", "categories"),
        ("/Task/*", "tasks"),
        ("/CRM/Estate/*", "intake_sources"),
        ("/CustomField/*", "custom_fields"),
    ],
)
def test_it_goes_on_with_the_others_when_one_look_up_is_refused(office, vitec, path, refused):
    vitec.behave(path, "forbidden")
    sync_office(office, now=True)
    assert _errors(office) == {job: "denied" if job == refused else "" for job in JOBS}


def test_it_keeps_what_it_knew_when_vitec_fails(office, vitec):
    sync_office(office, now=True)
    before = set(Colleague.objects.filter(missing_since=None).values_list("vitec_id", flat=True))
    for fault in ("error_before", "html", "empty", "half_body"):
        vitec.behave("/User/*", fault, times=2)
        sync_office(office, now=True)
    after = set(Colleague.objects.filter(missing_since=None).values_list("vitec_id", flat=True))
    assert after == before


def test_it_does_not_ask_a_second_time_in_the_same_interval(office, vitec):
    sync_office(office)
    sync_office(office)
    # An interval may have ended between the two.
    assert len(vitec.log()) in (len(JOBS), 2 * len(JOBS))
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


def test_it_learns_the_offices_own_lists(office, vitec):
    sync_office(office, now=True)
    assert {"VIP", "Säljare", "Bank"} <= set(ContactCategory.objects.values_list("name", flat=True))
    assert ContactCategory.objects.get(name="Säljare").read_only
    assert not ContactCategory.objects.get(name="VIP").read_only
    assert ContactCategory.objects.get(name="Bank").of_companies
    assert PredefinedTask.objects.get(vitec_id="301").name == "Ring upp kontakten"
    assert IntakeSource.objects.get(vitec_id="6").name == "Bank"
    field = CustomField.objects.get(vitec_id="lanelofte")
    assert (field.label, field.kind, field.valid_for) == ("Lånelöfte", "Boolean", ["Person"])


def test_it_learns_the_homes_by_address_and_keeps_the_address_sealed(office, vitec):
    sync_office(office, now=True)
    doc = vitec.practice.store.of("estates", office.customer_id)[0]
    estate = Estate.objects.get(office=office, vitec_id=doc["id"])
    assert estate.address == doc["streetAddress"]
    assert (estate.number, estate.status) == (doc["objectNumber"], doc["status"]["name"])
    stored = Estate.objects.filter(pk=estate.pk).annotate(raw=Cast("address", TextField()))
    assert doc["streetAddress"] not in repr(stored.values_list("raw").get())
    assert any(row.viewing_starts for row in Estate.objects.all())


def test_colleagues_who_are_not_public_come_where_they_may(office, vitec):
    sync_office(office, now=True)
    hidden = {u["userId"] for u in vitec.practice.store.all("users") if not u["public"]}
    here = set(Colleague.objects.filter(office=office).values_list("vitec_id", flat=True))
    assert here & hidden
    assert Capability.objects.get(office=office, name="all_users").allowed


@pytest.mark.parametrize("fault", ["forbidden", "error_before", "html"])
def test_it_takes_the_public_ones_where_the_list_of_all_fails(office, vitec, fault):
    vitec.behave("/User/GetAllUsers*", fault)
    sync_office(office, now=True)
    assert _errors(office)["colleagues"] == ""
    assert Colleague.objects.filter(office=office, listed=True).exists()
    assert not Colleague.objects.filter(office=office, public=False).exists()


def test_it_asks_for_all_staff_once_a_day_where_that_is_refused(office, vitec):
    vitec.behave("/User/GetAllUsers*", "forbidden")
    sync_office(office, now=True)
    sync_office(office, now=True)
    assert _asked(vitec).count("/user/getallusers") == 1
    assert _asked(vitec).count("/user/getuser") == 2


def test_who_is_not_public_stays_when_the_list_of_all_is_refused_later(office, vitec):
    sync_office(office, now=True)
    hidden = set(Colleague.objects.filter(public=False).values_list("vitec_id", flat=True))
    vitec.behave("/User/GetAllUsers*", "forbidden")
    sync_office(office, now=True)
    assert hidden
    assert not Colleague.objects.filter(vitec_id__in=hidden).exclude(missing_since=None).exists()


def test_a_wrong_login_is_not_tried_a_second_time_for_the_public_ones(office, vitec):
    vitec.behave("/User/*", "unauthorized")
    sync_office(office, now=True)
    assert _errors(office)["colleagues"] == "denied"
    assert [path for path in _asked(vitec) if path.startswith("/user/")] == ["/user/getallusers"]


def test_no_news_costs_no_write(office, vitec):
    sync_office(office, now=True)
    with CaptureQueriesContext(connection) as queries:
        sync_office(office, now=True)
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    # What a run writes of itself: that it ran, what it was allowed, its turns in the login's line.
    own = ("syncrun", "capability", "lineseat", "linestart")
    assert [sql for sql in written if not any(table in sql for table in own)] == []
