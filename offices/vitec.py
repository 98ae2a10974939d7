"""The one place that chooses how an office talks to Vitec."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from offices.logins import Logins, NoCredential, SignedByGroup
from offices.models import Office
from offices.pace import PacedClient

__all__ = ["NoCredential", "client_for", "paced_client_for"]


class PacedByGroup(SignedByGroup, PacedClient):
    """A client that signs by function group and keeps to the limits of each login."""


def client_for(office: Office, **time_limits: float) -> SignedByGroup:
    """A client with the office's own logins, to be used as a context manager.

    time_limits: seconds, instead of those of the settings (`VITEC_TIME_LIMITS`).
    Raises NoCredential, here when there is no login at all, else by `send`.
    """
    return SignedByGroup(**_settings_of(office, time_limits))


def paced_client_for(
    office: Office, *, patience: float | None = None, **time_limits: float
) -> PacedByGroup:
    """A client for many reads, which keeps to the limits of its logins.

    patience: seconds that one read waits for its turn, see `PacedClient`; None for any time.
    Raises NoCredential.
    """
    return PacedByGroup(patience=patience, **_settings_of(office, time_limits))


def _settings_of(office: Office, time_limits: dict[str, float]) -> dict[str, Any]:
    logins = Logins(office)
    first = logins.any()
    return {
        "logins": logins,
        "base_url": settings.VITEC_BASE_URL,
        "username": first.username,
        "password": first.password,
        "user_agent": f"vitecportal/{settings.VERSION}",
        **settings.VITEC_TIME_LIMITS,
        **time_limits,
        "busy_is_not_processed": frozenset(settings.VITEC_BUSY_STATUSES),
        "busy_of_endpoint": settings.VITEC_BUSY_STATUSES_OF,
    }
