"""Viewings as Vitec last told them, with their time slots."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField
from offices.models import DirectoryRow, Office

# Who has been to a viewing is registered at the latest by then.
LOOKING_BACK = dt.timedelta(days=14)


def start_of_today() -> dt.datetime:
    """Midnight in Stockholm: what has begun today still counts as coming."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class ViewingQuerySet(models.QuerySet["Viewing"]):
    def of(self, office: Office) -> ViewingQuerySet:
        """Those of the office that Vitec still lists, with their slots."""
        slots = TimeSlot.objects.filter(missing_since=None)
        listed = self.filter(office=office, missing_since=None)
        return listed.prefetch_related(models.Prefetch("slots", slots))

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

    estate_id = models.CharField(_("estate id"), max_length=64)
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


class TimeSlot(DirectoryRow):
    """A time of a viewing that people are booked to (visningstillfälle).

    registered, attended: how many, as Vitec last said; who they are is not kept.
    """

    viewing = models.ForeignKey(
        Viewing, on_delete=models.CASCADE, related_name="slots", verbose_name=_("viewing")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    registered = models.PositiveIntegerField(_("registered"), default=0)
    attended = models.PositiveIntegerField(_("attended"), default=0)

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
    def is_full(self) -> bool:
        """By our reckoning: places less participants, which Vitec does not promise."""
        return self.viewing.places is not None and self.registered >= self.viewing.places

    @property
    def booking_url(self) -> str:
        return self._form("booking")

    @property
    def door_url(self) -> str:
        return self._form("door")

    def _form(self, mode: str) -> str:
        return reverse("viewings:new_participant", query={"slot": self.vitec_id, "mode": mode})


class LeadSource(DirectoryRow):
    """Where a lead came from (leadskälla), as the office names it at Vitec."""

    name = models.CharField(_("name"), max_length=200)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("lead source")
        verbose_name_plural = _("lead sources")

    def __str__(self) -> str:
        return self.name
