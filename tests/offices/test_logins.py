"""Which login a call is made with: its function group's own, else the office's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices import connection
from offices.connection import Result
from offices.logins import Logins, NoCredential, group_of
from offices.models import Credential, FunctionGroup, Office, User
from offices.registry import all_lookups
from offices.vitec import client_for
from sandbox.server import Sandbox
from submissions.kinds import all_kinds

COMEBACK, PARTICIPANT = "meetings.create_comeback", "viewings.add_participant"


@pytest.fixture
def own(office: Office) -> Credential:
    """A login of its own for what concerns viewings."""
    return Credential.objects.create(
        office=office, group=FunctionGroup.VIEWINGS, username="visningar", password="eget"
    )


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_everything_that_can_be_sent_belongs_to_a_group(kind) -> None:
    assert group_of(kind.endpoint.key) in FunctionGroup.values


def test_everything_that_is_read_belongs_to_a_group(office: Office) -> None:
    calls = (lookup.probe(office) for lookup in all_lookups())
    assert {group_of(call.endpoint) for call in calls if call} <= set(FunctionGroup.values)


def test_an_endpoint_nobody_has_heard_of_goes_with_the_offices_own() -> None:
    assert group_of("future.thing") == ""


def test_the_groups_own_login_comes_before_the_offices(office: Office, own: Credential) -> None:
    logins = Logins(office)
    assert logins.of(PARTICIPANT) == own
    assert logins.of(COMEBACK) == office.credential


def test_the_request_that_leaves_bears_it(vitec: Sandbox, office: Office, own: Credential) -> None:
    client = client_for(office)
    calls = {lookup.key: lookup.probe(office) for lookup in all_lookups()}
    assert client.login(calls["lead_sources"]) == ("visningar", "eget")
    assert client.login(calls["tasks"]) == ("sandbox", "sandbox")


def test_without_one_for_everything_the_others_calls_are_not_made(
    vitec: Sandbox, office: Office, own: Credential
) -> None:
    office.credential.delete()
    [tasks] = [lookup.probe(office) for lookup in all_lookups() if lookup.key == "tasks"]
    with client_for(office) as client, pytest.raises(NoCredential):
        client.send(tasks)
    assert vitec.log() == []
    tried = {one.lookup.key: one.result for one in connection.try_all(office)}
    assert tried["tasks"] is Result.NO_LOGIN


def test_a_wrong_login_ends_the_try_of_what_it_is_for_alone(
    vitec: Sandbox, office: Office, own: Credential
) -> None:
    tried = {one.lookup.key: one.result for one in connection.try_all(office)}
    assert tried["lead_sources"] is Result.WRONG_LOGIN
    assert tried["tasks"] is Result.ALLOWED


def test_one_that_serves_everything_stops_everything(office: Office) -> None:
    assert Logins(office).serve_alike(COMEBACK, [COMEBACK, PARTICIPANT]) == [""]


def test_one_of_several_stops_its_own(office: Office, own: Credential) -> None:
    assert Logins(office).serve_alike(PARTICIPANT, [COMEBACK, PARTICIPANT]) == [PARTICIPANT]


def test_the_admin_keeps_one_a_group_and_says_who_changed_it(
    as_admin: Client, admin: User, office: Office
) -> None:
    url = reverse("admin:offices_credential_add")
    posted = {
        "office": office.pk, "group": "viewings", "username": "visningar", "new_password": "eget"
    }  # fmt: skip
    as_admin.post(url, posted)
    made = office.credentials.get(group="viewings")
    assert (made.username, made.password, made.changed_by) == ("visningar", "eget", admin)
    assert as_admin.post(url, posted).status_code == 200
    assert office.credentials.count() == 2
    page = as_admin.get(reverse("admin:offices_credential_changelist")).content.decode()
    assert "eget" not in page.replace("egen", "")
