"""The outbox and its audit: one row a wish to send, one append-only row an event of its life."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from connect.errors import FieldMessage
from lib.sealing import RowKeyField, SealedJSONField, Unsealable, keyed_hash, seal_row, unseal_row
from offices import pace, veil
from offices.access import managed_by, offices_for
from offices.logins import Logins, NoCredential
from offices.models import Office, User
from submissions.kinds import Line, Planned, all_kinds, find_kind

# A due time further ahead than any back-off means that the clock was set back: it is reached.
FURTHEST_DUE = dt.timedelta(hours=2)


# Certain failures are repeated for so long, then a person is asked.
GIVE_UP_AFTER = dt.timedelta(days=1)
SAME_CONTENT_SPAN = dt.timedelta(days=1)
# One failure is bad luck, so many in a row are an outage.
OUTAGE_AFTER = 3


class State(models.TextChoices):
    """Where a submission stands. Changed only by conditional UPDATE, see `QuerySet.move`."""

    QUEUED = "queued", _("Waiting")
    CLAIMED = "claimed", _("Connecting")
    SENDING = "sending", _("Sending")
    DELIVERED = "delivered", _("Delivered")
    REJECTED = "rejected", _("Refused")
    HELD = "held", _("Paused")
    UNKNOWN = "unknown", _("Uncertain")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Undone")


class Shown(models.TextChoices):
    """The state in the staff's words; the grace period is a queued row that nobody may take yet."""

    GRACE = "grace", _("Grace period")
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    DELIVERED = "delivered", _("Delivered")
    REJECTED = "rejected", _("Refused")
    PAUSED = "paused", _("Paused")
    UNCERTAIN = "uncertain", _("Uncertain")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


_SHOWN = {
    State.QUEUED: Shown.WAITING,
    State.CLAIMED: Shown.SENDING,
    State.SENDING: Shown.SENDING,
    State.DELIVERED: Shown.DELIVERED,
    State.REJECTED: Shown.REJECTED,
    State.HELD: Shown.PAUSED,
    State.UNKNOWN: Shown.UNCERTAIN,
    State.FAILED: Shown.FAILED,
    State.CANCELLED: Shown.UNDONE,
}
SETTLED = (State.DELIVERED, State.REJECTED, State.UNKNOWN, State.FAILED, State.CANCELLED)
CANCELLABLE = (State.QUEUED, State.HELD, State.FAILED, State.REJECTED)
# These wait for a person.
OPEN_QUESTIONS = (State.UNKNOWN, State.FAILED, State.REJECTED)
ON_THE_WAY = (State.QUEUED, State.CLAIMED, State.SENDING)
# The same content in one of these would be there twice.
LIVE = (
    State.QUEUED,
    State.CLAIMED,
    State.SENDING,
    State.HELD,
    State.UNKNOWN,
    State.DELIVERED,
)


# Each is one span of an index; asked for together they would be a walk over every waiting row.
DUE_BY = (Q(not_before__lte=Now()), Q(not_before__gt=Now() + FURTHEST_DUE))


def due() -> Q:
    """Queued and its time has come, by the database's clock."""
    return Q(state=State.QUEUED) & (DUE_BY[0] | DUE_BY[1])


def not_sooner(column: str, moment: Combinable) -> Case:
    """The moment, or what stands in the column where that is later.

    What lies further ahead than any due time does not count: the clock was set back.
    """
    later = {f"{column}__gt": moment, f"{column}__lte": Now() + FURTHEST_DUE}
    return Case(When(**later, then=F(column)), default=moment, output_field=models.DateTimeField())


