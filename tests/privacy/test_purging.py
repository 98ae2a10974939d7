"""What becomes old goes by itself, is only counted when dry, and each run is on record."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lib.sealing import Unsealable
from meetings import kinds
from offices import disclosures
from offices.models import Disclosure, ImportDraft, Office, User
from offices.person_data import all_holdings, all_rules
from offices.person_marks import Marks
from privacy import purging
from privacy.models import Inquiry, PurgeRun, Who
from submissions import append_only, audit, drafts, outbox
from submissions.models import Attempt, Draft, Event, Likeness, State, Submission
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


def age_disclosures(days: float) -> None:
    """The database itself would refuse it."""
    append_only.lift(connection)
    Disclosure.objects.update(at=days_ago(days))
    append_only.protect(connection)


def days_ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def settled(user: User, office: Office, state: State, days: float, number: int) -> Submission:
    submission = make_submission(user, office, contact_id=f"ADR{number}", note=f"Hej {number}")
    Submission.objects.filter(pk=submission.pk).update(state=state, changed_at=days_ago(days))
    submission.refresh_from_db()
    return submission


def is_readable(submission: Submission) -> bool:
    submission.refresh_from_db()
    try:
        return bool(submission.content)
    except Unsealable:
        return False


def counted(run: PurgeRun) -> dict[str, int]:
    return {key: count for key, count in run.facts.items() if count}


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        (State.DELIVERED, 89, True),
        (State.DELIVERED, 91, False),
        (State.REJECTED, 91, False),
        (State.CANCELLED, 91, False),
        (State.FAILED, 91, False),
        # These are not done with, however old.
        (State.UNKNOWN, 400, True),
        (State.QUEUED, 400, True),
        (State.HELD, 400, True),
    ],
)
def test_what_was_sent_is_unreadable_ninety_days_after_it_was_settled(
    bokare: User, office: Office, state: State, days: int, stays: bool
) -> None:
    submission = settled(bokare, office, state, days, 1)

    purging.run()

    assert is_readable(submission) == stays
    assert Likeness.objects.filter(submission=submission).exists() == stays
    assert bool(submission.person_hash) == stays


def test_the_facts_stay_and_say_that_it_went(
    bokare: User, office: Office, as_bokare: Client
) -> None:
    submission = settled(bokare, office, State.CANCELLED, 91, 1)

    purging.run()

    events = list(Attempt.objects.filter(submission=submission).values_list("event", "actor"))
    assert events == [(Event.ACCEPTED, bokare.pk), (Event.ERASED, None)]
    assert audit.verify().broken == ""
    page = as_bokare.get(submission.get_absolute_url())
    assert page.status_code == 200
    assert "Innehållet raderades" in page.content.decode()


def test_a_dry_run_counts_and_takes_nothing(bokare: User, office: Office) -> None:
    rows = [settled(bokare, office, State.DELIVERED, 91, number) for number in range(3)]
    said = io.StringIO()

    call_command("purge", "--dry-run", stdout=said)

    assert all(is_readable(row) for row in rows)
    run = PurgeRun.objects.get()
    assert (run.dry, counted(run)) == (True, {"submissions.submissions": 3})
    assert run.ended_at
    assert "submissions.submissions: 3" in said.getvalue()
    assert "Nothing was taken away" in said.getvalue()


def test_everything_has_its_age(bokare: User, office: Office, settings: Any) -> None:
    draft = drafts.keep(bokare, office, kinds.COMEBACK, uuid.uuid4(), {"note": ["Hej"]})
    assert draft is not None
    Draft.objects.filter(pk=draft.pk).update(changed_at=days_ago(7.1))
    file = ImportDraft.objects.create(user=bokare, office=office, sheet="contacts", text="x")
    ImportDraft.objects.filter(pk=file.pk).update(created_at=days_ago(0.1))
    inquiry = Inquiry(office=office, user=bokare)
    inquiry.set_who(Who("Anna", Marks()))
    inquiry.save()
    Inquiry.objects.update(made_at=days_ago(1.1))
    disclosures.record(bokare, office, Disclosure.What.VIEWED)
    age_disclosures(731)

    assert counted(purging.run(dry=True)) == counted(purging.run())
    assert counted(PurgeRun.objects.filter(dry=False).latest("pk")) == {
        "submissions.drafts": 1,
        "offices.import_drafts": 1,
        "privacy.inquiries": 1,
        "offices.disclosures": 1,
    }
    assert counted(purging.run()) == {}


def test_nought_days_keep_it_for_ever(bokare: User, office: Office, settings: Any) -> None:
    settings.RETENTION_DAYS = settings.DISCLOSURE_DAYS = 0
    submission = settled(bokare, office, State.DELIVERED, 5000, 1)
    disclosures.record(bokare, office, Disclosure.What.VIEWED)
    age_disclosures(5000)

    run = purging.run()

    assert "submissions.submissions" not in run.facts
    assert is_readable(submission)
    assert Disclosure.objects.exists()


def test_the_admin_shows_each_run_in_words(bokare: User, office: Office, as_admin: Client) -> None:
    settled(bokare, office, State.DELIVERED, 91, 1)
    purging.run()
    page = as_admin.get(reverse("admin:privacy_purgerun_changelist")).content.decode()
    assert "Innehållet i det som sänts: 1" in page


def test_a_purged_one_is_done_with(bokare: User, office: Office) -> None:
    failed = settled(bokare, office, State.FAILED, 91, 1)
    purging.run()
    failed.refresh_from_db()
    assert outbox.cancel(failed, bokare)


def test_every_holding_says_what_goes_and_every_model_is_told() -> None:
    for holding in all_holdings():
        assert str(holding.label)
        assert str(holding.why)
        assert str(holding.goes)
        assert holding.models
    assert len({rule.key for rule in all_rules()}) == len(all_rules()) >= 5
