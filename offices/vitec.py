"""The one place that chooses with which login an office talks to Vitec."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from connect.client import Client
from offices.models import Credential, Office
from offices.pace import PacedClient


class NoCredential(Exception):
    """The office has no login for Vitec yet; an administrator must enter one."""


def client_for(office: Office, **time_limits: float) -> Client:
    """A client with the office's own login, to be used as a context manager.

    time_limits: seconds, instead of those of the settings (`VITEC_TIME_LIMITS`).
    Raises NoCredential.
    """
    return Client(**_settings_of(office, time_limits))


def paced_client_for(office: Office) -> PacedClient:
    """A client for many reads, which keeps to the limits of the login. Raises NoCredential."""
    return PacedClient(**_settings_of(office, {}))


def _settings_of(office: Office, time_limits: dict[str, float]) -> dict[str, Any]:
    try:
        credential = office.credential
    except Credential.DoesNotExist as error:
        raise NoCredential(office.customer_id) from error
    return {
        "base_url": settings.VITEC_BASE_URL,
        "username": credential.username,
        "password": credential.password,
        "user_agent": f"vitecportal/{settings.VERSION}",
        **settings.VITEC_TIME_LIMITS,
        **time_limits,
        "busy_is_not_processed": frozenset(settings.VITEC_BUSY_STATUSES),
    }
