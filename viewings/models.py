"""Viewings as Vitec last told them, with their time slots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.sealing import SealedJSONField
from offices import veil
from offices.access import offices_for
from offices.models import DirectoryRow, Office, User
from submissions.models import SETTLED, State, Submission

# Ours that are neither there nor given up, and those that a person must look at.
WAITING = [state for state in State if state not in SETTLED]
TROUBLE = [State.REJECTED, State.UNKNOWN, State.FAILED]
_UNDONE = Q(submission__state=State.CANCELLED)
# Who has been to a viewing is registered at the latest by then.
LOOKING_BACK = dt.timedelta(days=14)


def start_of_today() -> dt.datetime:
    """Midnight in Stockholm: what has begun today still counts as coming."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class ViewingQuerySet(models.QuerySet["Viewing"]):
    def of(self, office: Office) -> ViewingQuerySet:
        """Those of the office, with their counted slots; also what Vitec no longer lists."""
        slots = TimeSlot.objects.shown().counted()
        return self.filter(office=office).prefetch_related(models.Prefetch("slots", slots))

    def for_user(self, user: User | AnonymousUser) -> ViewingQuerySet:
        """Those of the offices that the person may act for."""
        return self.filter(office__in=offices_for(user)).select_related("office")

    def coming(self) -> ViewingQuerySet:
        """Today's and later ones, the next first."""
        return self.filter(starts_at__gte=start_of_today())

    def past(self) -> ViewingQuerySet:
        """Those of the last fortnight before today, the latest first."""
        today = start_of_today()
        span = self.filter(starts_at__lt=today, starts_at__gte=today - LOOKING_BACK)
        return span.order_by("-starts_at", "vitec_id")


