"""The scanner is pinned, reaches a practice portal alone, and fails on what nobody explained."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tools import wapiti
from tools.wapiti import Explained, Finding

FOUND = Finding("booker", "HTTP Methods", "GET", "/meetings/", "", "PUT (200)")


def test_every_part_is_pinned_by_its_sum_and_by_no_address() -> None:
    text = wapiti.PINNED.read_text()
    parts = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n?", "", text, flags=re.MULTILINE).strip())
    assert any(part.startswith("wapiti3==") for part in parts)
    assert all("==" in part and "--hash=sha256:" in part for part in parts)
    assert "://" not in text


def test_whatever_the_environment_says_it_talks_to_a_practice_vitec_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the portal itself reads these settings."""
    for name, value in {
        "VITEC_BASE_URL": "https://connect.maklare.vitec.net",
        "DATABASE_URL": "postgres://postgres@127.0.0.1/real",
        "CELERY_BROKER_URL": "redis://127.0.0.1/0",
        "EMAIL_URL": "smtp://mail.example.se",
        "OIDC_SERVER": "https://login.example.se",
        "SENTRY_DSN": "https://key@sentry.example.se/1",
    }.items():
        monkeypatch.setenv(name, value)
    asked = (
        "from django.conf import settings as s; import json;"
        "print(json.dumps([s.VITEC_BASE_URL, s.PRACTICE, s.DATABASES['default']['NAME'],"
        "s.CELERY_BROKER_URL, s.EMAIL_BACKEND, s.SSO_ORIGINS, s.SENTRY_DSN,"
        "s.SESSION_COOKIE_NAME]))"
    )
    said = json.loads(wapiti.run_python(asked, wapiti.environment(tmp_path, 4711)))
    assert said[:2] == ["http://127.0.0.1:4711", True]
    assert Path(said[2]).parent == tmp_path
    assert said[3] == "filesystem://"
    assert said[4].endswith("filebased.EmailBackend")
    assert said[5:] == [[], "", "__Host-sessionid"]


def test_it_fails_on_what_nobody_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert wapiti.tell([FOUND], wapiti.explanations()) == 1
    assert "PUT (200)" in capsys.readouterr().out


def test_what_is_explained_does_not_fail() -> None:
    why = "So it is."
    assert wapiti.tell([FOUND], [Explained("HTTP Methods", why)]) == 0
    assert wapiti.tell([FOUND], [Explained("HTTP Methods", why, path="/meetings/.")]) == 1
    assert wapiti.tell([FOUND], [Explained("HTTP Methods", why, says="OPTIONS.*")]) == 1
    assert wapiti.tell([FOUND], [Explained("Something else", why)]) == 1


def test_every_explanation_says_why() -> None:
    assert wapiti.explanations()
    assert all(len(known.why.split()) > 5 for known in wapiti.explanations())


def test_a_method_that_writes_is_not_explained() -> None:
    says = "Possible interesting methods (using OPTIONS) on https://127.0.0.1:1/: "
    quiet = Finding("booker", "HTTP Methods", "GET", "/", "", f"{says}OPTIONS (405)")
    loud = Finding("booker", "HTTP Methods", "GET", "/", "", f"{says}OPTIONS (405), PUT (200)")
    assert wapiti.tell([quiet], wapiti.explanations()) == 0
    assert wapiti.tell([loud], wapiti.explanations()) == 1


@pytest.mark.parametrize("part", ["vulnerabilities", "anomalies", "additionals"])
def test_every_part_of_the_report_counts(part: str, tmp_path: Path) -> None:
    row = {"method": "GET", "path": "/", "parameter": None, "info": "x"}
    said: dict[str, Any] = {"vulnerabilities": {}, "anomalies": {}, "additionals": {}}
    said[part] = {"SQL Injection": [row]}
    report = tmp_path / "report.json"
    report.write_text(json.dumps(said))
    [found] = wapiti.findings("booker", report)
    assert (found.category, found.path) == ("SQL Injection", "/")


def test_it_reads_what_was_reached_from_the_portals_own_log(tmp_path: Path) -> None:
    log = tmp_path / "portal.log"
    line = {"method": "POST", "page": "/meetings/", "status": 500, "message": "x"}
    log.write_text(f"not json\n{json.dumps(line)}\n{json.dumps(line)}\n{{}}\n")
    assert wapiti.reached(log) == {"POST /meetings/": {500: 2}}


def test_without_a_network_it_says_so_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unfetched(*_: object) -> None:
        raise wapiti.Unfetched("it cannot be fetched from here")

    monkeypatch.setattr(wapiti, "scan_as", unfetched)
    assert wapiti.main([]) == 0
    assert "nothing was attacked" in capsys.readouterr().out