def unless_erased(vitec_id: Combinable | Value) -> Case:
    """Vitec's id of what was sent; nothing of a row whose person was erased meanwhile."""
    return Case(When(key="", then=Value("")), default=vitec_id, output_field=models.CharField())


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def for_user(self, user: User | AnonymousUser) -> SubmissionQuerySet:
        """Those of the offices that the person may act for."""
        return self.filter(office__in=offices_for(user))

    def needing(self, user: User) -> SubmissionQuerySet:
        """Those that wait for this person: what went wrong with their own, and what is uncertain
        or failed at the offices they manage. A refused one is done with once it was corrected.
        """
        return self.needing_at(user, offices_for(user), managed_by(user))

    def needing_at(
        self, user: User, offices: Iterable[Any], managed: Iterable[Any]
    ) -> SubmissionQuerySet:
        """The same where the person's offices, and those they manage, are known already: they or
        their keys.
        """
        theirs = Q(state__in=[State.UNKNOWN, State.FAILED], office__in=managed)
        mine = Q(created_by=user, state__in=OPEN_QUESTIONS)
        return self.filter(mine | theirs, office__in=offices, corrections=None)

    def whose_turn_it_is(self) -> SubmissionQuerySet:
        """Those that overtake nothing: of one person's, what was asked for first goes first.

        What stands still, for a pause or a question, lets the later ones by.
        """
        earlier = Submission.objects.filter(
            office=OuterRef("office"),
            person_hash=OuterRef("person_hash"),
            pk__lt=OuterRef("pk"),
            state__in=ON_THE_WAY,
        ).outside_paused_batches()
        return self.filter(Q(person_hash="") | ~Exists(earlier))

    def uncertain(self) -> SubmissionQuerySet:
        """Those of which nobody knows whether they arrived."""
        return self.filter(state=State.UNKNOWN)

    def living(self) -> SubmissionQuerySet:
        """Those that are, or may be, at Vitec or on the way there."""
        return self.filter(state__in=LIVE)

    def same_content(self, office: Office, fingerprints: Collection[str]) -> SubmissionQuerySet:
        """Those of the last day that say the very same and are, or may be, there or on the way."""
        return self.living().filter(
            office=office,
            fingerprint__in=fingerprints,
            created_at__gt=timezone.now() - SAME_CONTENT_SPAN,
        )

    def concerning(self, contact_id: str) -> SubmissionQuerySet:
        """Those about one person, by Vitec's id of the person."""
        return self.filter(person_hash=person_hash(contact_id))

    def shown_as(self, shown: str) -> SubmissionQuerySet:
        """Those that staff see in this state, one of `Shown`."""
        if shown == Shown.GRACE:
            return self.filter(state=State.QUEUED, hold_until__gt=Now())
        if shown == Shown.WAITING:
            return self.filter(state=State.QUEUED, hold_until__lte=Now())
        return self.filter(state__in=[state for state, word in _SHOWN.items() if word == shown])

    def held_without_pause(self) -> SubmissionQuerySet:
        """Those that stand still although nothing holds them any more."""
        over = Pause.objects.filter(
            office=OuterRef("office"), endpoint__in=["", OuterRef("endpoint")], ended_at=None
        )
        return self.filter(~Exists(over), state=State.HELD).outside_paused_batches()

    def outside_pauses_by_people(self) -> SubmissionQuerySet:
        """Those that nobody of the office has paused."""
        paused = Pause.objects.filter(
            office=OuterRef("office"),
            endpoint__in=["", OuterRef("endpoint")],
            ended_at=None,
            paused_by__isnull=False,
        )
        return self.filter(~Exists(paused))

    def outside_paused_batches(self) -> SubmissionQuerySet:
        """Those whose batch, if they have one, goes on."""
        paused = Batch.objects.filter(pk=OuterRef("batch"), paused_at__isnull=False)
        return self.filter(~Exists(paused))

    def due(self) -> SubmissionQuerySet:
        """Those that a worker may take now."""
        return self.filter(due())

    def move(self, before: State | tuple[State, ...], after: State, **changes: Any) -> bool:
        """Change the state of the one row selected, if it is still as expected.

        The only way a state changes. False: another was faster, and nothing was done.
        """
        expected = (before,) if isinstance(before, State) else before
        moved = self.filter(state__in=expected).update(
            state=after, changed_at=timezone.now(), **changes
        )
        return moved == 1


def person_hash(contact_id: str) -> str:
    """By what the submissions about one person are found; "" for no person."""
    return keyed_hash("person", contact_id) if contact_id else ""


class Verdict(models.TextChoices):
    """What a look at Vitec said of an uncertain submission that it did not settle."""

    ABSENT = "absent", _("Not there")
    SEVERAL = "several", _("More than one fits")
    UNREADABLE = "unreadable", _("Cannot be read")


