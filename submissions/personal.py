"""What submissions and drafts hold of people; see `offices.person_data`.

What was sent is opened to be searched: nothing but its own content tells whom it is about.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.sealing import Unsealable, unseal_row
from offices.models import Office, User
from offices.person_data import (
    Found,
    Holding,
    Rows,
    Rule,
    days,
    lines,
    readable,
    register,
    register_rule,
)
from offices.person_marks import Marks, marks, marks_in, texts_in
from submissions import drafts, erasing, outbox
from submissions.kinds import find_kind
from submissions.models import Draft, Likeness, Pause, State, Submission, person_hash

# What is in a worker's hands: it is waited for.
ON_ITS_WAY = (State.CLAIMED, State.SENDING)
AT_VITEC = (State.DELIVERED, State.UNKNOWN, *ON_ITS_WAY)


# --- Submissions -------------------------------------------------------------------------------


def _submissions(office: Office, wanted: Marks) -> Iterator[Found]:
    hashes = {person_hash(one): one for one in wanted.contact_ids}
    rows = Submission.objects.filter(office=office).exclude(key="")
    whole = rows.select_related("created_by").prefetch_related("attempts")
    for submission in whole.iterator(chunk_size=500):
        content = readable(lambda row=submission: row.content)  # type: ignore[misc]
        if content is None:
            continue
        about = _about(submission, content, hashes)
        if wanted.touches(about):
            yield _submission(submission, content, about)
        elif wanted.are_mentioned_in(_texts(submission, content)):
            found = _submission(submission, content, about)
            yield dataclasses.replace(found, mentions=True)


def _about(submission: Submission, content: dict[str, Any], hashes: dict[str, str]) -> Marks:
    call = content["call"]
    about = marks_in(json.loads(call["body"] or "null")) | marks_in(content.get("form", {}))
    known = hashes.get(submission.person_hash)
    return about | marks(contact_ids=[known]) if known else about


def _texts(submission: Submission, content: dict[str, Any]) -> Iterator[str]:
    yield from texts_in(json.loads(content["call"]["body"] or "null"))
    yield from texts_in(content.get("form", {}))
    yield from (message.message for message in submission.messages)
    yield from (text for _label, text in _said_since(submission))


def _submission(submission: Submission, content: dict[str, Any], about: Marks) -> Found:
    facts = lines(
        (_("Sent by"), submission.created_by),
        (_("When"), f"{timezone.localtime(submission.created_at):%Y-%m-%d %H:%M}"),
        (_("State"), submission.shown.label),
        (_("Id at Vitec"), submission.vitec_id),
        *((line.label, line.full or line.value) for line in submission.lines),
        *((message.field, message.message) for message in submission.messages),
        *_said_since(submission),
        (_("The request as it was sent"), content["call"]["body"]),
    )
    there = ""
    if submission.state in AT_VITEC:
        there = " · ".join(
            filter(
                None,
                (
                    submission.kind_label,
                    f"{timezone.localtime(submission.created_at):%Y-%m-%d %H:%M}",
                    submission.vitec_id and f"id {submission.vitec_id}",
                    str(_("it is uncertain whether it arrived"))
                    if submission.state == State.UNKNOWN
                    else "",
                ),
            )
        )
    return Found(
        submission.pk,
        " · ".join(
            filter(None, (submission.kind_label, str(submission.shown.label), submission.summary))
        ),
        submission.created_at,
        facts,
        about,
        at_vitec=there,
        url=submission.get_absolute_url(),
        person_hash=submission.person_hash,
    )


def _said_since(submission: Submission) -> Iterator[tuple[str, str]]:
    """What Vitec answered and people gave as their reason, opened."""
    for attempt in submission.attempts.all():
        for label, sealed in (
            (_("Vitec's answer"), attempt.sealed_answer),
            (_("Reason"), attempt.sealed_reason),
        ):
            if sealed:
                try:
                    yield str(label), str(unseal_row(submission.key, sealed))
                except Unsealable:
                    continue


def _stop(rows: Rows, user: User) -> int:
    """Undo what waits; what failed must not be tried again either."""
    found = Submission.objects.filter(pk__in=[row.pk for row in rows])
    waiting = (State.QUEUED, State.HELD, State.FAILED)
    for submission in found.filter(state__in=waiting):
        outbox.cancel(submission, user)
    return found.filter(state__in=(*waiting, *ON_ITS_WAY)).count()


def _erase(office: Office, rows: Rows) -> int:
    found = Submission.objects.filter(office=office, pk__in=[row.pk for row in rows])
    return sum(erasing.erase_content(submission) for submission in found.exclude(key=""))


SUBMISSIONS = register(
    Holding(
        key="submissions.submissions",
        label=gettext_lazy("What was sent to Vitec"),
        why=gettext_lazy("To deliver what staff have asked for, and to answer for it."),
        goes=gettext_lazy(
            "The whole content: the request, what was typed, Vitec's answers and people's "
            "reasons. The row's key is destroyed, so copies cannot be read either. What waits is "
            "undone first."
        ),
        stays=gettext_lazy(
            "Who sent what sort of thing, when, and how it went: the audit (GDPR articles 5.2 and "
            "17.3). Nothing of the person is in it."
        ),
        find=_submissions,
        erase=_erase,
        models=(Submission, Likeness),
        stop=_stop,
    )
)


register_rule(
    Rule(
        key="submissions.submissions",
        label=gettext_lazy("Content of what was sent"),
        keep=days("RETENTION_DAYS"),
        due=lambda before: erasing.settled_before(before).count(),
        purge=erasing.purge,
        takes=("submissions.Submission", "submissions.Likeness"),
    )
)


# --- Pauses ------------------------------------------------------------------------------------


def _pauses(office: Office, wanted: Marks) -> Iterator[Found]:
    """Only a reason may name somebody, and then nobody knows whom it means but by reading it."""
    for pause in Pause.objects.filter(office=office).select_related("paused_by"):
        if wanted.are_mentioned_in([str(pause.reason)]):
            facts = lines((_("Reason"), pause.reason), (_("Paused by"), pause.paused_by))
            yield Found(pause.pk, str(_("A pause of sending")), pause.since, facts, mentions=True)


def _erase_pauses(office: Office, rows: Rows) -> int:
    return Pause.objects.filter(office=office, pk__in=[row.pk for row in rows]).update(reason="")


PAUSES = register(
    Holding(
        key="submissions.pauses",
        label=gettext_lazy("Reasons of pauses"),
        why=gettext_lazy("To tell colleagues why nothing is sent."),
        goes=gettext_lazy("The reason."),
        stays=gettext_lazy("Who paused what, and from when to when."),
        find=_pauses,
        tells=False,
        erase=_erase_pauses,
        models=(Pause,),
    )
)


def _ended_with_reason(before: dt.datetime) -> list[int]:
    """What is sealed cannot be asked for."""
    ended = Pause.objects.filter(ended_at__lt=before)
    return [pause.pk for pause in ended.iterator() if pause.reason]


register_rule(
    Rule(
        key="submissions.pauses",
        label=gettext_lazy("Reasons of pauses that have ended"),
        keep=days("ENDED_REASON_DAYS"),
        due=lambda before: len(_ended_with_reason(before)),
        purge=lambda before: Pause.objects.filter(pk__in=_ended_with_reason(before)).update(
            reason=""
        ),
        takes=("submissions.Pause",),
    )
)


# --- Drafts ------------------------------------------------------------------------------------


def _drafts(office: Office, wanted: Marks) -> Iterator[Found]:
    hashes = {person_hash(one): one for one in wanted.contact_ids}
    for draft in Draft.objects.filter(office=office).select_related("user", "corrects"):
        typed = readable(lambda row=draft: row.typed)  # type: ignore[misc]
        if typed is None:
            continue
        person = _person_of(draft)
        about = _about_draft(typed, wanted, hashes.get(person))
        touched = wanted.touches(about)
        if touched or wanted.are_mentioned_in(texts_in(typed)):
            found = _draft(draft, typed, about)
            yield dataclasses.replace(found, mentions=not touched, person_hash=person)


def _person_of(draft: Draft) -> str:
    """The hash of whom it concerns: as it says itself, else as what it corrects does by now."""
    return draft.person_hash or (draft.corrects.person_hash if draft.corrects else "")


def _about_draft(typed: dict[str, list[str]], wanted: Marks, known: str | None) -> Marks:
    """known: the contact id of whom it concerns by its hash, where that is one of the wanted.

    Not joined to what is typed: who corrects something may be writing of somebody else, and two
    people must never become one.
    """
    told = marks_in(typed)
    if known is None or told.contact_ids or wanted.is_same_person(told):
        return told
    return marks(contact_ids=[known])


def _draft(draft: Draft, typed: dict[str, list[str]], about: Marks) -> Found:
    labels = _labels(draft.kind)
    written = ((labels.get(name, name), ", ".join(texts)) for name, texts in typed.items())
    facts = lines((_("Written by"), draft.user), *written)
    title = str(_("Draft by %s") % draft.user)
    return Found(draft.pk, title, draft.changed_at, facts, about)


def _labels(key: str) -> dict[str, str]:
    """What the fields of a kind's form are called on its page, where they are called something."""
    kind = find_kind(key)
    fields = kind.form_class.base_fields if kind else {}
    return {name: str(field.label) for name, field in fields.items() if field.label}


def _erase_drafts(office: Office, rows: Rows) -> int:
    gone = Draft.objects.filter(office=office, pk__in=[row.pk for row in rows])
    return gone.delete()[0]


DRAFTS = register(
    Holding(
        key="submissions.drafts",
        label=gettext_lazy("Drafts"),
        why=gettext_lazy("So that nothing half written is lost."),
        goes=gettext_lazy("The whole draft, whoever writes it."),
        find=_drafts,
        erase=_erase_drafts,
        models=(Draft,),
    )
)

register_rule(
    Rule(
        key="submissions.drafts",
        label=gettext_lazy("Drafts"),
        keep=days("DRAFT_DAYS"),
        due=lambda before: Draft.objects.filter(changed_at__lt=before).count(),
        purge=drafts.purge,
        takes=("submissions.Draft",),
    )
)
