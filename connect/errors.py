"""What may have happened when there is no usable answer. Told apart by phase, not by exception.

Everything that fails before the first byte of the request is *not sent*; everything after it
without a usable answer is *unknown*. The class of the underlying exception cannot tell the two
apart, see docs/vitec-connect.md.
"""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class FieldMessage:
    """One complaint of Vitec. field: Vitec's own name for the field, or "" where it names none."""

    field: str
    message: str


class VitecError(Exception):
    """No usable answer.

    outcome: our word for it, as it stands on the attempt row.
    status: the HTTP status, or None when none was read.
    cause: name of the underlying exception's class, or a short code such as `deadline`.
    text: the body as it came, "" for none. It may echo what was typed: never log it.
    messages: what a 400 said, for the form.
    retry_after: seconds Vitec asked for, or None.
    """

    outcome = "unknown"

    def __init__(
        self,
        *,
        status: int | None = None,
        cause: str = "",
        text: str = "",
        messages: tuple[FieldMessage, ...] = (),
        retry_after: float | None = None,
        milliseconds: int = 0,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{self.outcome} status={status} cause={cause}")
        self.status = status
        self.cause = cause
        self.text = text
        self.messages = messages
        self.retry_after = retry_after
        self.milliseconds = milliseconds
        self.request_id = request_id


class NotSent(VitecError):
    """No byte of the request left: name, connection, TLS or proxy failed. May be sent again."""

    outcome = "not_sent"


class Refused(VitecError):
    """Understood and declined (4xx). Sending the same again cannot help."""

    outcome = "refused"


class Denied(VitecError):
    """401 or 403: the credentials or the rights are wrong. A person must act."""

    outcome = "denied"


class Busy(VitecError):
    """429, or 503 with Retry-After: not processed, by Vitec's own word. May be sent later."""

    outcome = "busy"


class OutcomeUnknown(VitecError):
    """It may or may not have happened. A machine never sends it again."""

    outcome = "unknown"