class Submission(models.Model):
    """One wish to send one thing to Vitec.

    key: the row's own key, wrapped by the master key. Emptied, nobody can read the row any more.
    sealed: what was approved: {"call": Call, "form": {name: [text]}, "lines": {language: [[label,
        text] or [label, masked text, full text]]}, "kept": [names of fields that the sender sent on
        without seeing them]}, sealed with the row's key.
    sealed_messages: what a refusal said: [[field, text]], sealed likewise.
    token, lease_until: who has the row now, and until when the others leave it alone.
    trying_since: the first of the failed tries since it was last set going.
    asked_until: before this Vitec has asked us not to try it again; `not_before` is never sooner.
    waited_for: the last outage in which it had to wait.
    verdict, looked_at: what the last look at Vitec said of an uncertain one, and when.
    found_by_look: `vitec_id` is what such a look has found, not Vitec's answer.
    events: how many it has had; counted by the journal alone, see `chain`.
    """

    code = models.UUIDField(_("code"), unique=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office,
        on_delete=models.PROTECT,
        related_name="submissions",
        verbose_name=_("office"),
        db_index=False,  # `submission_newest` begins with it
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="submissions",
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=60)
    endpoint = models.CharField(_("endpoint"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    form_token = models.UUIDField()
    fingerprint = models.CharField(max_length=32)
    person_hash = models.CharField(max_length=32, blank=True)
    batch = models.ForeignKey(
        "Batch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("batch"),
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )

    key = RowKeyField(blank=True)
    sealed = models.TextField()
    sealed_messages = models.TextField(blank=True)
    vitec_id = models.CharField(_("id at Vitec"), max_length=200, blank=True)

    hold_until = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.PositiveIntegerField(_("tries"), default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    trying_since = models.DateTimeField(null=True, blank=True)
    asked_until = models.DateTimeField(null=True, blank=True)
    waited_for = models.ForeignKey(
        "Outage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="waiting_rows",
        db_index=False,  # few rows have one: `submission_waited`
    )
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    found_by_look = models.BooleanField(default=False, editable=False)
    events = models.PositiveIntegerField(default=0, editable=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            models.Index(fields=["office", "-created_at", "-id"], name="submission_newest"),
            models.Index(fields=["state", "not_before"], name="submission_due"),
            models.Index(fields=["person_hash", "-created_at"], name="submission_person"),
            models.Index(fields=["office", "fingerprint"], name="submission_same_content"),
            models.Index(
                fields=["waited_for"],
                condition=Q(waited_for__isnull=False),
                name="submission_waited",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["created_by", "form_token"], name="one_submission_per_form"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="submission_state"),
            # Of Vitec's answers alone: nobody promises that these never repeat an id.
            models.UniqueConstraint(
                fields=["office", "endpoint", "vitec_id"],
                condition=Q(found_by_look=True) & ~Q(vitec_id=""),
                name="found_for_one_alone",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    def get_absolute_url(self) -> str:
        return reverse("submissions:detail", args=[self.code])

    # --- what is sent -----------------------------------------------------------------------

    @property
    def is_veiled(self) -> bool:
        """It concerns somebody with protected identity, who is not for the person who asks."""
        return veil.hides_person(self.office_id, self.person_hash)

    @property
    def content(self) -> dict[str, Any]:
        """The opened content. Raises Unsealable when the row's key is gone, Veiled when it is not
        for the person who asks.
        """
        if self.is_veiled:
            raise veil.Veiled
        opened: dict[str, Any] = unseal_row(self.key, self.sealed)
        return opened

    @property
    def call(self) -> Call:
        """The frozen call, the very bytes. Raises Unsealable."""
        return Call.from_dict(self.content["call"])

    @property
    def lines(self) -> list[Line]:
        """What is sent, in words, in the reader's language; empty when it has been erased."""
        if self.is_veiled and self.key:
            return [Line(gettext("Person"), str(veil.MASK))]
        try:
            by_language = self.content["lines"]
        except Unsealable:
            return []
        chosen = by_language.get(get_language()) or next(iter(by_language.values()))
        return [Line(*line) for line in chosen]

    @property
    def summary(self) -> str:
        """The first lines, for lists: whom or what it concerns, when, what tells it apart."""
        kind = find_kind(self.kind)
        told = kind.told_by if kind else 2
        return " · ".join(line.value for line in self.lines[:told])

    @property
    def messages(self) -> tuple[FieldMessage, ...]:
        """What Vitec's refusal said, field names as Vitec's."""
        if not self.sealed_messages or self.is_veiled:
            return ()
        try:
            pairs = unseal_row(self.key, self.sealed_messages)
        except Unsealable:
            return ()
        return tuple(FieldMessage(field, message) for field, message in pairs)

    def seal_messages(self, messages: tuple[FieldMessage, ...]) -> str:
        """The value to store in `sealed_messages`."""
        return seal_row(self.key, [dataclasses.astuple(m) for m in messages])

    @property
    def kind_label(self) -> str:
        kind = find_kind(self.kind)
        return str(kind.label) if kind else self.kind

    @property
    def kind_icon(self) -> str:
        kind = find_kind(self.kind)
        return kind.icon if kind else "send"

    @property
    def line(self) -> str:
        """The line of the login that it is sent with, see `offices.pace`; "" where there is none.

        A row that was read by `with_login` has the one of that moment.
        """
        login = getattr(self, "login", None)
        if login is None:
            try:
                login = Logins(self.office).of(self.endpoint).username
            except NoCredential:
                return ""
        return pace.line_of(login)

    # --- where it stands --------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        """The state in the staff's words."""
        if self.state == State.QUEUED and self.grace_seconds > 0:
            return Shown.GRACE
        return _SHOWN[State(self.state)]

    @property
    def grace_seconds(self) -> int:
        """Whole seconds left in which it can be undone before anything is sent."""
        left = (self.hold_until - timezone.now()).total_seconds()
        return max(0, round(left)) if self.state == State.QUEUED else 0

    @property
    def is_settled(self) -> bool:
        """Nothing more happens by itself."""
        return self.state in SETTLED

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in CANCELLABLE

    @property
    def can_be_corrected(self) -> bool:
        done = self.state in (State.REJECTED, State.CANCELLED)
        return done and bool(self.key) and not self.is_veiled

    @property
    def waits_for_retry(self) -> bool:
        return self.state == State.QUEUED and self.trying_since is not None

    @property
    def gives_up_at(self) -> dt.datetime | None:
        """When a person is asked, if no try has helped until then."""
        return self.trying_since + GIVE_UP_AFTER if self.trying_since else None

    @property
    def may_be_tried_now(self) -> bool:
        """Not while Vitec has asked us to wait."""
        last = self.attempts.exclude(event__in=WATCHING).last()
        asked_to_wait = last is not None and last.event == Event.BUSY
        waiting = self.state == State.QUEUED and self.not_before > timezone.now()
        return not (asked_to_wait and waiting)

    @property
    def settled_by(self) -> Attempt | None:
        """The event by which a person, not Vitec, has settled it; None otherwise."""
        decisions = [Event.FOUND, Event.NOT_FOUND]
        events = self.attempts.select_related("actor").exclude(event__in=WATCHING)
        last = events.last()
        return last if last is not None and last.event in decisions else None

    @property
    def may_be_there_already(self) -> bool:
        """An earlier try ended without a certain answer."""
        return self.attempts.filter(event__in=[Event.UNKNOWN, Event.SENDING_EXPIRED]).exists()


class Event(models.TextChoices):
    """What can happen in the life of a submission."""

    ACCEPTED = "accepted", _("Saved")
    CLAIMED = "claimed", _("Taken by a worker")
    SENDING = "sending", _("Connected, sending starts")
    DELIVERED = "delivered", _("Vitec confirmed")
    REFUSED = "refused", _("Vitec refused")
    DENIED = "denied", _("Vitec denied access")
    BUSY = "busy", _("Vitec was busy, not processed")
    NOT_SENT = "not_sent", _("Vitec could not be reached, nothing was sent")
    UNKNOWN = "unknown", _("No certain answer")
    CLAIM_EXPIRED = "claim_expired", _("The worker fell silent before anything was sent")
    SENDING_EXPIRED = "sending_expired", _("The worker fell silent while sending")
    LATE = "late", _("A late answer arrived")
    HELD = "held", _("Paused")
    RELEASED = "released", _("Released")
    GAVE_UP = "gave_up", _("No more tries")
    CANCELLED = "cancelled", _("Undone by a person")
    QUARANTINED = "quarantined", _("Set aside after a restore")
    SENT_AGAIN = "sent_again", _("Sent again by a person")
    FOUND = "found", _("A person found it in Vitec")
    NOT_FOUND = "not_found", _("A person did not find it in Vitec")
    RECONCILED = "reconciled", _("Found at Vitec")
    LOOKED = "looked", _("Looked for at Vitec")
    REVEALED = "revealed", _("A person looked at a masked value")
    ERASED = "erased", _("Its content was erased")


# These change nothing of where a submission stands.
WATCHING = (Event.REVEALED, Event.LOOKED, Event.ERASED)


class Attempt(models.Model):
    """One event of a submission's life. Append-only: the database refuses UPDATE and DELETE.

    number: which try it belongs to; 0 before the first.
    answer: the answer's shape without any text that could have been typed by a person.
    sealed_answer, sealed_reason: the full answer and a person's reason, with the row's key.
    position, link: its place in the submission's chain, from 1, and its stamp, see `chain`.
    """

    submission = models.ForeignKey(
        Submission,
        on_delete=models.PROTECT,
        related_name="attempts",
        verbose_name=_("submission"),
    )
    number = models.PositiveIntegerField(_("try"))
    event = models.CharField(_("event"), max_length=20, choices=Event)
    at = models.DateTimeField(_("time"), default=timezone.now)
    token = models.UUIDField(null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=100, blank=True)
    request_id = models.CharField(_("request id"), max_length=40, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    sealed_answer = models.TextField(blank=True)
    sealed_reason = models.TextField(blank=True)
    position = models.PositiveIntegerField(editable=False)
    link = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["submission", "id"], name="attempt_in_order"),
            models.Index(fields=["at"], name="attempt_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="one_event_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.event}"

    @property
    def reason(self) -> str:
        """Why a person decided so; "" when there is none or it has been erased."""
        if not self.sealed_reason or self.submission.is_veiled:
            return ""
        try:
            return str(unseal_row(self.submission.key, self.sealed_reason))
        except Unsealable:
            return ""


class AuditCheckpoint(models.Model):
    """A stretch of the audit, sealed once a day. Append-only as the audit itself.

    day: when it was sealed (UTC, by the database's clock).
    after, upto: it is of the events with ids above the one and up to the other. One without
        `after` is older and of the events that say they are of that day, as far as `upto`.
    events, digest: how many these are, and one hash over their stamps.
    link: the stamp over all this and the checkpoint before.
    """

    day = models.DateField(_("day"))
    after = models.BigIntegerField(null=True, editable=False)
    upto = models.BigIntegerField(editable=False)
    made_at = models.DateTimeField(_("time"), auto_now_add=True)
    events = models.PositiveIntegerField(_("events"))
    digest = models.CharField(max_length=64)
    link = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        verbose_name = _("audit checkpoint")
        verbose_name_plural = _("audit checkpoints")
        constraints = [models.UniqueConstraint(fields=["after"], name="one_checkpoint_a_stretch")]

    def __str__(self) -> str:
        return f"{self.day} {self.events}"


class StampKey(models.Model):
    """With what events were stamped under a master key that has been replaced.

    It is made of that master key and opens nothing; sealed with those of today, it lets the audit
    be verified when the old one is gone. mark: stands for the key.
    """

    mark = models.CharField(max_length=32, unique=True)
    secret = SealedJSONField()
    kept_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.mark


def _called(endpoint: str) -> str:
    """The staff's word for what is sent to an endpoint; "" for none."""
    kind = next((k for k in all_kinds() if k.endpoint.key == endpoint), None)
    return str(kind.label) if kind else endpoint


class Pause(models.Model):
    """Sending stands still for an office, because Vitec denied access or a person wants it.

    endpoint: "" for everything of the office (401), else the one endpoint (403).
    status: 0 where the office has no login at all, or a person has paused it.
    paused_by, reason: who wants it and why; nobody where Vitec has denied access.
    tried_at: when one submission was last let through to see whether Vitec still denies it.
    """

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="pauses", verbose_name=_("office")
    )
    endpoint = models.CharField(_("endpoint"), max_length=60, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"))
    since = models.DateTimeField(_("since"), auto_now_add=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paused by"),
    )
    reason = SealedJSONField(_("reason"), default="", blank=True)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    class Meta:
        ordering = ["-since"]
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "endpoint"],
                condition=Q(ended_at=None, paused_by=None),
                name="one_open_pause",
            ),
            models.UniqueConstraint(
                fields=["office", "endpoint"],
                condition=Q(ended_at=None, paused_by__isnull=False),
                name="one_open_pause_by_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.endpoint} {self.status}"

    @property
    def concerns(self) -> str:
        """What stands still, in the staff's word; "" for everything of the office."""
        return _called(self.endpoint)

    @property
    def waiting(self) -> int:
        """How many submissions wait for its end."""
        moving = Submission.objects.filter(office=self.office_id)
        moving = moving.filter(state__in=[State.QUEUED, State.HELD])
        return (moving.filter(endpoint=self.endpoint) if self.endpoint else moving).count()

    @classmethod
    def over(cls, submission: Submission) -> models.QuerySet[Pause]:
        """The open pauses that a submission stands under, without their reasons."""
        return cls.objects.filter(
            office_id=submission.office_id, endpoint__in=["", submission.endpoint], ended_at=None
        ).defer("reason")


class Outage(models.Model):
    """Vitec does not answer a login: nothing is tried with it but one probe now and then.

    line: that of the login, see `offices.pace`; offices of one login share it.
    office: the one where it was found out first.
    endpoint: "" for everything of the login (no connection), else the one that is too busy.
    failures: how many tries in a row have failed; from OUTAGE_AFTER on it counts as an outage.
    asked_until: Vitec has asked us to wait so long; then it counts from the first failure on.
    probe_at: the next try is let through then; a worker that takes it moves it on.
    probe, probe_token: the submission that was let through last, and its claim.
    """

    line = models.CharField(max_length=32, blank=True)
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="outages", verbose_name=_("office")
    )
    endpoint = models.CharField(_("endpoint"), max_length=60, blank=True)
    cause = models.CharField(_("cause"), max_length=100, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=1)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    asked_until = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(_("next probe"))
    probe = models.BigIntegerField(null=True, blank=True)
    probe_token = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["-since"]
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "endpoint"],
                condition=Q(ended_at=None),
                name="one_open_outage",
            )
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.endpoint} {self.cause}"

    @classmethod
    def open_ones(cls) -> models.QuerySet[Outage]:
        """Those that are going on and count as such."""
        counts = Q(failures__gte=OUTAGE_AFTER) | Q(asked_until__isnull=False)
        return cls.objects.filter(counts, ended_at=None)

    @property
    def counts(self) -> bool:
        return self.failures >= OUTAGE_AFTER or self.asked_until is not None

    @property
    def concerns(self) -> str:
        """What waits, in the staff's word; "" for everything of the login."""
        return _called(self.endpoint)

    @staticmethod
    def concerning(submission: Submission) -> Q:
        """What tells those of its login: of all that is sent with it, or of its endpoint."""
        return Q(line=submission.line, endpoint__in=["", submission.endpoint])

    @classmethod
    def over(cls, submission: Submission) -> Outage | None:
        """The one that a submission waits for, if any."""
        if submission.state != State.QUEUED:
            return None
        # Mostly there is none at all, and then nobody need ask for the login.
        here = list(cls.open_ones().filter(endpoint__in=["", submission.endpoint]))
        line = submission.line if here else ""
        return next((outage for outage in here if outage.line == line), None)


