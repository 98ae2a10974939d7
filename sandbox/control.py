"""The control paths under ``/_sandbox/``: faults, log, records, reset and the page for people.

They need no password, so they answer only to clients of this machine, and not to pages of other
sites in somebody's browser.
"""

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox import page
from sandbox.faults import FaultError
from sandbox.messages import Reply, Request, json_reply
from sandbox.practice import Practice

PREFIX = "/_sandbox"
_FORM = "application/x-www-form-urlencoded"
_HOME = f"{PREFIX}/"
# A meeting that is added says at least this.
NEEDED = {"customerId", "meetingDate", "bookedDate", "type"}

# Opens or closes the listening socket of the API; returns an error text or None.
SetListening = Callable[[bool], str | None]


class Control:
    """Answers the control paths of one practice."""

    def __init__(self, practice: Practice, set_listening: SetListening) -> None:
        self._practice = practice
        self._set_listening = set_listening
        self._table: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("GET", "/"): self._page,
            ("GET", "/style.css"): self._style,
            ("GET", "/healthz"): self._health,
            ("GET", "/log"): self._log,
            ("GET", "/records"): self._records,
            ("GET", "/behaviour"): self._faults,
            ("POST", "/behaviour"): self._add_fault,
            ("DELETE", "/behaviour"): self._clear,
            ("POST", "/clear"): self._clear,
            ("POST", "/reset"): self._reset,
            ("POST", "/listening"): self._listening,
            ("POST", "/meetings"): self._change_meeting,
        }

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request below ``/_sandbox``."""
        refusal = _refusal(request)
        if refusal is not None:
            return json_reply(403, {"message": refusal})
        path = request.path.removeprefix(PREFIX)
        if path == "":
            return Reply(303, b"", headers={"Location": _HOME})
        handler = self._table.get((request.method, path))
        if handler is None:
            return json_reply(404, {"message": "Sökvägen finns inte."})
        return handler(request)

    def _page(self, _request: Request) -> Reply:
        return page.home(self._practice)

    def _style(self, _request: Request) -> Reply:
        return page.style()

    def _health(self, _request: Request) -> Reply:
        return json_reply(200, {"status": "ok", "held": self._practice.counts()})

    def _log(self, request: Request) -> Reply:
        after = request.query.get("after", "0")
        entries = self._practice.journal.entries(int(after) if after.isdigit() else 0)
        return json_reply(200, entries)

    def _records(self, _request: Request) -> Reply:
        return json_reply(200, self._practice.records())

    def _faults(self, _request: Request) -> Reply:
        return json_reply(200, self._practice.faults.as_json())

    def _add_fault(self, request: Request) -> Reply:
        try:
            fault = self._practice.faults.add(_fields(request))
        except FaultError as error:
            return json_reply(400, {"message": str(error)})
        return _done(request, 201, fault.as_json())

    def _clear(self, request: Request) -> Reply:
        self._practice.faults.clear()
        return _done(request, 200, [])

    def _reset(self, request: Request) -> Reply:
        self._practice.reset()
        return _done(request, 200, {"held": self._practice.counts()})

    def _change_meeting(self, request: Request) -> Reply:
        """Change fields of a meeting, add one, or take one away, as staff do in Vitec itself.

        Posted: ``id`` and Vitec's fields, or ``{"id": …, "gone": true}``.
        """
        fields = _fields(request)
        meeting_id = fields.get("id")
        if not isinstance(meeting_id, str) or not meeting_id:
            return json_reply(400, {"message": "id ska vara mötets id."})
        gone = fields.pop("gone", False)
        store = self._practice.store
        with store.transaction():
            held = store.get("meetings", meeting_id)
            if held is None and (gone or not fields.keys() >= NEEDED):
                return json_reply(404, {"message": "Mötet finns inte."})
            if gone:
                store.remove("meetings", meeting_id)
                return json_reply(200, {"gone": meeting_id})
            meeting = {**(held or {}), **fields}
            store.put("meetings", meeting_id, meeting)
        return json_reply(200, meeting)

    def _listening(self, request: Request) -> Reply:
        wanted = _fields(request).get("listening")
        if not isinstance(wanted, bool):
            return json_reply(400, {"message": "listening ska vara true eller false."})
        problem = self._set_listening(wanted)
        if problem:
            return json_reply(409, {"message": problem})
        return json_reply(200, {"listening": wanted})


def _is_form(request: Request) -> bool:
    # curl -d calls JSON a form, too.
    is_json = request.text.lstrip().startswith("{")
    return not is_json and request.headers.get("Content-Type", "").startswith(_FORM)


def _fields(request: Request) -> dict[str, Any]:
    if _is_form(request):
        return dict(parse_qsl(request.text))
    value = request.json()
    return value if isinstance(value, dict) else {}


def _done(request: Request, status: int, value: Any) -> Reply:
    """Lead a form back to the page, and answer everybody else with JSON."""
    if _is_form(request):
        return Reply(303, b"", headers={"Location": _HOME})
    return json_reply(status, value)


def _refusal(request: Request) -> str | None:
    """Return why the client may not control the sandbox, or None."""
    if not _is_loopback(request.client):
        return "Styrningen svarar bara på den egna datorn."
    host = request.headers.get("Host", "")
    # A name of another site that leads to this machine (DNS rebinding) is not ours.
    if not _is_loopback(urlsplit(f"//{host}").hostname or ""):
        return "Styrningen svarar bara på localhost."
    if request.method == "GET":
        return None
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return "Anropet kommer från en annan webbplats."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "Anropet kommer från en annan webbplats."
    return None


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
