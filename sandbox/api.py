"""From a request to a reply: who is asking, which call it is, the work, the JSON of the answer."""

import hmac
import json
import logging
from dataclasses import dataclass
from typing import Any

from sandbox import routes
from sandbox.calls import Call
from sandbox.clock import Clock
from sandbox.journal import Entry, credentials
from sandbox.messages import Reply, Request, json_reply
from sandbox.problems import DENIED, NOT_FOUND, Problem, invalid_field
from sandbox.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Login:
    """A partner's user name and password, and the customer ids they open."""

    username: str
    password: str
    customers: frozenset[str]


class Api:
    """The calls of Vitec Connect over one store."""

    def __init__(self, store: Store, clock: Clock, logins: tuple[Login, ...]) -> None:
        self._store = store
        self._clock = clock
        self._logins = logins

    def work(self, request: Request, entry: Entry) -> Reply:
        """Do what is asked and return the reply; *entry* learns whether the work was done."""
        try:
            return self._work(request, entry)
        except Problem as problem:
            challenge = {"WWW-Authenticate": 'Basic realm="Vitec Connect"'}
            return json_reply(
                problem.status, problem.body, challenge if problem.status == 401 else {}
            )
        except Exception:
            logger.exception("sandbox: %s %s", request.method, request.path)
            return json_reply(500, {"message": "An error has occurred."})

    def _work(self, request: Request, entry: Entry) -> Reply:
        login = self._login(request)
        route, params = routes.find(request.method, request.path)
        if route is None:
            known = routes.path_exists(request.path)
            raise Problem(405 if known else 404, {"message": NOT_FOUND})
        call = Call(
            self._store,
            self._clock,
            login.customers,
            params,
            request.query,
            _body(request),
            request.text,
            entry.unknown,
        )
        with self._store.transaction():
            answer = route.handler(call)
        entry.worked = True
        return json_reply(answer.status, answer.value) if answer.has_body else Reply(answer.status)

    def _login(self, request: Request) -> Login:
        given = credentials(request)
        if given is None:
            raise Problem(401, {"message": DENIED})
        name, secret = (part.encode() for part in given)
        for login in self._logins:
            same_name = hmac.compare_digest(login.username.encode(), name)
            if same_name and hmac.compare_digest(login.password.encode(), secret):
                return login
        raise Problem(401, {"message": DENIED})


def _body(request: Request) -> Any:
    if not request.body:
        return None
    if "json" not in request.headers.get("Content-Type", "").lower():
        raise Problem(415, {"message": "Innehållet ska vara application/json."})
    try:
        return json.loads(request.body, parse_constant=_no_constant)
    except ValueError as error:
        raise invalid_field("body", "Anropets innehåll är inte giltig JSON.") from error


def _no_constant(text: str) -> None:
    # Python reads NaN and Infinity, JSON has no such thing.
    raise ValueError(text)