class Batch(models.Model):
    """Several submissions from one action: paused, resumed and undone as one.

    A paused batch holds its parts: no worker takes one, see `outside_paused_batches`.
    flood: what one person sent in so short a time that a person is asked first, see `floods`; it
    begins paused, by nobody. confirmed_at, confirmed_by: who said that it shall go.
    """

    code = models.UUIDField(_("code"), unique=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="batches", verbose_name=_("office")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="batches",
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=60)
    form_token = models.UUIDField()
    fingerprint = models.CharField(max_length=32)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paused by"),
    )

    flood = models.BooleanField(_("many in a short time"), default=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(fields=["created_by", "form_token"], name="one_batch_per_form"),
            models.UniqueConstraint(
                fields=["created_by", "office"],
                condition=Q(flood=True, confirmed_at=None),
                name="one_open_flood",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    def get_absolute_url(self) -> str:
        return reverse("submissions:batch", args=[self.code])

    @property
    def kind_label(self) -> str:
        if self.flood:
            return str(_("Many in a short time"))
        kind = find_kind(self.kind)
        return str(kind.label) if kind else self.kind

    @property
    def kind_icon(self) -> str:
        kind = find_kind(self.kind)
        return kind.icon if kind else "send"

    @property
    def waits_for_confirmation(self) -> bool:
        return self.flood and self.confirmed_at is None


class Likeness(models.Model):
    """By what a submission is recognised: a keyed hash and a moment.

    Of a later one as the same, and of one that was typed as about a contact who becomes known
    (`submissions.linking`).
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="likenesses")
    mark = models.CharField(max_length=32)
    moment = models.DateTimeField()

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")
        indexes = [models.Index(fields=["mark", "moment"], name="likeness_mark")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.mark}"


class DraftQuerySet(models.QuerySet["Draft"]):
    def for_user(self, user: User) -> DraftQuerySet:
        """The person's own, of offices that are still theirs."""
        return self.filter(user=user, office__in=offices_for(user))


class Draft(models.Model):
    """A form half written: {name: [text]}, sealed with a key of the row's own.

    code: the form's one-time token, so that a form sent leaves no draft behind. person_hash: whom
    it concerns as far as it says, else what it corrects, as `Submission.person_hash`.
    """

    code = models.UUIDField(_("code"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="drafts",
        verbose_name=_("person"),
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("office")
    )
    kind = models.CharField(_("kind"), max_length=60)
    corrects = models.ForeignKey(
        Submission, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    person_hash = models.CharField(max_length=32, blank=True)
    key = RowKeyField()
    sealed = models.TextField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        indexes = [models.Index(fields=["changed_at"], name="draft_age")]
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="one_draft_per_form")]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_veiled(self) -> bool:
        """It concerns somebody with protected identity, who is not for the person who asks."""
        return veil.hides_person(self.office_id, self.person_hash)

    @property
    def typed(self) -> dict[str, list[str]]:
        """What was typed. Raises Unsealable when it cannot be opened, Veiled when it is not for the
        person who asks, though they wrote it.
        """
        if self.is_veiled:
            raise veil.Veiled
        opened: dict[str, list[str]] = unseal_row(self.key, self.sealed)
        return opened


class Heart(models.Model):
    """When a task last went through the broker and a worker: one row."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("worker heartbeat")
        verbose_name_plural = _("worker heartbeats")

    def __str__(self) -> str:
        return self.name


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def touching(self, first: dt.datetime, last: dt.datetime) -> OccurrenceQuerySet:
        """Those that begin before `last` and may not be over at `first`; series by their start."""
        ongoing = Q(ends_at__gt=first) | Q(ends_at=None, starts_at__gte=first) | ~Q(rule="")
        return self.filter(ongoing, starts_at__lt=last)


class Occurrence(models.Model):
    """When a submission takes place, and in whose calendar: `kinds.Planned`, nothing personal."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="occurrences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    all_day = models.BooleanField(default=False)
    colleague_id = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=200, blank=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="occurrence_time")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.starts_at:%Y-%m-%d}"

    @classmethod
    def keep(cls, submission: Submission, planned: list[Planned]) -> None:
        """Remember when the submission takes place."""
        cls.objects.bulk_create(
            cls(submission=submission, **dataclasses.asdict(one)) for one in planned
        )
