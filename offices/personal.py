"""What the directories hold of people; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import phone_numbers
from offices import disclosures, search_terms
from offices.models import Contact, ContactTerm, Disclosure, ImportDraft, Office
from offices.person_data import Found, Holding, Rows, Rule, lines, register, register_rule
from offices.person_marks import Marks, marks

HOUR = dt.timedelta(hours=1)


# --- Contacts ----------------------------------------------------------------------------------


def _contacts(office: Office, wanted: Marks) -> Iterator[Found]:
    found = Q(vitec_id__in=wanted.contact_ids)
    for text in (*wanted.phones, *wanted.emails, *wanted.names):
        found |= Q(pk__in=_with_words(office, text))
    for contact in Contact.objects.filter(found, office=office):
        known = _marks_of(contact)
        if wanted.touches(known):
            yield _contact(contact, known)


def _with_words(office: Office, text: str) -> list[int]:
    """Contacts of which each word of the text begins a word; also those that Vitec has no more."""
    found: set[int] | None = None
    for digest in search_terms.asked(text):
        terms = ContactTerm.objects.filter(office=office, digest=digest)
        these = set(terms.values_list("contact", flat=True))
        found = these if found is None else found & these
    return sorted(found or ())


def _marks_of(contact: Contact) -> Marks:
    details = contact.details
    return marks(
        contact_ids=[contact.vitec_id],
        names=[details["name"]],
        phones=details["phones"],
        emails=[details["email"]],
    )


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
        due=_old_files,
        purge=_purge_files,
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
            (_("About"), look.subject),
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
        erase=_erase_looks,
        models=(Disclosure,),
    )
)


def _keep_looks() -> dt.timedelta | None:
    days: int = settings.DISCLOSURE_DAYS
    return dt.timedelta(days=days) if days else None


def _old_looks(before: dt.datetime) -> int:
    return Disclosure.objects.filter(at__lt=before).count()


def _purge_looks(before: dt.datetime) -> int:
    return Disclosure.objects.filter(at__lt=before).delete()[0]


register_rule(
    Rule(
        key="offices.disclosures",
        label=gettext_lazy("Who saw what"),
        keep=_keep_looks,
        due=_old_looks,
        purge=_purge_looks,
    )
)


def _moment(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
