"""A sign-in service that is set up wrongly is told of at the start, in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import checks
from tests.vitecportal.environment import PRODUCTION, run_python
from vitecportal.sign_in_services import sign_in_services

TENANT = "3f0a1c52-7c0e-4f6e-9a53-0d2b8f6c1e11"
ENTRA = {"ENTRA_CLIENT_ID": "c-1", "ENTRA_CLIENT_SECRET": "s", "ENTRA_TENANT": TENANT}
OIDC = {"OIDC_CLIENT_ID": "c-2", "OIDC_SERVER": "https://login.example.se"}


class _Environment:
    """As environ.Env reads it, out of a dict."""

    def __init__(self, **said: str) -> None:
        self.said = said

    def str(self, name: str, default: Any) -> Any:
        return self.said.get(name, default)

    def list(self, name: str, default: Any) -> Any:
        return self.said[name].split(",") if name in self.said else default


@pytest.fixture
def findings(settings):
    def find(**said: str) -> dict[str, str]:
        providers, sources, _origins = sign_in_services(_Environment(**said))  # type: ignore[arg-type]
        settings.SOCIALACCOUNT_PROVIDERS, settings.SSO_SOURCES = providers, sources
        found = checks.sign_in_services_are_set_up()
        assert all(finding.hint for finding in found)
        return {str(finding.id).rpartition(".")[2]: finding.msg for finding in found}

    return find


@pytest.mark.parametrize(
    "said",
    [
        {},
        ENTRA,
        ENTRA | {"ENTRA_GROUPS": "g=M30011:booker,g=M30012:booker,h=M30011:manager"},
        OIDC,
        OIDC
        | {"OIDC_SERVER": "https://login.example.se/realms/a/.well-known/openid-configuration"},
        OIDC | {"OIDC_SERVER": "http://127.0.0.1:9400"},
        OIDC | {"OIDC_SERVER": "http://[::1]:9400"},
        OIDC | {"OIDC_SERVER": "http://localhost:9400"},
        OIDC | {"OIDC_SCOPES": "openid email roles", "OIDC_GROUPS_CLAIM": "roles"},
        OIDC | {"OIDC_SCOPES": "openid,email"},
        OIDC | {"OIDC_SECOND_STEP": "amr=mfa,acr=urn:example:two"},
        OIDC | {"OIDC_SECOND_STEP": "trusted"},
        # Of a service that is not there nothing is wrong.
        {"ENTRA_TENANT": "common", "OIDC_SERVER": "http://login.example.se"},
    ],
)
def test_what_is_right_is_not_told_of(findings, said) -> None:
    assert findings(**said) == {}


@pytest.mark.parametrize("pair", ["g=M30011:boker", "g=M30011", "M30011:booker", "g=:booker", "g"])
@pytest.mark.parametrize(("prefix", "service"), [("ENTRA", ENTRA), ("OIDC", OIDC)])
def test_a_group_that_gives_no_place(findings, prefix, service, pair) -> None:
    said = {f"{prefix}_GROUPS": f"f=M30011:booker,{pair}"}
    assert findings(**service, **said) == {"E011": f"{prefix}_GROUPS: {pair!r} gives no place."}


@pytest.mark.parametrize("tenant", ["", "common", "organizations", "consumers"])
def test_a_tenant_that_is_every_tenant(findings, tenant) -> None:
    said = f"ENTRA_TENANT is {tenant!r}, which is every tenant."
    assert findings(**ENTRA | {"ENTRA_TENANT": tenant}) == {"E012": said}


@pytest.mark.parametrize("tenant", ["maklare.onmicrosoft.com", TENANT[:-1], "{" + TENANT + "}"])
def test_a_tenant_that_is_none(findings, tenant) -> None:
    said = f"ENTRA_TENANT is {tenant!r}, which is no tenant's id."
    assert findings(**ENTRA | {"ENTRA_TENANT": tenant}) == {"E012": said}


@pytest.mark.parametrize(
    "server",
    [
        "http://login.example.se",
        "http://127.0.0.1.example.se",
        "http://192.168.1.2",
        "login.example.se",
        "https://",
        "ftp://login.example.se",
        "",
    ],
)
def test_a_service_in_clear_or_nowhere(findings, server) -> None:
    said = f"OIDC_SERVER is {server!r}, which is no https address."
    assert findings(**OIDC | {"OIDC_SERVER": server}) == {"E013": said}


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [("profile email", "openid"), ("openid profile", "email"), ("profile", "openid and email")],
)
def test_scopes_that_vouch_for_nobody(findings, scopes, missing) -> None:
    assert findings(**OIDC, OIDC_SCOPES=scopes) == {"E014": f"OIDC_SCOPES lacks {missing}."}


def test_groups_that_stand_nowhere(findings) -> None:
    assert findings(**OIDC, OIDC_GROUPS_CLAIM="") == {}
    found = findings(**OIDC, OIDC_GROUPS="g=M30011:booker", OIDC_GROUPS_CLAIM="")
    assert list(found) == ["E015"]


@pytest.mark.parametrize("words", ["mfa", "amr=", "=mfa", "trusted,amr=mfa"])
def test_a_second_step_that_is_no_claim(findings, words) -> None:
    assert list(findings(**OIDC, OIDC_SECOND_STEP=words)) == ["E016"]


@pytest.mark.parametrize(("hours", "wrong"), [(24, False), (12, False), (11, True), (0, True)])
def test_places_that_end_before_a_session_does(settings, hours, wrong) -> None:
    settings.SSO_PLACE_HOURS = hours
    found = [finding.id for finding in checks.places_by_group_hold_for_a_while()]
    assert found == (["vitecportal.E017"] if wrong else [])


def test_the_command_stops_at_them(tmp_path) -> None:
    wrong = ENTRA | {"ENTRA_TENANT": "common", "ENTRA_GROUPS": "g=M30011:boker"}
    done = run_python(["manage.py", "check"], tmp_path, **PRODUCTION, **wrong)
    assert done.returncode != 0
    for finding in ("E011", "E012"):
        assert f"vitecportal.{finding}" in done.stderr
    right = run_python(["manage.py", "check"], tmp_path, **PRODUCTION, **ENTRA)
    assert right.returncode == 0, right.stderr
