"""Reading back what a write may have done: the only proof when no answer came.

All are reads. Each raises what `Client.send` raises, and OutcomeUnknown with the cause `shape`
when the answer is JSON of another shape than documented. An appointment cannot be read back.
"""

from __future__ import annotations

import dataclasses
import datetime

from connect import rows
from connect.calls import Answer, Endpoint, Reply
from connect.client import Client
from connect.errors import OutcomeUnknown

COMEBACKS = Endpoint(
    key="readback.comebacks",
    method="GET",
    path="CRM/Contact/{customer_id}/{contact_id}/ComebackMeeting",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/{contactId}/ComebackMeeting",
)


@dataclasses.dataclass(frozen=True)
class Comeback:
    """All that Vitec tells of a comeback: when it was made and when it is to be. Aware, or None."""

    vitec_id: str
    created_at: datetime.datetime | None
    date: datetime.datetime | None


def comebacks(client: Client, customer_id: str, contact_id: str) -> tuple[Comeback, ...]:
    """The comebacks of one contact, whoever made them."""
    places = {"customer_id": customer_id, "contact_id": contact_id}
    reply = client.send(COMEBACKS.call(places))
    if not isinstance(reply.value, dict):
        raise _wrong_shape(reply)
    return tuple(
        Comeback(
            rows.text(row, "id"), rows.moment(row, "createdAt"), rows.moment(row, "meetingDate")
        )
        for row in rows.children(reply.value, "meetings")
    )


def _wrong_shape(reply: Reply) -> OutcomeUnknown:
    return OutcomeUnknown(
        status=reply.status,
        cause="shape",
        milliseconds=reply.milliseconds,
        request_id=reply.request_id,
    )
