"""Single sign-on that is set up wrongly lets in everybody, or nobody: what to do about it."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from accounts import sso
from offices.models import Role

# A tenant's sign-in asks for its own people alone; these ask for everybody's.
OF_ANY_TENANT = ("", "common", "organizations", "consumers")


@register(Tags.security)
def sign_in_services_are_set_up(**_: Any) -> list[CheckMessage]:
    """What is found is found at the start, and not by who cannot sign in."""
    return [
        finding
        for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        for finding in _of_service(app, settings.SSO_SOURCES[app["provider_id"]])
    ]


def _of_service(app: dict[str, Any], source: dict[str, Any]) -> Iterator[CheckMessage]:
    prefix = app["provider_id"].upper()
    yield from _groups(prefix, source)
    yield from _tenant(prefix, source)
    yield from _server(prefix, app["settings"]["server_url"])
    yield from _scopes(prefix, app["settings"]["scope"])
    yield from _second_step(prefix, source)


def _groups(prefix: str, source: dict[str, Any]) -> Iterator[CheckMessage]:
    for pair in source["groups"]:
        try:
            sso.parse_group(pair)
        except ValueError:
            yield Error(
                f"{prefix}_GROUPS: {pair!r} gives no place.",
                hint=f"Write group=M30011:booker; the roles are {', '.join(Role.values)}.",
                id="vitecportal.E011",
            )
    if source["groups"] and not source["groups_claim"]:
        yield Error(
            f"{prefix}_GROUPS_CLAIM is empty, so that no group would give a place.",
            hint="Name the claim in which the service writes the groups, such as groups.",
            id="vitecportal.E015",
        )


def _tenant(prefix: str, source: dict[str, Any]) -> Iterator[CheckMessage]:
    """Only Entra has tenants; it tells them by number (`tid`), whatever they are called."""
    tenant = source["tenant"]
    if prefix != "ENTRA" or _is_tenant(tenant):
        return
    yield Error(
        f"ENTRA_TENANT is {tenant!r}, "
        + ("which is every tenant." if tenant in OF_ANY_TENANT else "which is no tenant's id."),
        hint="Set it to the tenant's id, such as 00000000-0000-0000-0000-000000000000.",
        id="vitecportal.E012",
    )


def _is_tenant(said: str) -> bool:
    try:
        return str(uuid.UUID(said)) == said
    except ValueError:
        return False


def _server(prefix: str, address: str) -> Iterator[CheckMessage]:
    """On this machine a service may speak in clear, for trying out."""
    parts = urlsplit(address)
    in_clear = parts.scheme == "http" and _is_this_machine(parts.hostname or "")
    if parts.hostname and (parts.scheme == "https" or in_clear):
        return
    yield Error(
        f"{prefix}_SERVER is {address!r}, which is no https address.",
        hint="Whoever sits on the line could sign in as anybody: use the service's https address.",
        id="vitecportal.E013",
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _scopes(prefix: str, scopes: list[str]) -> Iterator[CheckMessage]:
    missing = [scope for scope in ("openid", "email") if scope not in scopes]
    if not missing:
        return
    yield Error(
        f"{prefix}_SCOPES lacks {' and '.join(missing)}.",
        hint="Without openid the service vouches for nobody, without email for no address.",
        id="vitecportal.E014",
    )


def _second_step(prefix: str, source: dict[str, Any]) -> Iterator[CheckMessage]:
    try:
        sso.parse_second_step(source["second_step"])
    except ValueError as error:
        yield Error(
            f"{prefix}_SECOND_STEP: {error}.",
            hint="Leave it empty where the service does not say whether it asked for two steps.",
            id="vitecportal.E016",
        )


@register(Tags.security)
def places_by_group_hold_for_a_while(**_: Any) -> list[CheckMessage]:
    """Shorter than a session they would end in the middle of the work."""
    hours, longest = settings.SSO_PLACE_HOURS, settings.SESSION_LONGEST_SECONDS / 3600
    if hours >= longest:
        return []
    return [
        Error(
            f"SSO_PLACE_HOURS is {hours}, less than a session may last.",
            hint=f"Set it to {longest:g} or more, or SESSION_LONGEST_HOURS to less.",
            id="vitecportal.E017",
        )
    ]
