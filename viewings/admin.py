"""The viewings in the admin: Vitec's copies, and by hand where its list may not be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.admin_directories import DirectoryAdmin, RowForm
from offices.models import Office
from viewings.models import TimeSlot, Viewing


def _check_span(cleaned: dict[str, Any]) -> None:
    """Raises ValidationError for what ends before it begins."""
    start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
    if start and end and end <= start:
        raise forms.ValidationError({"ends_at": _("The viewing ends before it has begun.")})


class ViewingForm(RowForm):
    class Meta:
        model = Viewing
        fields = ["office", "vitec_id", "estate_id", "address", "area", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _check_span(self.cleaned_data)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk is None:
            self.instance.commentary = ""
        return super().save(commit)


class TimeSlotForm(forms.ModelForm):
    class Meta:
        model = TimeSlot
        fields = ["vitec_id", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _check_span(self.cleaned_data)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        self.instance.office = self.instance.viewing.office
        self.instance.last_seen = timezone.now()
        return super().save(commit)


class TimeSlotFormSet(BaseInlineFormSet):
    """An id is one slot's alone within its office."""

    def clean(self) -> None:
        super().clean()
        office: Office | None = getattr(self.instance, "office", None)
        ids = [form.cleaned_data.get("vitec_id") for form in self.forms if form.has_changed()]
        taken = TimeSlot.objects.filter(office=office, vitec_id__in=[i for i in ids if i])
        if taken.exclude(viewing=self.instance.pk).exists() or len(ids) != len(set(ids)):
            raise forms.ValidationError(_("Another slot of the office has that id."))


class TimeSlotInline(admin.TabularInline):
    model = TimeSlot
    form = TimeSlotForm
    formset = TimeSlotFormSet
    extra = 1
    fields = ["vitec_id", "starts_at", "ends_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Viewing)
class ViewingAdmin(DirectoryAdmin):
    """A viewing with its time slots; the commentary may hold a door code and is not shown."""

    form = ViewingForm
    inlines = [TimeSlotInline]
    list_display = ["vitec_id", "office", "address", "starts_at", "places", "missing_since"]
    search_fields = ["vitec_id", "estate_id", "address"]
    values = ["address", "area", "estate_id", "starts_at", "ends_at", "places"]
