"""What becomes old goes by itself, is only counted when dry, and each run is on record."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import Place, invite
from accounts.models import Invitation
from lib.sealing import RowKeyField, SealedJSONField, Unsealable
from meetings import kinds
from meetings.models import Meeting, MeetingFacts, MeetingVersion
from offices import disclosures, protected
from offices.models import (
    Contact,
    ContactTerm,
    Disclosure,
    Estate,
    ImportDraft,
    Office,
    ProtectedContact,
    Retention,
    Role,
    User,
)
from offices.person_data import all_holdings, all_rules
from offices.person_marks import Marks
from privacy import erasing, purging
from privacy.models import Erasure, Inquiry, PurgeRun, Step, Who
from submissions import append_only, audit, drafts, outbox, pauses
from submissions.models import Attempt, Draft, Event, Likeness, Pause, State, Submission
from tests.factories import (
    make_contact,
    make_meeting,
    make_person_directories,
    make_slot,
    make_submission,
    make_user,
)
from tests.privacy.test_register import meeting_row, take
from viewings.models import Registration, TimeSlot

pytestmark = pytest.mark.django_db

DAYS = (
    "RETENTION_DAYS", "DRAFT_DAYS", "EXPORT_DAYS", "DISCLOSURE_DAYS", "MEETING_PERSON_DAYS",
    "VISITOR_DAYS", "GONE_CONTACT_DAYS", "SETTLED_INVITATION_DAYS", "ENDED_REASON_DAYS",
    "UNDECIDED_ERASURE_DAYS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def told_long_ago() -> None:
    """Every time is in force: what is counted and told before is in `test_retention`."""
    rules = [rule.key for rule in all_rules()]
    Retention.objects.bulk_create(Retention(rule=key, in_force=dt.timedelta(0)) for key in rules)


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
    for name in DAYS:
        setattr(settings, name, 0)
    submission = settled(bokare, office, State.DELIVERED, 5000, 1)
    disclosures.record(bokare, office, Disclosure.What.VIEWED)
    age_disclosures(5000)

    run = purging.run()

    assert set(run.facts) == {
        "offices.import_drafts", "accounts.kept_forms", "accounts.resets"
    }  # fmt: skip
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


class TestMeetings:
    """After two years a meeting is a figure: its day, type, state, broker and amounts."""

    def test_its_person_goes_and_the_figures_stay(self, office: Office) -> None:
        old, young = make_meeting(office, "CAL1"), make_meeting(office, "CAL2")
        for meeting, days in ((old, 731), (young, 729)):
            meeting.personal["row"] = {
                "id": meeting.vitec_id,
                "brokerName": "Bo Alm",
                "commissionWithoutTaxes": 50_000,
                "nobodyKnewThis": "Anna har katt",
            }
            meeting.meeting_date, meeting.commission = days_ago(days), 50_000
            meeting.save()
        make_version(old)

        assert counted(purging.run(dry=True)) == counted(purging.run())
        assert counted(PurgeRun.objects.filter(dry=False).latest("pk")) == {
            "meetings.meetings": 1, "meetings.versions": 1
        }  # fmt: skip

        for row in (Meeting.objects.get(pk=old.pk), MeetingVersion.objects.get()):
            assert (row.contact_id, row.person_hash, row.estate_id) == ("", "", "")
            assert "Anna" not in str(row.personal)
            assert (row.broker_name, row.type, row.commission) == ("Bo Alm", "Assignment", 50_000)
            assert row.row["commissionWithoutTaxes"] == 50_000
        assert Meeting.objects.get(pk=young.pk).contact_name == "Anna Ek"
        assert counted(purging.run()) == {}

    def test_no_fetch_brings_the_person_back(self, office: Office) -> None:
        row = meeting_row("MOT1", meetingDate="2024-03-04T10:00:00+01:00")
        take(office, row)
        take(office, row)
        meeting = Meeting.objects.get()
        assert (meeting.contact_id, meeting.impersonal) == ("", True)
        assert "Anna" not in str(meeting.personal)
        assert not MeetingVersion.objects.exists()
        assert not Contact.objects.exists()

    def test_what_was_aged_is_no_news_to_the_next_fetch(
        self, office: Office, settings: Any
    ) -> None:
        row = meeting_row("MOT1", meetingDate="2024-03-04T10:00:00+01:00")
        settings.MEETING_PERSON_DAYS = 0
        take(office, row)
        assert Meeting.objects.get().contact_name == "Anna Åkesson"
        settings.MEETING_PERSON_DAYS = 730
        purging.run()
        take(office, row)
        assert Meeting.objects.get().contact_name == "Raderad person"
        assert not MeetingVersion.objects.exists()

    def test_a_home_that_only_it_knew_goes_with_it(self, office: Office) -> None:
        make_person_directories(office)
        Estate.objects.update(listed=False)
        make_meeting(office, meeting_date=days_ago(800))
        purging.run()
        assert not Estate.objects.exists()


def make_version(meeting: Meeting) -> MeetingVersion:
    facts = {field.name: getattr(meeting, field.name) for field in MeetingFacts._meta.get_fields()}
    return MeetingVersion.objects.create(
        meeting=meeting,
        office=meeting.office,
        vitec_id=meeting.vitec_id,
        observed_to=days_ago(1),
        **facts,
    )


def test_who_was_at_a_viewing_a_year_ago_is_forgotten_and_counts_as_before(
    office: Office, bokare: User
) -> None:
    old = make_slot(office, "TID1", starts_at=days_ago(366))
    young = make_slot(office, "TID2", starts_at=days_ago(364))
    for slot in (old, young):
        TimeSlot.objects.filter(pk=slot.pk).update(registered=2, attended=2)
        for number in range(2):
            slot.participants.create(contact_id=f"ADR{number}", participated=True)
        sent = make_submission(bokare, office, contact_id=f"ADR{slot.pk}")
        Registration.objects.create(submission=sent, slot=slot, contact_id="ADR9")

    assert counted(purging.run(dry=True)) == counted(purging.run())

    run = PurgeRun.objects.filter(dry=False).latest("pk")
    assert counted(run) == {"viewings.participants": 2, "viewings.registrations": 1}
    assert not old.participants.exists()
    assert old.registrations.get().contact_id == ""
    assert {one.contact_id for one in young.participants.all()} == {"ADR0", "ADR1"}
    assert TimeSlot.objects.counted().get(pk=old.pk).attended_now == 2


def test_a_contact_whom_vitec_has_not_had_for_long_is_forgotten(office: Office) -> None:
    gone, here = make_contact(office, "ADR1"), make_contact(office, "ADR2", "Bo Ek")
    Contact.objects.filter(pk=gone.pk).update(missing_since=days_ago(91))
    kind = ContentType.objects.get_for_model(Contact)
    user = make_user("alla", is_superuser=True)
    entry = LogEntry.objects.create(
        user=user, content_type=kind, object_id=str(gone.pk), object_repr="ADR1", action_flag=CHANGE
    )
    purging.run()
    assert list(Contact.objects.all()) == [here]
    assert not ContactTerm.objects.exclude(contact=here).exists()
    entry.refresh_from_db()
    assert "ADR1" not in entry.object_repr


def test_whom_an_invitation_was_for_goes_when_it_is_settled(office: Office, admin: User) -> None:
    places = [Place(office, Role.BOOKER, f"Nils {number}", "nils@x.se") for number in range(4)]
    used, withdrawn, expired, waiting = (invite(admin, place)[0].pk for place in places)
    rows = Invitation.objects.all()
    rows.filter(pk=used).update(used_at=days_ago(31))
    rows.filter(pk=withdrawn).update(withdrawn_at=days_ago(31))
    rows.filter(pk=expired).update(expires_at=days_ago(31))
    assert counted(purging.run(dry=True)) == counted(purging.run()) == {"accounts.invitations": 3}
    left = [row.pk for row in rows if any(row.recipient.values())]
    assert left == [waiting]
    assert counted(purging.run()) == {}


def test_reasons_go_when_what_they_were_for_has_ended(office: Office, bokare: User) -> None:
    for number, ended in enumerate((days_ago(91), days_ago(89), None)):
        mark = protected.mark(office, f"ADR{number}", bokare, "Hotad")
        ProtectedContact.objects.filter(pk=mark.pk).update(ended_at=ended)
        pauses.pause(office, f"punkt-{number}", bokare, "Väntar på Anna")
        Pause.objects.filter(endpoint=f"punkt-{number}").update(ended_at=ended)
    assert counted(purging.run(dry=True)) == counted(purging.run())
    run = PurgeRun.objects.filter(dry=False).latest("pk")
    assert counted(run) == {"offices.protected": 1, "submissions.pauses": 1}
    marks = ProtectedContact.objects.order_by("contact_id").values_list("reason", flat=True)
    assert list(marks) == [None, "Hotad", "Hotad"]
    told = [one.reason for one in Pause.objects.order_by("endpoint")]
    assert told == ["", "Väntar på Anna", "Väntar på Anna"]


def test_an_erasure_that_nobody_decides_is_dropped(
    office: Office, ombud: User, kollega: User
) -> None:
    old, young = (erasing.ask(ombud, office, Who("Anna", Marks()), "Bett om det") for _ in "ab")
    Erasure.objects.filter(pk=old.pk).update(asked_at=days_ago(91))
    assert counted(purging.run(dry=True)) == counted(purging.run()) == {"privacy.erasures": 1}
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.step, old.key, old.sealed) == (Step.DECLINED, "", "")
    assert young.who is not None
    client = Client()
    client.force_login(kollega)
    assert "Ingen avgjorde den" in client.get(old.get_absolute_url()).content.decode()


def test_every_holding_says_what_goes_and_every_model_is_told() -> None:
    for holding in all_holdings():
        assert str(holding.label)
        assert str(holding.why)
        assert str(holding.goes)
        assert holding.models
    assert len({rule.key for rule in all_rules()}) == len(all_rules()) >= 5


# --- Nothing is forgotten ----------------------------------------------------------------------

_NO_PERSON = "a secret of the portal's or the office's, of no person"
# What erasures do not take, or what does not go with age, and why.
NOT_HELD = {
    "offices.Credential.password": _NO_PERSON,
    "submissions.StampKey.secret": _NO_PERSON,
    "viewings.Viewing.commentary": "what the broker says of a home that is for sale",
    "submissions.Attempt.sealed_answer": "opened by its submission's key, which is destroyed",
    "submissions.Attempt.sealed_reason": "opened by its submission's key, which is destroyed",
    "accounts.AskedReset.typed": "an address for a letter, gone with it within the hour",
    "privacy.Inquiry.key": "forgotten by the erasure itself",
    "privacy.Inquiry.sealed": "forgotten by the erasure itself",
    "privacy.Erasure.key": "is the erasure: what it ends with",
    "privacy.Erasure.sealed": "is the erasure: what it ends with",
    "offices.ErasedContact.digest": "what keeps the person out",
}
NOT_AGED = {
    "offices.Credential.password": _NO_PERSON,
    "submissions.StampKey.secret": _NO_PERSON,
    "viewings.Viewing.commentary": "what the broker says of a home that is for sale",
    "submissions.Attempt.sealed_answer": "opened by its submission's key, which is destroyed",
    "submissions.Attempt.sealed_reason": "opened by its submission's key, which is destroyed",
    "offices.ProtectedContact.contact_id": "hides, or says that a person has shown them again",
    "offices.ErasedContact.digest": "what keeps the person out",
    "meetings.SavedView.name": "what staff call a list, told to name no customer",
}
PLAIN_BUT_PERSONAL = ("contact_id", "person_hash", "digest", "recipient", "words")


def personal_columns() -> Iterator[tuple[str, str]]:
    """(model, column) of everything sealed, and of all by which a contact is known."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            sealed = isinstance(field, SealedJSONField | RowKeyField)
            named = field.name.startswith("sealed") or field.name in PLAIN_BUT_PERSONAL
            if sealed or named:
                yield model._meta.label, field.name
    # A free text in clear that may name somebody.
    yield "admin.LogEntry", "object_repr"


# Told by the audit itself, or gone with the account that they are of.
OF_THE_AUDIT = {"submissions.AuditCheckpoint.digest", "admin.LogEntry.object_repr"}


def test_everything_sealed_and_every_contact_s_id_is_held_and_goes_with_age() -> None:
    held = {model._meta.label for holding in all_holdings() for model in holding.models}
    taken = {one for rule in all_rules() for one in rule.takes}
    columns = list(personal_columns())
    names = {f"{model}.{name}" for model, name in columns}
    unheld = {f"{model}.{name}" for model, name in columns if model not in held}
    unaged = {
        f"{model}.{name}" for model, name in columns if not {model, f"{model}.{name}"} & taken
    }
    assert unheld - OF_THE_AUDIT == set(NOT_HELD)
    assert unaged - OF_THE_AUDIT == set(NOT_AGED)
    # An exemption for a column that is gone, or is told by a rule by now, says nothing.
    assert set(NOT_HELD) | set(NOT_AGED) <= names
    known = {f"{model._meta.label}" for model in apps.get_models()}
    assert {".".join(one.split(".")[:2]) for one in taken} <= known
