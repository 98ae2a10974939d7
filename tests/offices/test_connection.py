"""Testing the connection: one small read a look-up, and what each taught."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.utils import timezone

from offices import connection, registry
from offices.connection import Result
from offices.models import Capability, Credential, Office
from offices.registry import Lookup, all_lookups
from offices.sync import sync_office
from offices.vitec import NoCredential
from sandbox.server import Sandbox
from tests.factories import make_contact


def results(office: Office) -> dict[str, Result]:
    return {one.lookup.key: one.result for one in connection.try_all(office)}


def test_it_tries_every_look_up_and_says_how_long_each_took(vitec: Sandbox, office: Office) -> None:
    sync_office(office, now=True)
    make_contact(office)

    tried = connection.try_all(office)

    assert {one.lookup.key for one in tried} == {lookup.key for lookup in all_lookups()}
    assert {one.result for one in tried} == {Result.ALLOWED}
    assert all(one.status == 200 and one.milliseconds is not None for one in tried)
    for one in tried:
        assert Capability.objects.get(office=office, name=one.lookup.key).allowed


@pytest.mark.parametrize("lookup", all_lookups(), ids=lambda lookup: lookup.key)
def test_no_look_up_writes(lookup: Lookup, vitec: Sandbox, office: Office) -> None:
    sync_office(office, now=True)
    make_contact(office)

    call = lookup.probe(office)

    assert call is not None
    assert not call.writes


def test_a_call_that_writes_is_never_made(
    vitec: Sandbox, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = all_lookups()[0]
    call = lookup.probe(office)
    assert call is not None
    writing = dataclasses.replace(lookup, probe=lambda _: dataclasses.replace(call, writes=True))
    monkeypatch.setattr(registry, "_registry", {lookup.key: writing})

    with pytest.raises(ValueError, match="writes"):
        connection.try_all(office)

    assert vitec.log() == []


def test_one_that_is_refused_is_remembered_and_stops_no_other(
    vitec: Sandbox, office: Office
) -> None:
    vitec.behave("/Category/*", "forbidden")

    found = results(office)

    assert found["categories"] is Result.REFUSED
    assert found["tasks"] is Result.ALLOWED
    assert not Capability.objects.get(office=office, name="categories").allowed


def test_one_that_was_refused_is_asked_again_and_allowed_from_then_on(
    vitec: Sandbox, office: Office
) -> None:
    Capability.objects.create(
        office=office, name="categories", allowed=False, checked_at=timezone.now()
    )

    assert results(office)["categories"] is Result.ALLOWED
    assert Capability.objects.get(office=office, name="categories").allowed


def test_a_wrong_login_is_said_plainly_and_ends_it(vitec: Sandbox, office: Office) -> None:
    vitec.behave("*", "unauthorized")

    tried = connection.try_all(office)

    assert [one.result for one in tried[:2]] == [Result.WRONG_LOGIN, Result.NOT_TRIED]
    assert tried[0].status == 401
    assert len(vitec.log()) == 1


def test_a_vitec_that_cannot_be_reached_is_not_knocked_at_for_every_list(
    office: Office, settings: object
) -> None:
    tried = connection.try_all(office)

    assert [one.result for one in tried[:2]] == [Result.UNREACHABLE, Result.NOT_TRIED]
    assert not Capability.objects.exists()


@pytest.mark.parametrize("fault", ["error_before", "html", "too_many", "half_body"])
def test_another_answer_teaches_nothing(vitec: Sandbox, office: Office, fault: str) -> None:
    vitec.behave("/Task/*", fault)

    assert results(office)["tasks"] is Result.FAILED
    assert not Capability.objects.filter(name="tasks").exists()


def test_without_a_home_there_is_nothing_to_ask_its_viewings_about(
    vitec: Sandbox, office: Office
) -> None:
    assert results(office)["viewings"] is Result.NOTHING_TO_ASK


def test_without_a_login_it_cannot_be_tried(office: Office) -> None:
    Credential.objects.all().delete()

    with pytest.raises(NoCredential):
        connection.try_all(Office.objects.get())


def test_its_time_limits_suit_somebody_who_waits() -> None:
    assert sum(connection.TIME_LIMITS.values()) < dt.timedelta(seconds=30).total_seconds()
