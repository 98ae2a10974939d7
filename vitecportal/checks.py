"""What must not go to production: each a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from submissions.append_only import DISCLOSURE_DAYS

WHO_NEEDS_A_SECOND_STEP = ("all", "administrators", "none")
COUNTY_FORMS = ("digits", "letter", "municipalities")
DELIVERED_WITH = ("guest", "postgres", "password", "admin", "root", "changeme", "secret")
DEMO_ACCOUNTS = ("bokare", "maklare", "chef", "grannkontor", "ombud", "admin")


@register(Tags.security, deploy=True)
def secrets_are_given(**_: Any) -> list[CheckMessage]:
    """Secrets that were generated beside the data are lost and leaked together with it."""
    given = {
        "SECRET_KEY": settings.SECRET_KEY_GIVEN,
        "FIELD_ENCRYPTION_KEYS": settings.FIELD_ENCRYPTION_KEYS_GIVEN,
        "BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY_GIVEN,
    }
    return [
        Error(
            f"{name} is not set; a generated one is in use.",
            hint=f"Set {name} in the environment from your secret store, see docs/operations.md.",
            id="vitecportal.E001",
        )
        for name, is_given in given.items()
        if not is_given
    ]


@register(Tags.security)
def sealing_keys_are_keys(**_: Any) -> list[CheckMessage]:
    """Found out at the start, not when the first person presses send."""
    try:
        for key in settings.FIELD_ENCRYPTION_KEYS:
            Fernet(key)
    except ValueError:
        return [
            Error(
                "FIELD_ENCRYPTION_KEYS holds something that is no key.",
                hint="Make one as docs/operations.md says; several are separated by commas.",
                id="vitecportal.E006",
            )
        ]
    return []


@register()
def map_link_is_an_address(**_: Any) -> list[CheckMessage]:
    """It becomes a link that people press."""
    link = settings.MAP_LINK_URL
    if not link or ("{address}" in link and link.startswith(("https://", "http://", "geo:"))):
        return []
    return [
        Error(
            "MAP_LINK_URL is no address of a map.",
            hint="Write it like https://map.example.se/?q={address}.",
            id="vitecportal.E008",
        )
    ]


@register()
def looks_are_kept_long_enough(**_: Any) -> list[CheckMessage]:
    """The database refuses to delete a younger row, and the nightly purge would fail."""
    days = settings.DISCLOSURE_DAYS
    if days == 0 or days > DISCLOSURE_DAYS:
        return []
    return [
        Error(
            f"DISCLOSURE_DAYS is {days}; who saw what is kept for over {DISCLOSURE_DAYS} days.",
            hint="0 keeps it for ever.",
            id="vitecportal.E009",
        )
    ]


@register()
def county_form_is_known(**_: Any) -> list[CheckMessage]:
    """A misspelt setting would quietly send the digits."""
    if settings.VITEC_COUNTY_FORM in COUNTY_FORMS:
        return []
    return [
        Error(
            f"VITEC_COUNTY_FORM is {settings.VITEC_COUNTY_FORM!r}, which means nothing.",
            hint=f"Set it to one of {', '.join(COUNTY_FORMS)}.",
            id="vitecportal.E007",
        )
    ]


@register(Tags.security)
def second_step_is_for_somebody(**_: Any) -> list[CheckMessage]:
    """A misspelt word asks everybody, which is not what was meant either."""
    if settings.REQUIRE_MFA_FOR in WHO_NEEDS_A_SECOND_STEP:
        return []
    return [
        Error(
            f"REQUIRE_MFA_FOR is {settings.REQUIRE_MFA_FOR!r}, which means nothing.",
            hint=f"Set it to one of {', '.join(WHO_NEEDS_A_SECOND_STEP)}.",
            id="vitecportal.E010",
        )
    ]


@register(Tags.security, deploy=True)
def debug_is_off(**_: Any) -> list[CheckMessage]:
    if not settings.DEBUG:
        return []
    return [
        Error(
            "DEBUG is on: error pages would show personal data.",
            hint="Remove DEBUG from the environment.",
            id="vitecportal.E002",
        )
    ]


@register(Tags.security, deploy=True)
def vitec_is_real(**_: Any) -> list[CheckMessage]:
    if settings.PRACTICE:
        return [
            Error(
                "VITEC_BASE_URL is not set: everything would go to the practice Vitec.",
                hint="Set VITEC_BASE_URL to the address of Vitec Connect.",
                id="vitecportal.E003",
            )
        ]
    if not settings.VITEC_BASE_URL.startswith("https://"):
        return [
            Error(
                "VITEC_BASE_URL is not https: passwords and personal data would travel in clear.",
                hint="Use the https address of Vitec Connect.",
                id="vitecportal.E004",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def no_login_that_everybody_knows(**_: Any) -> list[CheckMessage]:
    """What database and broker are delivered with opens them to whoever reaches them."""
    broker, database = urlsplit(settings.CELERY_BROKER_URL), settings.DATABASES["default"]
    logins = {
        "CELERY_BROKER_URL": (broker.username, broker.password),
        "DATABASE_URL": (database.get("USER"), database.get("PASSWORD")),
        "EMAIL_URL": (settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD),
    }
    return [
        Error(
            f"The login in {name} is one that everybody knows.",
            hint=f"Make an account of the portal's own, with a random password, for {name}.",
            id="vitecportal.E019",
        )
        for name, (user, password) in logins.items()
        if password and (password == user or password in DELIVERED_WITH)
    ]


@register(Tags.security)
def stolen_passwords_are_there(**_: Any) -> list[CheckMessage]:
    """Without its file nobody could choose a password."""
    if not settings.BREACHED_PASSWORDS or Path(settings.BREACHED_PASSWORDS).is_file():
        return []
    return [
        Error(
            f"BREACHED_PASSWORDS is {settings.BREACHED_PASSWORDS!r}, which is no file.",
            hint="Put the file there that docs/operations.md tells of, or leave the setting out.",
            id="vitecportal.E018",
        )
    ]


@register(Tags.security, deploy=True)
def no_demo_accounts(**_: Any) -> list[CheckMessage]:
    """Accounts with a password that stands in the README."""
    try:
        names = list(
            get_user_model()
            .objects.filter(username__in=DEMO_ACCOUNTS, is_active=True)
            .values_list("username", flat=True)
        )
    except DatabaseError:
        # Before the first migrate there are no accounts at all.
        return []
    if not names:
        return []
    return [
        Error(
            f"Demo accounts exist: {', '.join(sorted(names))}.",
            hint="Deactivate or delete them in the admin before anybody else can sign in.",
            id="vitecportal.E005",
        )
    ]