class Viewing(DirectoryRow):
    """One viewing (visning) of a home, a copy of Vitec's row. Times are aware.

    places: per time slot; None where Vitec sets no limit.
    no_later_than: bookings are taken until then (Vitec: noLaterThen).
    commentary: may hold a door code, so it is sealed.
    """

    estate_id = models.CharField(_("estate id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    area = models.CharField(_("area"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    commentary = SealedJSONField(_("commentary"))
    places = models.PositiveIntegerField(_("places per slot"), null=True, blank=True)
    no_later_than = models.DateTimeField(_("booked no later than"), null=True, blank=True)

    objects = ViewingQuerySet.as_manager()

    class Meta(DirectoryRow.Meta):
        ordering = ["starts_at", "vitec_id"]
        verbose_name = _("viewing")
        verbose_name_plural = _("viewings")
        indexes = [
            models.Index(fields=["office", "starts_at"], name="viewing_by_day"),
            models.Index(fields=["office", "estate_id"], name="viewing_by_estate"),
        ]

    def __str__(self) -> str:
        return self.vitec_id

    def get_absolute_url(self) -> str:
        return reverse("viewings:show", args=[self.pk])

    @property
    def where(self) -> str:
        """The address by which staff know the home."""
        return self.address or self.estate_id

    @property
    def day(self) -> dt.date:
        """In Stockholm."""
        return timezone.localtime(self.starts_at).date()

    @property
    def takes_bookings(self) -> bool:
        """The last time for booking, where there is one, has not passed."""
        return self.no_later_than is None or self.no_later_than > timezone.now()


class TimeSlotQuerySet(models.QuerySet["TimeSlot"]):
    def offered(self, office: Office) -> TimeSlotQuerySet:
        """Those that somebody may be booked to or have been at: a fortnight back, and ahead."""
        span = self.filter(starts_at__gte=start_of_today() - LOOKING_BACK)
        listed = span.filter(office=office, missing_since=None, viewing__missing_since=None)
        return listed.select_related("viewing")

    def shown(self) -> TimeSlotQuerySet:
        """Those that Vitec lists, and vanished ones that somebody is registered to."""
        return self.filter(
            Q(missing_since=None)
            | Exists(Registration.objects.filter(slot=OuterRef("pk")).exclude(_UNDONE))
        )

    def counted(self) -> TimeSlotQuerySet:
        """With how many of ours wait, went wrong, or are there since Vitec last counted."""
        ours = "registrations__submission__"
        there = Q(**{ours + "state": State.DELIVERED, ours + "changed_at__gt": F("last_seen")})
        attended = there & Q(registrations__participated=True)
        waiting = Q(**{ours + "state__in": WAITING})
        trouble = Q(**{ours + "state__in": TROUBLE})
        return self.annotate(
            since_then=Count("registrations", filter=there),
            attended_since_then=Count("registrations", filter=attended),
            waiting=Count("registrations", filter=waiting),
            trouble=Count("registrations", filter=trouble),
        )


class TimeSlot(DirectoryRow):
    """A time of a viewing that people are booked to (visningstillfälle).

    registered, attended: how many, as Vitec last said; who they are is in `participants`.
    From `TimeSlotQuerySet.counted`: waiting, trouble, since_then, attended_since_then.
    """

    viewing = models.ForeignKey(
        Viewing, on_delete=models.CASCADE, related_name="slots", verbose_name=_("viewing")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    registered = models.PositiveIntegerField(_("registered"), default=0)
    attended = models.PositiveIntegerField(_("attended"), default=0)

    waiting: int
    trouble: int
    since_then: int
    attended_since_then: int

    objects = TimeSlotQuerySet.as_manager()

    class Meta(DirectoryRow.Meta):
        ordering = ["starts_at", "vitec_id"]
        verbose_name = _("time slot")
        verbose_name_plural = _("time slots")

    def __str__(self) -> str:
        return self.vitec_id

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return (self.ends_at or self.starts_at) <= timezone.now()

    @property
    def is_at_desk(self) -> bool:
        """Visitors may be registered: its day has come, and Vitec has not taken it away."""
        gone = self.missing_since or self.viewing.missing_since
        today = timezone.localdate()
        day = timezone.localtime(self.starts_at).date()
        return not gone and today - LOOKING_BACK <= day <= today

    @property
    def is_full(self) -> bool:
        """By our reckoning: places less participants, which Vitec does not promise."""
        return self.viewing.places is not None and self.registered >= self.viewing.places

    @property
    def registered_now(self) -> int:
        """At Vitec: what it last said, and ours that have arrived since. Of counted slots."""
        return self.registered + self.since_then

    @property
    def attended_now(self) -> int:
        """As `registered_now`, of those who were there."""
        return self.attended + self.attended_since_then

    @property
    def told(self) -> dict[str, Any]:
        """What a file says of a slot: where and when, and how many may come."""
        return {
            "viewing_id": self.viewing.vitec_id,
            "estate_id": self.viewing.estate_id,
            "address": self.viewing.address,
            "area": self.viewing.area,
            "places": self.viewing.places,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }

    @property
    def page_url(self) -> str:
        return f"{self.viewing.get_absolute_url()}?slot={self.pk}"

    @property
    def afterwards_url(self) -> str:
        return f"{reverse('viewings:afterwards', args=[self.viewing_id])}?slot={self.pk}"

    @property
    def booking_url(self) -> str:
        return self._form("booking")

    @property
    def door_url(self) -> str:
        return self._form("door")

    def _form(self, mode: str) -> str:
        return reverse("viewings:new_participant", query={"slot": self.vitec_id, "mode": mode})


class SlotParticipant(models.Model):
    """Somebody whom Vitec names in a slot, by contact id; who vanishes there is kept and marked.

    Who it is stands in the office's contacts. asked_at: when we last asked Vitec for the name.
    """

    slot = models.ForeignKey(
        TimeSlot, on_delete=models.CASCADE, related_name="participants", verbose_name=_("time slot")
    )
    contact_id = models.CharField(_("contact id"), max_length=64)
    participated = models.BooleanField(_("attended"), default=False)
    first_seen = models.DateTimeField(_("first seen"), auto_now_add=True)
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("participant of a slot")
        verbose_name_plural = _("participants of slots")
        constraints = [
            models.UniqueConstraint(fields=["slot", "contact_id"], name="participant_once_per_slot")
        ]
        indexes = [models.Index(fields=["contact_id"], name="participant_by_contact")]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.contact_id}"


class Registration(models.Model):
    """Which slot one of our submissions concerns: what its sealed content cannot be asked for."""

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="registration"
    )
    slot = models.ForeignKey(TimeSlot, on_delete=models.CASCADE, related_name="registrations")
    contact_id = models.CharField(_("contact id"), max_length=64, blank=True)
    participated = models.BooleanField(_("attended"), default=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        return f"{self.slot_id} {self.submission_id}"


class Interest(models.TextChoices):
    """How much a visitor cared for the home, as the broker saw it."""

    GREAT = "great", pgettext_lazy("interest", "Great")
    SMALL = "small", pgettext_lazy("interest", "Small")
    NONE = "none", pgettext_lazy("interest", "None")


class Impression(models.Model):
    """What a broker made of one visitor of a slot; ours alone, Vitec is told nothing of it.

    Of one of ours by the registration, of one whom Vitec names by the contact id. kept_note: the
    note, whole; what is shown of it is `note`.
    """

    slot = models.ForeignKey(
        TimeSlot, on_delete=models.CASCADE, related_name="impressions", verbose_name=_("time slot")
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, related_name="impressions"
    )
    contact_id = models.CharField(_("contact id"), max_length=64, blank=True)
    interest = models.CharField(_("interest"), max_length=10, choices=Interest, blank=True)
    kept_note = SealedJSONField(_("note"), default=str, db_column="note")
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "contact_id"],
                condition=models.Q(registration=None),
                name="one_impression_of_a_contact",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=models.Q(registration__isnull=False),
                name="one_impression_of_ours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.pk}"

    @property
    def is_veiled(self) -> bool:
        """It is of somebody with protected identity, who is not for the person who asks."""
        office_id, registration = self.slot.office_id, self.registration
        ids = {self.contact_id, registration.contact_id if registration else ""} - {""}
        if any(veil.hides(office_id, contact_id) for contact_id in ids):
            return True
        return registration is not None and registration.submission.is_veiled

    @property
    def note(self) -> str:
        """What was written, which may say who it is of and where they live; "" under the veil."""
        return "" if self.is_veiled else str(self.kept_note)


class LeadSource(DirectoryRow):
    """Where a lead came from (leadskälla), as the office names it at Vitec."""

    name = models.CharField(_("name"), max_length=200)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("lead source")
        verbose_name_plural = _("lead sources")

    def __str__(self) -> str:
        return self.name
