"""The directories: learn what Vitec told us, find it again by what people say on the phone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from lib import phone_numbers
from lib.bulk import insert_many, upsert_many
from lib.sealing import keyed_hash
from offices import erased, protected, search_terms, veil
from offices.models import Colleague, Contact, ContactTerm, DirectoryRow, Office

# Who says what a contact is like.
MEETINGS = "meetings"
PERSONS = "persons"

SEEN_AGAIN = dt.timedelta(days=1)
BATCH = 500
Listener = Callable[[Office, Sequence[Contact]], object]
_listeners: list[Listener] = []
# Sealed rows are opened one by one; beyond so many the person had better type one letter more.
CANDIDATES = 500


def when_learned(listener: Listener) -> None:
    """Tell an app above of contacts that are new or have changed, in the transaction that keeps
    them: the office and the contacts as they are now.
    """
    _listeners.append(listener)


def contact_details(
    *, name: str = "", phones: Iterable[str] = (), email: str = "", address: str = ""
) -> dict[str, Any]:
    """The details of a contact in the shape that is stored."""
    kept = [phone_numbers.shown(phone) for phone in phones if phone and phone.strip()]
    return {
        "name": name.strip(),
        "phones": list(dict.fromkeys(kept)),
        "email": email.strip(),
        "address": address.strip(),
    }


def find_contacts(office: Office, text: str, limit: int = 20) -> list[Contact]:
    """Contacts of the office in whose name, phone, e-mail or address every typed word begins.

    By name. An empty or one-letter text finds nobody.
    """
    digests = search_terms.asked(text)
    if not digests:
        return []
    found = Contact.objects.filter(office=office, missing_since=None)
    for digest in digests:
        term = ContactTerm.objects.filter(office=office, contact=OuterRef("pk"), digest=digest)
        found = found.filter(Exists(term))
    return _sure(found.order_by("-last_seen", "pk")[:CANDIDATES], text)[:limit]


def _sure(latest: Iterable[Contact], text: str) -> list[Contact]:
    # Who is hidden is found by nothing that is known of them: it would tell who it is.
    seen = (contact for contact in latest if not contact.is_veiled)
    sure = [contact for contact in seen if search_terms.matches(contact.details, text)]
    return sorted(sure, key=lambda contact: contact.name.casefold())


def find_each(office: Office, texts: Iterable[str]) -> dict[str, list[Contact]]:
    """The contacts of each text as `find_contacts` finds them, all of them; two queries."""
    asked = {text: search_terms.asked(text) for text in texts}
    carriers: dict[str, set[int]] = {digest: set() for each in asked.values() for digest in each}
    terms = ContactTerm.objects.filter(office=office, digest__in=carriers)
    for key, digest in terms.values_list("contact", "digest"):
        carriers[digest].add(key)
    keys = {
        text: set.intersection(*(carriers[digest] for digest in digests)) if digests else set()
        for text, digests in asked.items()
    }
    anybody = Contact.objects.filter(pk__in=set().union(*keys.values()), missing_since=None)
    latest = list(anybody.order_by("-last_seen", "pk"))
    return {
        text: _sure([one for one in latest if one.pk in keys[text]][:CANDIDATES], text)
        for text in asked
    }


def learn_contacts(
    office: Office, details_by_id: Mapping[str, dict[str, Any]], source: str = MEETINGS
) -> int:
    """Keep what a source says of these contacts; returns how many were new or had changed.

    PERSONS (Vitec's own card) says everything that is known and replaces; others add to it.
    What a source has said before costs no write, save once a day that the contact was seen. Of who
    was erased here nothing is kept, whoever says it.
    """
    ids = list(details_by_id)
    changed = 0
    # What is stored is whole, whoever has asked for it.
    with veil.lifted():
        for start in range(0, len(ids), BATCH):
            batch = {vitec_id: details_by_id[vitec_id] for vitec_id in ids[start : start + BATCH]}
            changed += _learn_batch(office, batch, source)
    return changed


def _learn_batch(office: Office, batch: Mapping[str, dict[str, Any]], source: str) -> int:
    columns = ("vitec_id", "fingerprints", "last_seen", "missing_since")
    rows = Contact.objects.filter(office=office, vitec_id__in=batch).values_list(*columns)
    known = {vitec_id: facts for vitec_id, *facts in rows}
    long_ago = timezone.now() - SEEN_AGAIN
    news, seen = {}, []
    for vitec_id, details in batch.items():
        fingerprint = keyed_hash("contact-details", json.dumps(details, sort_keys=True))
        said, last_seen, missing_since = known.get(vitec_id, ({}, long_ago, None))
        if said.get(source) != fingerprint:
            news[vitec_id] = (details, {**said, source: fingerprint})
        elif missing_since or last_seen < long_ago:
            seen.append(vitec_id)
    if seen:
        again = Contact.objects.filter(office=office, vitec_id__in=seen)
        again.update(last_seen=timezone.now(), missing_since=None)
    for vitec_id in erased.among(office, news):
        del news[vitec_id]
    if news:
        _keep_contacts(office, news, source)
        said_of = {key: f"{said['name']} {said['address']}" for key, (said, _) in news.items()}
        protected.mark_by_words(office, said_of)
    return len(news)


@transaction.atomic
def _keep_contacts(
    office: Office, news: Mapping[str, tuple[dict[str, Any], dict[str, str]]], source: str
) -> None:
    mine = Contact.objects.filter(office=office, vitec_id__in=news)
    before = {} if source == PERSONS else {row.vitec_id: row.details for row in mine}
    now = timezone.now()
    contacts = []
    for vitec_id, (said, fingerprints) in news.items():
        details = _added(before[vitec_id], said) if vitec_id in before else said
        contacts.append(
            Contact(
                office=office,
                vitec_id=vitec_id,
                details=details,
                fingerprints=fingerprints,
                last_seen=now,
            )
        )
    updated = ("details", "fingerprints", "last_seen", "missing_since")
    upsert_many(contacts, unique=("office", "vitec_id"), updated=updated)
    keys = dict(mine.values_list("vitec_id", "pk"))
    _index(office, {keys[contact.vitec_id]: contact.details for contact in contacts})
    for listener in _listeners:
        listener(office, contacts)


def _index(office: Office, details: Mapping[int, dict[str, Any]]) -> None:
    """The beginnings of their words; only what is other than before is written.

    details: by the contacts' keys. Whoever else keeps one of these contacts meanwhile waits for our
    transaction at its row.
    """
    keys = list(details)
    known: dict[int, set[str]] = {key: set() for key in keys}
    terms = ContactTerm.objects.filter(contact__in=keys)
    for key, digest in terms.values_list("contact", "digest"):
        known[key].add(digest)
    wanted = {
        key: search_terms.beginnings(search_terms.details_words(said))
        for key, said in details.items()
    }
    for key in keys:
        if gone := known[key] - wanted[key]:
            ContactTerm.objects.filter(contact=key, digest__in=gone).delete()
    insert_many(
        ContactTerm,
        ("contact_id", "office_id", "digest"),
        ((key, office.pk, digest) for key in keys for digest in wanted[key] - known[key]),
    )


def _added(known: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What is known, with what was said on top; nothing said takes nothing away."""
    filled = {name: said[name] or known[name] for name in known}
    return filled | {"phones": list(dict.fromkeys([*said["phones"], *known["phones"]]))}


@transaction.atomic
def put_contacts(office: Office, details_by_id: Mapping[str, dict[str, Any]]) -> None:
    """Store exactly these details, as a person or a file of the office says.

    What meetings have said so far no longer speaks against it; Vitec's own card does, the next
    time that it is read.
    """
    mine = Contact.objects.filter(office=office, vitec_id__in=list(details_by_id))
    for contact in mine.defer("details"):
        if PERSONS in contact.fingerprints:
            contact.fingerprints.pop(PERSONS)
            contact.save(update_fields=["fingerprints"])
    learn_contacts(office, details_by_id, source=PERSONS)


def learn_rows(
    model: type[DirectoryRow],
    office: Office,
    values_by_id: Mapping[str, dict[str, Any]],
    *,
    complete: bool,
    among: Q | None = None,
) -> int:
    """Keep what Vitec says of these rows; returns how many changed.

    complete: the answer was Vitec's whole list, so rows that it once named and no longer does are
    marked as missing. Those that we only learned of in passing may never have been on it, and an
    empty list is no news of everybody's leaving.
    among: which rows the list is complete for, where it is not for all.
    No news costs no write, save once a day that the rows were seen.
    """
    now = timezone.now()
    rows: models.Manager[Any] = model._default_manager
    known = {row.vitec_id: row for row in rows.filter(office=office)}
    fresh, seen, changed = [], [], 0
    for vitec_id, values in values_by_id.items():
        row = known.get(vitec_id)
        if row is None:
            fresh.append(
                model(office=office, vitec_id=vitec_id, last_seen=now, listed=complete, **values)
            )
        elif any(getattr(row, name) != value for name, value in values.items()):
            _rewrite(row, values, now, listed=complete)
            changed += 1
        elif row.missing_since or (complete and not row.listed) or _long_ago(row, now):
            seen.append(row.pk)
    _create(fresh)
    again: dict[str, Any] = {"last_seen": now, "missing_since": None}
    _touch(rows, seen, again | ({"listed": True} if complete else {}))
    if complete and values_by_id:
        listed = rows.filter(office=office, listed=True, missing_since=None)
        here = listed.filter(among) if among else listed
        gone = [row.pk for row in here.only("pk", "vitec_id") if row.vitec_id not in values_by_id]
        changed += len(gone)
        _touch(rows, gone, {"missing_since": now})
    return changed + len(fresh)


def learn_in_passing(
    model: type[DirectoryRow], office: Office, values_by_id: Mapping[str, dict[str, Any]]
) -> int:
    """Keep rows that other data named; returns how many were new or fuller than before.

    It never takes a word away: a row that Vitec's list, a file or a person has filled in stays as
    it is, and only what was empty is filled.
    """
    now = timezone.now()
    rows: models.Manager[Any] = model._default_manager
    ids = list(values_by_id)
    known: dict[str, Any] = {}
    for start in range(0, len(ids), BATCH):
        batch = rows.filter(office=office, vitec_id__in=ids[start : start + BATCH])
        known |= {row.vitec_id: row for row in batch}
    fresh, seen, changed = [], [], 0
    for vitec_id, values in values_by_id.items():
        row = known.get(vitec_id)
        if row is None:
            fresh.append(model(office=office, vitec_id=vitec_id, last_seen=now, **values))
            continue
        wanting = {
            name: value for name, value in values.items() if value and not getattr(row, name)
        }
        if wanting:
            # One that was taken off the lists stays off.
            _rewrite(row, wanting, now, listed=False, missing_since=row.missing_since)
            changed += 1
        elif _long_ago(row, now) and not row.missing_since:
            seen.append(row.pk)
    _create(fresh)
    _touch(rows, seen, {"last_seen": now})
    return changed + len(fresh)


def _long_ago(row: DirectoryRow, now: dt.datetime) -> bool:
    return row.last_seen < now - SEEN_AGAIN


def _rewrite(
    row: DirectoryRow,
    values: Mapping[str, Any],
    now: dt.datetime,
    *,
    listed: bool,
    missing_since: dt.datetime | None = None,
) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.last_seen, row.missing_since, row.listed = now, missing_since, row.listed or listed
    row.save(update_fields=[*values, "last_seen", "missing_since", "listed"])


def _create(fresh: list[DirectoryRow]) -> None:
    """New rows; one that another process has made in the meantime is theirs."""
    for start in range(0, len(fresh), BATCH):
        upsert_many(fresh[start : start + BATCH], unique=("office", "vitec_id"))


def _touch(rows: models.Manager[Any], keys: list[int], values: dict[str, Any]) -> None:
    for start in range(0, len(keys), BATCH):
        rows.filter(pk__in=keys[start : start + BATCH]).update(**values)


def learn_colleague_names(office: Office, names_by_id: Mapping[str, str]) -> None:
    """Colleagues named in passing by other data; never renames one that is known."""
    named = {key: {"name": name[:200]} for key, name in names_by_id.items() if key and name}
    learn_in_passing(Colleague, office, named)
