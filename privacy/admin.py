"""Erasures and purges as facts: read-only, nothing of a person."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offices.admin_scope import OfficeFilter, ReadOnlyAdmin
from privacy.keeping_views import in_words
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

    list_display = ("began_at", "ended_at", "dry", "said", "told")
    list_filter = ["dry"]
    fields = ["began_at", "ended_at", "dry", "said", "told"]

    @admin.display(description=_("Went"))
    def said(self, run: PurgeRun) -> str:
        """How many of what, in words."""
        return in_words(run.facts) or "–"

    @admin.display(description=_("Announced"))
    def told(self, run: PurgeRun) -> str:
        """How many would go by a time that is not in force yet."""
        return in_words(run.ahead) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PurgeRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PurgeRun | None = None) -> bool:
        return False
