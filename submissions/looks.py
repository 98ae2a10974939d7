"""Who saw what was sent: every page that opens somebody else's content says so here.

A look at one's own is none, nor is one at what is erased or under the veil, where nothing is seen.
Lists tell no more than the day's work needs and record nothing; nor does a page that asks how it
goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from lib.sealing import Unsealable
from offices.disclosures import Look, record, record_each
from offices.models import Disclosure, Right, User
from offices.rights import may
from submissions.journal import note
from submissions.kinds import find_kind
from submissions.models import Batch, Event, Submission

SUBMISSION = "submissions.submission:"
BATCH = "submissions.batch:"
Texts = Mapping[str, list[str]]


def opened(user: User, *submissions: Submission) -> None:
    """The person has these before their eyes. One query, however many."""
    seen = [_look(one) for one in submissions if _shows_something_of_others(user, one)]
    if seen:
        record_each(user, Disclosure.What.VIEWED, seen)


def opened_batch(user: User, batch: Batch, parts: Iterable[Submission]) -> None:
    """The person sees whom a whole batch concerns; a person is named where there is one alone."""
    seen = [part for part in parts if _shows_something_of_others(user, part)]
    people = {part.person_hash for part in seen}
    if seen:
        record(
            user,
            batch.office,
            Disclosure.What.VIEWED,
            subject=f"{BATCH}{batch.code}",
            person=people.pop() if len(people) == 1 else "",
            rows=len(seen),
        )


def revealed(user: User, submission: Submission, reason: str = "") -> None:
    """The person sees a masked value in full; it stands in the submission's own journal, too."""
    look = _look(submission)
    with transaction.atomic():
        note(submission, Event.REVEALED, actor=user, reason=reason)
        if not submission.is_veiled:
            record(
                user,
                look.office,
                Disclosure.What.REVEALED,
                subject=look.subject,
                person=look.person,
                reason=reason,
            )


def opened_to_correct(user: User, submission: Submission) -> None:
    """The form is filled with what was sent, masked values in full for who may see them."""
    if reveals(user, submission):
        revealed(user, submission)
    else:
        opened(user, submission)


def reveals(user: User, submission: Submission) -> bool:
    """Would a form filled with it show masked values that somebody else has typed?"""
    if not _shows_something_of_others(user, submission):
        return False
    return bool(masked_in(submission)) and not hidden_from(user, submission)


def masked_in(submission: Submission) -> dict[str, list[str]]:
    """What was typed in fields that hide something (`SubmissionForm.hides`), {name: [text]}: those
    that are masked, and texts with a personal number in them. Nothing of what is erased.
    """
    kind = find_kind(submission.kind)
    try:
        form: Texts = submission.content["form"]
    except Unsealable:
        return {}
    if kind is None:
        return {}
    hides = kind.form_class.hides
    return {name: list(texts) for name, texts in form.items() if hides(name, texts)}


def hidden_from(user: User, submission: Submission) -> dict[str, list[str]]:
    """Of these what the person may not see. One sees what one has typed, and not what one has sent
    on for somebody else without having seen it.
    """
    stored = masked_in(submission)
    if stored and submission.created_by_id == user.pk:
        unseen: list[str] = submission.content.get("kept", [])
        stored = {name: stored[name] for name in unseen if name in stored}
    if not stored or may(user, Right.MASKED, submission.office):
        return {}
    return stored


def _shows_something_of_others(user: User, submission: Submission) -> bool:
    own = submission.created_by_id == user.pk
    return not own and bool(submission.key) and not submission.is_veiled


def _look(submission: Submission) -> Look:
    return Look(submission.office, f"{SUBMISSION}{submission.code}", submission.person_hash)
