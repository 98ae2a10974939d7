"""What the directories hold of people; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import phone_numbers
from offices import disclosures, erased, search_terms
from offices.models import (
    Contact,
    ContactTerm,
    Disclosure,
    ImportDraft,
    Office,
    ProtectedContact,
)
from offices.person_data import Found, Holding, Rows, Rule, days, lines, register, register_rule
from offices.person_marks import Marks, marks, marks_of_contact

HOUR = dt.timedelta(hours=1)
NOBODY = "–"


# --- The administration's history --------------------------------------------------------------


def _history(office: Office, wanted: Marks) -> Iterator[Found]:
    """What was done by hand to the person's contact, or to their being hidden."""
    for model, column in ((Contact, "vitec_id"), (ProtectedContact, "contact_id")):
        theirs = model._default_manager.filter(
            office=office, **{f"{column}__in": wanted.contact_ids}
        )
        entries = list(_entries(theirs))
        # Most have none, so that their ids are asked for by few.
        known = dict(theirs.values_list("pk", column)) if entries else {}
        for entry in entries:
            yield _entry(entry, known[int(entry.object_id or 0)])


def _entries(rows: QuerySet[Any]) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(rows.model)
    keys = rows.annotate(text=Cast("pk", CharField())).values("text")
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=keys)
    return entries.exclude(object_repr=NOBODY, change_message="").select_related("user")


def _entry(entry: LogEntry, contact_id: str) -> Found:
    title = str(entry.get_action_flag_display())
    facts = lines(
        (_("When"), _moment(entry.action_time)),
        (_("Who"), entry.user),
        (_("What"), title),
        (_("About"), entry.object_repr),
    )
    return Found(entry.pk, title, entry.action_time, facts, marks(contact_ids=[contact_id]))


def _erase_history(office: Office, rows: Rows) -> int:
    entries = LogEntry.objects.filter(pk__in=[row.pk for row in rows])
    return entries.update(object_repr=NOBODY, change_message="")


HISTORY = register(
    Holding(
        key="offices.history",
        label=gettext_lazy("The administration's history"),
        why=gettext_lazy("To answer for what was changed by hand."),
        goes=gettext_lazy("The person's id, and what was changed."),
        stays=gettext_lazy("Who changed something there, and when."),
        find=_history,
        tells=False,
        erase=_erase_history,
        models=(LogEntry,),
    )
)


# --- Protected identity ------------------------------------------------------------------------


def _marks_of_protection(office: Office, wanted: Marks) -> Iterator[Found]:
    for mark in ProtectedContact.objects.filter(office=office).select_related("marked_by"):
        is_theirs = mark.contact_id in wanted.contact_ids
        if is_theirs or wanted.are_mentioned_in([str(mark.reason or "")]):
            yield _protection(mark, mentions=not is_theirs)


def _protection(mark: ProtectedContact, *, mentions: bool) -> Found:
    facts = lines(
        (_("Contact id at Vitec"), mark.contact_id),
        (_("Reason"), mark.reason),
        (_("Marked"), _moment(mark.marked_at)),
        (_("Marked by"), mark.marked_by),
        (_("Shown again"), _moment(mark.ended_at)),
    )
    about = marks(contact_ids=[mark.contact_id])
    title = str(_("Protected identity"))
    return Found(mark.pk, title, mark.marked_at, facts, about, mentions=mentions)


@transaction.atomic
def _erase_protection(office: Office, rows: Rows) -> int:
    """Another's mark that names the person keeps hiding that other."""
    found = ProtectedContact.objects.filter(office=office)
    mentioning = found.filter(pk__in=[row.pk for row in rows if row.mentions])
    theirs = found.filter(pk__in=[row.pk for row in rows if not row.mentions])
    erased.remember_protected(office, theirs.open().values_list("contact_id", flat=True))
    return mentioning.update(reason=None) + theirs.delete()[0]


