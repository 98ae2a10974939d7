"""With which login an office talks to Vitec."""

from __future__ import annotations

import base64

import pytest

from connect import lookups
from offices.models import Credential, Office
from offices.vitec import NoCredential, client_for
from tests.connect.wire import Server, answering


def test_it_has_no_client_for_an_office_without_a_login(db):
    office = Office.objects.create(customer_id="M1", name="Nytt")
    with pytest.raises(NoCredential, match="M1"):
        client_for(office)


def test_it_signs_in_with_the_offices_own_login(office, neighbour_office, settings):
    Credential.objects.filter(office=office).update(username="kontor")
    with Server(answering(200, b"[]")) as server:
        settings.VITEC_BASE_URL = server.url
        with client_for(Office.objects.get(pk=office.pk)) as client:
            lookups.offices(client, office.customer_id)
    (received,) = server.requests
    login = base64.b64decode(received.headers["authorization"].removeprefix("Basic "))
    assert login == b"kontor:sandbox"
    assert received.headers["user-agent"] == f"vitecportal/{settings.VERSION}"
