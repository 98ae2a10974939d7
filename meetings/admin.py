"""Meetings and how they are fetched, in the admin. Without personal data, and fast on many rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from meetings.models import Meeting, MeetingVersion, OfficeSync
from meetings.sync import ask_now
from meetings.tasks import ring
from offices.access import offices_for
from offices.admin_scope import OfficeFilter, OfficeScopedAdmin, PeriodFilter, ReadOnlyAdmin

SEALED = ["personal", "fingerprint", "words", "person_hash"]


class MeetingPeriod(PeriodFilter):
    column = "meeting_date"


class VersionPeriod(PeriodFilter):
    column = "observed_to"


class MeetingRows(ReadOnlyAdmin):
    """Ids, times and names of staff; found by whole ids, since an index finds no middle of one."""

    list_display = ["vitec_id", "office", "meeting_date", "type", "state", "broker_name"]
    search_fields = ["vitec_id"]
    search_help_text = _("Id of a meeting, contact or property, whole")
    show_full_result_count = False
    list_select_related = ["office"]
    list_per_page = 50
    exclude = SEALED

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        wanted = search_term.strip()
        if not wanted:
            return queryset, False
        # The offices by name: every index of meetings begins with the office.
        offices = list(offices_for(request.user).values_list("pk", flat=True))
        found = Q(vitec_id=wanted) | Q(contact_id=wanted) | Q(estate_id=wanted)
        return queryset.filter(found, office__in=offices), False


@admin.register(Meeting)
class MeetingAdmin(MeetingRows):
    """The copy of Vitec's meetings, a period at a time."""

    list_filter = [MeetingPeriod, ("office", OfficeFilter), "type", "state"]
    date_hierarchy = "meeting_date"
    ordering = ["-meeting_date", "-pk"]


@admin.register(MeetingVersion)
class MeetingVersionAdmin(MeetingRows):
    """What meetings were before they changed."""

    list_display = ["vitec_id", "office", "observed_from", "observed_to", "changed"]
    list_filter = [VersionPeriod, ("office", OfficeFilter)]
    date_hierarchy = "observed_to"
    ordering = ["-observed_to", "-pk"]
    raw_id_fields = ["meeting"]


@admin.register(OfficeSync)
class OfficeSyncAdmin(OfficeScopedAdmin):
    """How often each office's meetings are fetched, and whether at all."""

    list_display = ["office", "interval", "paused", "window_days", "wanted_at", "history_next"]
    list_editable = ["interval", "paused"]
    list_select_related = ["office"]
    search_fields = ["office__name", "office__customer_id"]
    fields = [
        "office", "interval", "paused", "window_days", "wanted_at",
        "history_from", "history_to", "history_next",
    ]  # fmt: skip
    readonly_fields = [
        "office", "window_days", "wanted_at", "history_from", "history_to", "history_next",
    ]  # fmt: skip
    actions = ["fetch_now"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficeSync]:
        for office in offices_for(request.user).filter(meeting_sync=None):
            OfficeSync.of(office)
        return super().get_queryset(request)

    @admin.action(description=_("Fetch the meetings now"), permissions=["change"])
    def fetch_now(self, request: HttpRequest, plans: QuerySet[OfficeSync]) -> None:
        begun = [plan.office for plan in plans.select_related("office") if ask_now(plan.office)]
        for office in begun:
            ring(office)
        if begun:
            text = ngettext(
                "The meetings of %d office are being fetched.",
                "The meetings of %d offices are being fetched.",
                len(begun),
            )
            messages.success(request, text % len(begun))
        if len(begun) < plans.count():
            messages.warning(request, _("Some were asked for moments ago and are left alone."))