PROTECTION = register(
    Holding(
        key="offices.protected",
        label=gettext_lazy("Protected identity"),
        why=gettext_lazy("To hide the person from those who need not see them."),
        goes=gettext_lazy("The mark with its reason, when nothing else is left to hide."),
        stays=gettext_lazy(
            "Beside the hash of the contact's id, that the person is hidden again should they come "
            "back."
        ),
        find=_marks_of_protection,
        tells=False,
        erase=_erase_protection,
        models=(ProtectedContact,),
        last=True,
    )
)


def _ended_marks(before: dt.datetime) -> QuerySet[ProtectedContact]:
    return ProtectedContact.objects.filter(ended_at__lt=before, reason__isnull=False)


register_rule(
    Rule(
        key="offices.protected",
        label=gettext_lazy("Reasons of protections that have ended"),
        keep=days("ENDED_REASON_DAYS"),
        due=lambda before: _ended_marks(before).count(),
        purge=lambda before: _ended_marks(before).update(reason=None),
        takes=("offices.ProtectedContact.reason",),
    )
)


# --- Contacts ----------------------------------------------------------------------------------


def _contacts(office: Office, wanted: Marks) -> Iterator[Found]:
    found = Q(vitec_id__in=wanted.contact_ids) | Q(pk__in=_with_words(office, wanted))
    for contact in Contact.objects.filter(found, office=office):
        known = marks_of_contact(contact.vitec_id, contact.details)
        if wanted.touches(known):
            yield _contact(contact, known)


def _with_words(office: Office, wanted: Marks) -> set[int]:
    """Contacts of which each word of a text begins a word; also those that Vitec has no more."""
    texts = [search_terms.asked(text) for text in (*wanted.phones, *wanted.emails, *wanted.names)]
    every = {digest for digests in texts for digest in digests}
    terms = ContactTerm.objects.filter(office=office, digest__in=every)
    by_digest: dict[str, set[int]] = {}
    for digest, contact in terms.values_list("digest", "contact"):
        by_digest.setdefault(digest, set()).add(contact)
    found = (
        set.intersection(*(by_digest.get(digest, set()) for digest in digests))
        for digests in texts
        if digests
    )
    return set().union(*found)


def _contact(contact: Contact, known: Marks) -> Found:
    details = contact.details
    facts = lines(
        (_("Name"), details["name"]),
        (_("Phone"), ", ".join(map(phone_numbers.shown, details["phones"]))),
        (_("E-mail"), details["email"]),
        (_("Address"), details["address"]),
        (_("Contact id at Vitec"), contact.vitec_id),
        (_("First seen"), _moment(contact.first_seen)),
        (_("Last seen"), _moment(contact.last_seen)),
    )
    told = _("The contact %(id)s in the customer register") % {"id": contact.vitec_id}
    return Found(
        contact.pk,
        details["name"] or contact.vitec_id,
        contact.last_seen,
        facts,
        known,
        at_vitec=told,
    )


def _erase_contacts(office: Office, rows: Rows) -> int:
    gone = Contact.objects.filter(office=office, pk__in=[row.pk for row in rows])
    count = gone.count()
    gone.delete()
    return count


CONTACTS = register(
    Holding(
        key="offices.contacts",
        label=gettext_lazy("Contact register"),
        why=gettext_lazy("To find the person while staff talk to them; a copy of Vitec's."),
        goes=gettext_lazy("The whole row, and the hashes by which it is searched."),
        stays=gettext_lazy(
            "A hash of the contact's id, so that the next fetch from Vitec does not bring it back."
        ),
        find=_contacts,
        erase=_erase_contacts,
        models=(Contact, ContactTerm),
    )
)


