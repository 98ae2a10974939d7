"""One call as a handler sees it, and the answer it gives."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.problems import forbidden, invalid_field, not_found
from sandbox.store import Doc, Store
from sandbox.validation import REQUIRED, Checker, Spec

_CUSTOMER_ID = re.compile(r"[MSOGT]\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """A status and the value to send as JSON; ``has_body`` is False for 204."""

    status: int
    value: Any = None
    has_body: bool = True


def ok(value: Any) -> Answer:
    """Return 200 with *value* as JSON."""
    return Answer(200, value)


def no_content() -> Answer:
    """Return 204 without a body."""
    return Answer(204, has_body=False)


@dataclass
class Call:
    """A request that passed authentication.

    ``params`` are the decoded parts of the path; ``query`` has lower-case names without the
    prefixes ``criteria.`` and ``paging.``; ``body`` is the decoded JSON; ``customers`` are the
    customer ids of the login. ``unknown`` collects paths of JSON fields the contract lacks.
    """

    store: Store
    clock: Clock
    customers: frozenset[str]
    params: dict[str, str]
    query: dict[str, str]
    body: Any = None
    body_text: str = ""
    unknown: list[str] = field(default_factory=list)

    def customer(self, customer_id: str | None = None) -> str:
        """Return a customer id that the login may use; by default the one in the path.

        Raises 403 for another customer, and 404 for something that is no customer id.
        """
        wanted = self.params["customerId"] if customer_id is None else customer_id
        if wanted in self.customers:
            return wanted
        # An office id (FIR…) in place of the customer id was seen to give 404 in the real system.
        if not _CUSTOMER_ID.fullmatch(wanted):
            raise not_found("Kunden finns inte.")
        raise forbidden()

    def query_customer(self) -> str:
        """Return the required customer id of the query string."""
        return self.customer(self.required("customerId"))

    def query_customers(self) -> list[str]:
        """Return the customer id of the query string, or all of the login when it is left out."""
        given = self.query.get("customerid")
        return [self.customer(given)] if given else sorted(self.customers)

    def required(self, name: str) -> str:
        """Return a query parameter, or raise 400 when it is missing or blank."""
        value = self.query.get(name.lower(), "").strip()
        if not value:
            raise invalid_field(name, REQUIRED)
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return an integer of the query string within its bounds, or raise 400."""
        text = self.query.get(name.lower(), str(default))
        if not re.fullmatch(r"-?\d{1,9}", text) or not least <= int(text) <= most:
            raise invalid_field(name, f"Värdet måste vara ett heltal mellan {least} och {most}.")
        return int(text)

    def known(self, kind: str, doc_id: str, what: str) -> Doc:
        """Return a document of the path's customer, or raise 404 naming *what* is unknown."""
        customer_id = self.customer()
        doc = self.store.get(kind, doc_id)
        if doc is None or doc["customerId"] != customer_id:
            raise not_found(f"{what} finns inte.")
        return doc

    def check(self, spec: Spec) -> tuple[Doc, Checker]:
        """Return the body in canonical form, and the checker to add further errors to."""
        checker = Checker()
        cleaned = checker.body(spec, self.body)
        self.unknown.extend(checker.unknown)
        return cleaned, checker


Handler = Callable[[Call], Answer]
