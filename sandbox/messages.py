"""A request as it came over the wire, and a reply as it will go out."""

import json
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One request; ``target`` is the path with its query, still encoded."""

    method: str
    target: str
    headers: Message
    body: bytes = b""
    client: str = ""

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return urlsplit(self.target).path

    @cached_property
    def text(self) -> str:
        """The body exactly as received, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def query(self) -> dict[str, str]:
        """The query by lower-case name without ``criteria.`` and ``paging.``."""
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        found: dict[str, str] = {}
        for name, value in pairs:
            bare = name.lower().removeprefix("criteria.").removeprefix("paging.")
            found[bare] = f"{found[bare]},{value}" if bare in found else value
        return found

    def json(self) -> Any:
        """Return the decoded body, or None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """A whole answer; ``body`` is None when the status has none."""

    status: int
    body: bytes | None = None
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(status: int, value: Any, headers: dict[str, str] | None = None) -> Reply:
    """Return *value* as a JSON answer."""
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON, headers or {})
