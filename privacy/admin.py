"""Erasures and purges as facts: read-only, nothing of a person."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offices.admin_scope import OfficeFilter, ReadOnlyAdmin
from offices.person_data import all_rules
from privacy.models import Erasure, PurgeRun


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("code", "office", "step", "asked_by", "asked_at", "decided_by", "done_at")
    list_filter = ["step", ("office", OfficeFilter)]
    list_select_related = ["office", "asked_by", "decided_by"]
    fields = [
        "code", "office", "step", "asked_by", "asked_at", "decided_by", "decided_at", "done_at",
        "overwritten_at", "cleared_by", "cleared_at", "facts",
    ]  # fmt: skip


@admin.register(PurgeRun)
class PurgeRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Of all offices together, so for superusers, as the whole admin is."""

    list_display = ("began_at", "ended_at", "dry", "said")
    list_filter = ["dry"]
    fields = ["began_at", "ended_at", "dry", "said"]

    @admin.display(description=_("Went"))
    def said(self, run: PurgeRun) -> str:
        """How many of what, in words."""
        labels = {rule.key: rule.label for rule in all_rules()}
        told = [f"{labels.get(key, key)}: {count}" for key, count in run.facts.items() if count]
        return ", ".join(told) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PurgeRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PurgeRun | None = None) -> bool:
        return False
