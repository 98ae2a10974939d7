"""The entry point for the web server."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from tests.vitecportal.environment import PRODUCTION, run_python
from vitecportal.wsgi import application


# A web server's request closes its connection to the database, which a test's transaction needs.
@pytest.mark.django_db(transaction=True)
def test_it_answers_a_web_server():
    started = []
    environ = RequestFactory().get("/healthz").environ
    body = b"".join(application(environ, lambda status, headers: started.append(status)))
    assert started[0][:3] in ("200", "503")
    assert json.loads(body)["database"]["ok"] is True


def test_it_can_be_imported_by_itself(tmp_path):
    done = run_python(["-c", "import vitecportal.wsgi"], tmp_path, **PRODUCTION)
    assert done.returncode == 0, done.stderr
