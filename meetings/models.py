"""Meetings as Vitec last told them."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField
from offices.access import offices_for
from offices.models import DirectoryRow, User

TYPE_LABELS = {"Assignment": _("Listing appointment"), "Viewing": _("Viewing meeting")}
STATE_LABELS = {
    "Booked": _("Booked"),
    "FollowedUp": _("Followed up"),
    "NotRelevant": _("Not relevant"),
    "CancelledByAgent": _("Cancelled by the broker"),
    "CancelledByCustomer": _("Cancelled by the customer"),
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


class Meeting(DirectoryRow):
    """One booked meeting (bokat möte), a copy of Vitec's row. Times are aware.

    type, state: Vitec's own words, also ones that we do not know.
    personal: {"name": str, "phones": [str], "address": str}, sealed.
    """

    contact_id = models.CharField(_("contact id"), max_length=64, blank=True)
    personal = SealedJSONField(_("personal data"))
    fingerprint = models.CharField(max_length=32)
    meeting_date = models.DateTimeField(_("meeting date"), null=True)
    booked_date = models.DateTimeField(_("booking date"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    estate_id = models.CharField(_("estate id"), max_length=64, blank=True)
    broker_id = models.CharField(_("broker id"), max_length=64, blank=True)
    broker_name = models.CharField(_("broker"), max_length=200, blank=True)
    booked_by_name = models.CharField(_("booked by"), max_length=200, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta(DirectoryRow.Meta):
        ordering = ["meeting_date", "vitec_id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            models.Index(fields=["office", "meeting_date"], name="meeting_by_day"),
            models.Index(fields=["office", "contact_id"], name="meeting_by_contact"),
        ]

    def __str__(self) -> str:
        return self.vitec_id

    @property
    def contact_name(self) -> str:
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
    def state_label(self) -> str:
        return str(STATE_LABELS.get(self.state, self.state))

    @property
    def is_cancelled(self) -> bool:
        return self.state.startswith("Cancelled")

    @property
    def is_past(self) -> bool:
        return self.meeting_date is not None and self.meeting_date < timezone.now()

    @property
    def comeback_url(self) -> str:
        """The form for a comeback after this meeting. Ids only."""
        return reverse("meetings:new_comeback", query={"meeting": self.vitec_id})
