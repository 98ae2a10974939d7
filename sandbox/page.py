"""The page for people: what the practice Vitec holds, the latest requests, and the faults."""

import json
from contextlib import suppress
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from sandbox.faults import FAULTS, SHAPES
from sandbox.messages import HTML, Reply
from sandbox.practice import Practice
from sandbox.routes import ENDPOINTS
from sandbox.store import Doc, Store

_HERE = Path(__file__).parent
_LATEST_RECORDS = 8
_LATEST_REQUESTS = 50
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Forms must send their origin, which "no-referrer" would hide.
    "Referrer-Policy": "same-origin",
}
_KINDS = {
    "offices": "kontor",
    "users": "användare",
    "contacts": "kontakter",
    "estates": "objekt",
    "viewings": "visningar",
    "meetings": "möten",
    "comebacks": "återkomster",
    "participants": "visningsdeltagare",
    "interests": "intressen",
    "profiles": "sökprofiler",
    "appointments": "kalenderhändelser",
}
_ENDPOINT_NAMES = {
    "*": "alla anrop",
    "meetings": "hämta möten",
    "comeback": "återkomst",
    "participant": "visningsdeltagare",
    "interest": "områdesintresse",
    "appointment": "kalenderhändelse",
    "lookups": "uppslag",
}
_STATUS_NAMES: dict[str | None, str] = {
    "cut": "bruten",
    "lost": "utan svar",
    "refused": "avvisad",
    None: "pågår",
}


def style() -> Reply:
    """Return the style sheet."""
    return Reply(200, (_HERE / "style.css").read_bytes(), "text/css; charset=utf-8")


def home(practice: Practice) -> Reply:
    """Return the page, made anew from what is held right now."""
    template = Template((_HERE / "page.html").read_text(encoding="utf-8"))
    counts = practice.counts()
    text = template.substitute(
        now=escape(f"{practice.clock.now():%Y-%m-%d %H:%M:%S}"),
        counts="".join(_count(name, counts.get(kind, 0)) for kind, name in _KINDS.items()),
        faults=_faults(practice.faults.as_json()),
        endpoint_options=_pairs({name: _ENDPOINT_NAMES[name] for name in ("*", *ENDPOINTS)}),
        fault_options=_pairs(FAULTS),
        shape_options=_pairs({shape: shape for shape in SHAPES}),
        records=_records(practice),
        requests=_requests(practice.journal.entries()),
    )
    return Reply(200, text.encode(), HTML, dict(_HEADERS))


def _count(name: str, number: int) -> str:
    return f"<li>{escape(name)} <b>{number}</b></li>"


def _pairs(names: dict[str, str]) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(name)}</option>' for value, name in names.items()
    )


def _faults(queue: list[Doc]) -> str:
    if not queue:
        return '<p class="quiet">Inga fel är påslagna. Allt svarar som det ska.</p>'
    rows = "".join(
        f"<li><b>{escape(_ENDPOINT_NAMES.get(row['endpoint']) or row['endpoint'])}</b>: "
        f"{escape(FAULTS[row['fault']])} <span>{escape(_details(row))}</span></li>"
        for row in queue
    )
    return f'<ol class="faults">{rows}</ol>'


def _details(row: Doc) -> str:
    times = row["times"]
    facts = ["tills vidare" if times is None else "1 gång" if times == 1 else f"{times} gånger"]
    if row["seconds"]:
        facts.append(f"{row['seconds']:g} s".replace(".", ","))
    if row["retryAfter"] is not None:
        facts.append(f"Retry-After {row['retryAfter']}")
    if row["fault"] == "bad_request":
        facts.append(row["shape"])
    return ", ".join(facts)


def _records(practice: Practice) -> str:
    records = practice.records()
    return "".join(
        f"<section><h3>{escape(_KINDS[kind].capitalize())} "
        f'<span class="number">{len(docs)}</span></h3>{_cards(practice.store, docs)}</section>'
        for kind, docs in records.items()
    )


def _cards(store: Store, docs: list[Doc]) -> str:
    if not docs:
        return '<p class="quiet">Inget mottaget än.</p>'
    return "".join(_card(store, doc) for doc in reversed(docs[-_LATEST_RECORDS:]))


def _card(store: Store, doc: Doc) -> str:
    return (
        f"<details><summary>{_time(doc['createdAt'])} {escape(_summary(store, doc))}</summary>"
        f'<p class="id">{escape(doc["id"])}</p>{_body(doc["bodyText"])}</details>'
    )


def _summary(store: Store, doc: Doc) -> str:
    user = store.get("users", doc.get("userId") or "") or {}
    contact = store.get("contacts", doc.get("contactId") or "") or {}
    names = (contact.get("firstName"), contact.get("lastName"))
    who = user.get("userName") or " ".join(filter(None, names)) or "utan namn"
    estate = store.get("estates", doc.get("estateId") or "") or {}
    what = doc.get("subject") or estate.get("streetAddress")
    when = doc.get("meetingDate") or doc.get("startsAt") or ""
    return " · ".join(filter(None, (doc["customerId"], who, what, when[:16].replace("T", " "))))


def _time(text: str) -> str:
    return f"<time>{escape(text[:19].replace('T', ' '))}</time>"


def _requests(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return '<p class="quiet">Inga anrop än.</p>'
    return "".join(_request(entry) for entry in reversed(entries[-_LATEST_REQUESTS:]))


def _request(entry: dict[str, Any]) -> str:
    status = entry["status"]
    good = isinstance(status, int) and status < 400
    shown = status if isinstance(status, int) else _STATUS_NAMES[status]
    fault = f' <span class="fault">{escape(entry["fault"])}</span>' if entry["fault"] else ""
    path = escape(f"{entry['method'] or ''} {entry['path'] or '(oläst)'}")
    return (
        f"<details><summary>{_time(entry['time'])} "
        f'<b class="{"good" if good else "bad"}">{escape(str(shown))}</b> '
        f"<code>{path}</code>{fault}</summary>{_facts(entry)}{_body(entry['bodyText'])}</details>"
    )


def _facts(entry: dict[str, Any]) -> str:
    facts = [
        f"Nr {entry['sequence']}",
        "arbetet gjordes" if entry["worked"] else "arbetet gjordes inte",
        *(f"{name}: {value}" for name, value in entry["headers"].items() if value),
    ]
    if entry["unknownFields"]:
        facts.append(f"okända fält: {', '.join(entry['unknownFields'])}")
    return f'<p class="id">{escape(" · ".join(facts))}</p>'


def _body(text: str) -> str:
    if not text:
        return ""
    with suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    # Reachable by keyboard, so that a long line can be scrolled.
    return f'<pre tabindex="0">{escape(text)}</pre>'
