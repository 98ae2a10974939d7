"""Reports of failures to Sentry, where an operator wants them. Off unless SENTRY_DSN is set.

Only imported then, since sentry-sdk is an optional package (requirements-sentry.txt).

A report is built anew out of what is known to be harmless, rather than cleaned of what is known to
be harmful: classes, functions, files, lines and ids. Texts of exceptions, variables, what was
posted, addresses, headers and cookies may all quote what somebody typed, and never get in.
"""

from __future__ import annotations

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

from lib.log_context import present

_PLAIN = ("event_id", "timestamp", "level", "platform", "release", "environment", "transaction")
_FRAME = ("filename", "function", "lineno", "module", "in_app")
# Whose messages are constants of the code, with what varies apart as arguments.
_OURS = (
    "connect",
    "offices",
    "submissions",
    "meetings",
    "viewings",
    "vitecportal",
    "metrics",
    "notices",
)


def start(dsn: str, release: str, transport: type[Transport] | Transport | None = None) -> None:
    """Report from now on. transport: where reports go instead of over the network, for tests."""
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        transport=transport,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            # By function: the address might hold anything.
            DjangoIntegration(transaction_style="function_name"),
            CeleryIntegration(propagate_traces=False, monitor_beat_tasks=False),
            LoggingIntegration(level=None),
            ThreadingIntegration(propagate_scope=False),
            ExcepthookIntegration(),
        ],
        before_send=harmless,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=lambda crumb, hint: None,
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        trace_propagation_targets=[],
        server_name="",
    )


def harmless(event: Event, hint: Hint) -> Event:
    """A new event with the places and classes of the old one."""
    found: dict[str, Any] = {name: event[name] for name in _PLAIN if name in event}  # type: ignore[literal-required]
    exceptions = event.get("exception", {}).get("values", [])
    if exceptions:
        found["exception"] = {"values": [_exception(each) for each in exceptions]}
    if text := _constant_text(event):
        found["logentry"] = {"message": text}
    ids = dict(present())
    if user := ids.pop("user", ""):
        found["user"] = {"id": user}
    found["tags"] = ids
    return found  # type: ignore[return-value]


def _exception(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    places = [{name: frame.get(name) for name in _FRAME} for frame in frames]
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "stacktrace": {"frames": places},
    }


def _constant_text(event: Event) -> str:
    """The message as it stands in our code, before anything was put into it."""
    logger = str(event.get("logger", "")).partition(".")[0]
    entry = event.get("logentry") or {}
    return str(entry.get("message", "")) if logger in _OURS else ""
