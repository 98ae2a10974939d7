"""Meetings as Vitec last told them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField
from offices import veil
from offices.access import offices_for
from offices.models import DirectoryRow, Office, User

# Stands in the row of somebody who was erased here.
ERASED = "erasedHere"
TYPE_LABELS = {"Assignment": _("Listing appointment"), "Viewing": _("Viewing meeting")}
STATE_LABELS = {
    "Booked": _("Booked"),
    "FollowedUp": _("Followed up"),
    "NotRelevant": _("Not relevant"),
    "CancelledByAgent": _("Cancelled by the broker"),
    "CancelledByCustomer": _("Cancelled by the customer"),
    "Cancelled": _("Cancelled"),
}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def for_user(self, user: User | AnonymousUser) -> MeetingQuerySet:
        """Those of the offices that the person may act for."""
        return self.filter(office__in=offices_for(user))

    def on_day(self, day: dt.date) -> MeetingQuerySet:
        """Those that start on this day in Stockholm, in order."""
        return self.filter(meeting_date__date=day).order_by("meeting_date", "vitec_id")

    def of_contact(self, contact_id: str) -> MeetingQuerySet:
        """Those with one contact, latest first."""
        return self.filter(contact_id=contact_id).order_by("-meeting_date", "vitec_id")


class MeetingFacts(models.Model):
    """What Vitec said of a meeting for a time. Times are aware.

    type, state: Vitec's own words, also ones that we do not know; state "" where Vitec says none.
    personal: {"name": str, "phones": [str], "address": str, "row": Vitec's row}, sealed. The row
        holds every field as it came, also those that have no column.
    words: keyed hashes by which the row is found, see `meetings.words`.
    person_hash: by which submissions about the contact are found.
    fingerprint: keyed hash of everything that Vitec said; "" for rows from before versions.
    observed_from: when a sync first saw it so. changed: Vitec's names of the fields that were
        other before, and `missing` for one that vanished or came back; empty for a new meeting.
    """

    contact_id = models.CharField(_("contact id"), max_length=64, blank=True)
    person_hash = models.CharField(max_length=32, blank=True)
    personal = SealedJSONField(_("personal data"))
    words = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=32)
    impersonal = models.BooleanField(default=False, editable=False)
    meeting_date = models.DateTimeField(_("meeting date"), null=True)
    booked_date = models.DateTimeField(_("booking date"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    estate_id = models.CharField(_("estate id"), max_length=64, blank=True)
    estate_status = models.CharField(_("property status"), max_length=100, blank=True)
    broker_id = models.CharField(_("broker id"), max_length=64, blank=True)
    broker_name = models.CharField(_("broker"), max_length=200, blank=True)
    booked_by_id = models.CharField(_("booker id"), max_length=64, blank=True)
    booked_by_name = models.CharField(_("booked by"), max_length=200, blank=True)
    source_id = models.CharField(_("source id"), max_length=64, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    commission = models.DecimalField(
        _("commission without tax"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    commission_type = models.CharField(_("commission type"), max_length=40, blank=True)
    signature_date = models.DateTimeField(_("assignment date"), null=True, blank=True)
    agreement_date = models.DateTimeField(_("agreement date"), null=True, blank=True)
    access_date = models.DateTimeField(_("possession date"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=100, blank=True)
    observed_from = models.DateTimeField(_("observed from"), default=timezone.now)
    changed = models.JSONField(_("changed"), default=list, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        known: Any = row
        if "personal" in row.__dict__ and veil.hides(known.office_id, row.contact_id):
            row.personal = {"name": str(veil.MASK), "phones": [], "address": "", "row": {}}
        return row

    @property
    def row(self) -> dict[str, Any]:
        """Vitec's row as it came; empty for one kept before rows were."""
        kept: dict[str, Any] = self.personal.get("row", {})
        return kept

    @property
    def is_new(self) -> bool:
        """Nothing has changed since it was first seen."""
        return not self.changed

    @property
    def contact_name(self) -> str:
        if self.row.get(ERASED):
            return gettext("Erased person")
        return str(self.personal["name"])

    @property
    def address(self) -> str:
        return str(self.personal["address"])

    @property
    def phone(self) -> str:
        phones = self.personal["phones"]
        return str(phones[0]) if phones else ""

    @property
    def type_label(self) -> str:
        return str(TYPE_LABELS.get(self.type, self.type))

    @property
    def shown_state(self) -> str:
        """The state; where Vitec says none, `Booked` for one that lies ahead."""
        return self.state or ("" if self.is_past else "Booked")

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS.get(self.shown_state, self.state))

    @property
    def is_cancelled(self) -> bool:
        return self.state.startswith("Cancelled")

    # When it is looked at; None for now. What lay ahead then was not past.
    looked_at: dt.datetime | None = None

    @property
    def is_past(self) -> bool:
        now = self.looked_at or timezone.now()
        return self.meeting_date is not None and self.meeting_date < now


class Meeting(MeetingFacts, DirectoryRow):
    """One booked meeting (bokat möte), a copy of Vitec's row as it is now."""

    objects = MeetingQuerySet.as_manager()

    class Meta(DirectoryRow.Meta):
        ordering = ["meeting_date", "vitec_id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            models.Index(fields=["office", "meeting_date"], name="meeting_by_day"),
            models.Index(fields=["office", "type", "meeting_date"], name="meeting_by_type"),
            models.Index(fields=["office", "booked_date"], name="meeting_by_booking"),
            models.Index(fields=["type", "meeting_date"], name="meeting_all_offices"),
            models.Index(fields=["meeting_date", "office"], name="meeting_by_moment"),
            models.Index(fields=["office", "contact_id"], name="meeting_by_contact"),
            models.Index(fields=["office", "estate_id"], name="meeting_by_estate"),
            models.Index(fields=["office", "observed_from"], name="meeting_by_change"),
        ]

    def __str__(self) -> str:
        return self.vitec_id

    @property
    def comeback_url(self) -> str:
        """The form for a comeback after this meeting. Ids only."""
        return reverse("meetings:new_comeback", query={"meeting": self.vitec_id})

    @property
    def meeting_key(self) -> int:
        """The key of the meeting, the same for all its versions."""
        return self.pk


