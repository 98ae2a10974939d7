"""The operator's window on the outbox: read-only, with the same actions as the portal's pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from offices.access import administers, managed_by
from offices.admin_scope import OfficeFilter, ReadOnlyAdmin
from submissions import outbox, pauses
from submissions.forms import PauseForm
from submissions.models import WATCHING, Attempt, Pause, Submission

Decision = Callable[[Submission, Any, str], bool]


def _last_event() -> int:
    return Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class ReasonActionForm(ActionForm):
    """seen: the last event there was when the list was shown."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, initial=_last_event, label="", required=False
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "number", "event", "at", "worker", "actor", "status", "milliseconds", "cause", "answer",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Codes, times and states; what was sent is read on the submission's page in the portal."""

    list_display = ("code", "created_at", "kind", "office", "created_by", "state", "tries")
    list_filter = ["state", "kind", ("office", OfficeFilter)]
    list_select_related = ["office", "created_by"]
    search_fields = ["code", "state", "office__name", "office__customer_id"]
    search_help_text = _("Code, state or office")
    show_full_result_count = False
    inlines = [AttemptInline]
    action_form = ReasonActionForm
    actions = ["send_again", "mark_delivered", "mark_not_delivered"]
    fields = [
        "code", "office", "created_by", "created_at", "changed_at", "kind", "endpoint", "state",
        "tries", "not_before", "vitec_id", "corrects",
    ]  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A code is found with and without its hyphens."""
        try:
            return queryset.filter(code=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    @admin.action(description=_("Send again (uncertain or failed; reason required)"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        def decide(submission: Submission, user: Any, reason: str) -> bool:
            return outbox.send_again(submission, user, reason) or outbox.send_failed_again(
                submission, user, reason
            )

        self._decide(request, queryset, decide)

    @admin.action(description=_("Mark as delivered: found in Vitec (reason required)"))
    def mark_delivered(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        self._decide(request, queryset, outbox.mark_delivered)

    @admin.action(description=_("Mark as not delivered: not found in Vitec (reason required)"))
    def mark_not_delivered(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        self._decide(request, queryset, outbox.mark_not_delivered)

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Submission], decision: Decision
    ) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, gettext("Give a reason."), messages.ERROR)
            return
        chosen = list(queryset.select_related("office"))
        changed = _changed_since(chosen, request.POST.get("seen", ""))
        done = 0
        for submission in chosen:
            # The admin opens no door that the portal's own page keeps shut.
            if submission.pk not in changed and administers(request.user, submission.office):
                done += decision(submission, request.user, reason)
        text = ngettext("%(count)d submission settled.", "%(count)d submissions settled.", done)
        self.message_user(request, text % {"count": done})
        if left := len(chosen) - done:
            text = gettext("%(count)d left alone: not in a state for this, or changed meanwhile.")
            self.message_user(request, text % {"count": left}, messages.WARNING)


def _changed_since(chosen: list[Submission], seen: str) -> set[int]:
    """Those to which something has happened since the list was shown."""
    last = int(seen) if seen.isdecimal() else 0
    later = Attempt.objects.filter(submission__in=chosen, pk__gt=last)
    return set(later.exclude(event__in=WATCHING).values_list("submission", flat=True))


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    office_path = "submission__office"
    list_display = ["submission", "number", "event", "at", "worker", "actor", "status", "cause"]
    list_filter = ["event", ("submission__office", OfficeFilter)]
    list_select_related = ["submission", "actor"]
    search_fields = ["submission__code", "request_id"]
    exclude = ["sealed_answer", "sealed_reason"]
    show_full_result_count = False


class PausedAlready(Exception):
    """Somebody has paused the same before; nothing was saved."""


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    list_display = [
        "office", "endpoint", "status", "paused_by", "since", "tried_at", "ended_at", "ended_by",
    ]  # fmt: skip
    list_filter = [("office", OfficeFilter)]
    list_select_related = ["office", "paused_by", "ended_by"]
    actions = ["end"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who decides for an office pauses it here, too."""
        return managed_by(request.user).exists()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        managed = managed_by(request.user)

        class NewPause(PauseForm, forms.ModelForm):  # type: ignore[type-arg]
            class Meta:
                model = Pause
                fields = ("office", "endpoint", "reason")

            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(managed, *args, **options)

        return NewPause

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else ("office", "endpoint", "reason")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except PausedAlready:
            self.message_user(request, gettext("That is paused already."), messages.WARNING)
            return redirect("admin:submissions_pause_changelist")

    def save_model(self, request: HttpRequest, obj: Pause, form: Any, change: bool) -> None:
        """Raises PausedAlready."""
        user: Any = request.user
        if not pauses.pause(obj.office, obj.endpoint, user, obj.reason):
            raise PausedAlready
        open_ones = Pause.objects.filter(office=obj.office, endpoint=obj.endpoint, ended_at=None)
        obj.pk = open_ones.get(paused_by__isnull=False).pk
        obj.refresh_from_db()

    @admin.action(description=_("Try again: end the pause"))
    def end(self, request: HttpRequest, queryset: QuerySet[Pause]) -> None:
        count = 0
        for pause in queryset.select_related("office"):
            if administers(request.user, pause.office):
                count += outbox.end_pause(pause, request.user)  # type: ignore[arg-type]
        text = gettext("Sending goes on. Waiting submissions: %d")
        self.message_user(request, text % count)