def _gone_contacts(before: dt.datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(missing_since__lt=before)


@transaction.atomic
def _purge_contacts(before: dt.datetime) -> int:
    gone = _gone_contacts(before)
    count = gone.count()
    _entries(gone).update(object_repr=NOBODY, change_message="")
    gone.delete()
    return count


register_rule(
    Rule(
        key="offices.contacts",
        label=gettext_lazy("Contacts whom Vitec no longer has"),
        keep=days("GONE_CONTACT_DAYS"),
        due=lambda before: _gone_contacts(before).count(),
        purge=_purge_contacts,
        takes=("offices.Contact", "offices.ContactTerm"),
    )
)


# --- Files between preview and import ----------------------------------------------------------


def _files(office: Office, wanted: Marks) -> Iterator[Found]:
    for draft in ImportDraft.objects.filter(office=office):
        named = [line for line in str(draft.text).splitlines() if wanted.are_mentioned_in([line])]
        if named:
            facts = lines((_("Line"), "\n".join(named)))
            # It is nobody's but the people's whom it names, and is forgotten within the hour.
            yield Found(draft.pk, draft.sheet, draft.created_at, facts, wanted)


def _erase_files(office: Office, rows: Rows) -> int:
    gone = ImportDraft.objects.filter(office=office, pk__in=[row.pk for row in rows])
    return gone.delete()[0]


FILES = register(
    Holding(
        key="offices.import_drafts",
        label=gettext_lazy("Files about to be imported"),
        why=gettext_lazy("Between preview and import, for an hour."),
        goes=gettext_lazy("The whole file; it is chosen again for the others."),
        find=_files,
        tells=False,
        erase=_erase_files,
        models=(ImportDraft,),
    )
)


def _old_files(before: dt.datetime) -> int:
    return ImportDraft.objects.filter(created_at__lt=before).count()


def _purge_files(before: dt.datetime) -> int:
    return ImportDraft.objects.filter(created_at__lt=before).delete()[0]


register_rule(
    Rule(
        key="offices.import_drafts",
        label=gettext_lazy("Files about to be imported"),
        keep=lambda: HOUR,
        fixed=True,
        due=_old_files,
        purge=_purge_files,
        takes=("offices.ImportDraft",),
    )
)


# --- Who saw what ------------------------------------------------------------------------------


def _looks(office: Office, wanted: Marks) -> Iterator[Found]:
    known = {disclosures.of_contact(office, one): one for one in wanted.contact_ids}
    for look in Disclosure.objects.filter(office=office, person__in=known):
        facts = lines(
            (_("When"), _moment(look.at)),
            (_("Who"), look.user_name),
            (_("What"), look.get_what_display()),
            (_("About"), disclosures.subject_in_words(look.subject)),
            (_("Reason"), look.reason),
        )
        yield Found(
            look.pk,
            str(look.get_what_display()),
            look.at,
            facts,
            marks(contact_ids=[known[look.person]]),
            spent=look.reason is None,
        )


def _erase_looks(office: Office, rows: Rows) -> int:
    """What a person wrote as their reason may name anybody."""
    looks = Disclosure.objects.filter(office=office, pk__in=[row.pk for row in rows])
    return looks.filter(reason__isnull=False).update(reason=None)


LOOKS = register(
    Holding(
        key="offices.disclosures",
        label=gettext_lazy("Who saw what"),
        why=gettext_lazy("To answer who has looked at the person's data."),
        goes=gettext_lazy("The reasons that people wrote."),
        stays=gettext_lazy(
            "Who looked, when and at what sort of thing: proof that the data were in safe hands "
            "(GDPR article 5.2). The person is a hash there."
        ),
        find=_looks,
        tells=False,
        erase=_erase_looks,
        models=(Disclosure,),
    )
)


def _old_looks(before: dt.datetime) -> int:
    return Disclosure.objects.filter(at__lt=before).count()


def _purge_looks(before: dt.datetime) -> int:
    return Disclosure.objects.filter(at__lt=before).delete()[0]


register_rule(
    Rule(
        key="offices.disclosures",
        label=gettext_lazy("Who saw what"),
        keep=days("DISCLOSURE_DAYS"),
        due=_old_looks,
        purge=_purge_looks,
        takes=("offices.Disclosure",),
    )
)


def _moment(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