class MeetingVersion(MeetingFacts):
    """What a meeting was like before it changed, from one sync to another. Never changed itself.

    observed_to: when a sync first saw it otherwise. The present is in `Meeting`.
    seen_until: when a sync that named it last began, so that the change came after; None where that
        is not known.
    """

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="versions", verbose_name=_("meeting")
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    vitec_id = models.CharField(_("id at Vitec"), max_length=64)
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    observed_to = models.DateTimeField(_("observed to"))
    seen_until = models.DateTimeField(_("seen so until"), null=True, blank=True)

    class Meta:
        ordering = ["observed_from", "pk"]
        verbose_name = _("earlier version of a meeting")
        verbose_name_plural = _("earlier versions of meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "observed_from"], name="one_version_of_a_meeting_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["office", "observed_to"], name="meeting_version_by_end"),
            models.Index(fields=["observed_to"], name="meeting_version_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.vitec_id} –{self.observed_to:%Y-%m-%d %H:%M}"

    @property
    def meeting_key(self) -> int:
        """The key of the meeting that it is a version of."""
        return self.meeting_id


class Visit(models.Model):
    """When a person looked at an office's meetings: this sitting, and the end of the one before.

    since: what was first seen later is news. last_at: their latest look, to some minutes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "office"], name="one_visit_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.office_id} {self.since:%Y-%m-%d %H:%M}"


class OfficeSync(models.Model):
    """How an office's meetings are fetched: what people set, and what the sync has learned.

    window_days: how long a span one call asks for; grows and shrinks with the answers.
    wanted_at: when somebody last pressed *Fetch now*.
    history: the span of days that was asked for, both inclusive, and the first day still to fetch.
    """

    office = models.OneToOneField(
        Office, on_delete=models.CASCADE, related_name="meeting_sync", verbose_name=_("office")
    )
    interval = models.PositiveSmallIntegerField(
        _("minutes between fetches"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
    )
    paused = models.BooleanField(
        _("paused"), default=False, help_text=_("Nothing is fetched until this is taken away.")
    )
    window_days = models.PositiveSmallIntegerField(_("days in a call"), default=180)
    wanted_at = models.DateTimeField(_("last asked for"), null=True, blank=True)
    history_from = models.DateField(_("history from"), null=True, blank=True)
    history_to = models.DateField(_("history to"), null=True, blank=True)
    history_next = models.DateField(_("history fetched before"), null=True, blank=True)

    class Meta:
        ordering = ["office__name"]
        verbose_name = _("fetching of meetings")
        verbose_name_plural = _("fetching of meetings")

    def __str__(self) -> str:
        return str(self.office)

    @classmethod
    def of(cls, office: Office) -> OfficeSync:
        """The office's row, made at need."""
        return cls.objects.get_or_create(office=office)[0]

    @classmethod
    def told_by(cls, office: Any) -> OfficeSync:
        """What an office of a page tells of its row; not to be saved. See `meetings.receivers`."""
        told = cls(office=office, wanted_at=office.meetings_wanted_at)
        told.interval = office.meeting_interval or told.interval
        return told


class Reach(models.TextChoices):
    """Who has a saved view before their eyes."""

    PRIVATE = "private", _("Only me")
    OFFICE = "office", _("Everybody at the office")
    ALL = "all", _("Everybody, at every office")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def for_user(self, user: User | AnonymousUser) -> SavedViewQuerySet:
        """The person's own, those of the offices they may act for, and those of all."""
        return self.offered_to(user.pk, models.Q(office__in=offices_for(user)))

    def offered_to(self, user: Any, there: models.Q) -> SavedViewQuerySet:
        """The same where the person's offices are known already.

        user: the key, or what stands for it in a query. there: which offices.
        """
        own = models.Q(reach=Reach.PRIVATE, owner=user)
        of_office = models.Q(there, reach=Reach.OFFICE)
        return self.filter(own | of_office | models.Q(reach=Reach.ALL))

    def named(self) -> SavedViewQuerySet:
        """Without anybody's own usual list."""
        return self.filter(is_usual=False)


class SavedView(models.Model):
    """A list of meetings by name: what is filtered, sorted and shown of it, never a free text.

    name: sealed, for it may name somebody. is_usual: it is a person's own usual list, without a
    name, of which `query` holds the columns and `start` is the view that the day begins with.
    office: whose it is, None unless it is an office's.
    span: the name of a ready span of days (`meetings.ranges`), so that the view moves with the
    calendar; "" where the days stand in `query`, or where there are none. query: the list's
    address, as parameters.
    """

    name = SealedJSONField(_("name"), default="")
    is_usual = models.BooleanField(default=False, editable=False)
    reach = models.CharField(_("who sees it"), max_length=10, choices=Reach, default=Reach.PRIVATE)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("office")
    )
    span = models.CharField(_("days"), max_length=20, blank=True)
    query = models.JSONField(_("list"), default=dict)
    start = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("start page")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(is_usual=True),
                name="one_usual_list_of_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
