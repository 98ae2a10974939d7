"""Importing a directory of one office from a file: choose, look at what it would do, confirm."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import FileExtensionValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lib.people_lists import TEXT_FILES
from offices import importing
from offices.access import offices_for
from offices.importing import LARGEST, MOST_ROWS, Plan, Sheet, UnreadableFile, find_sheet
from offices.models import ImportDraft, Office, User

KEPT = dt.timedelta(hours=1)


class FileForm(forms.Form):
    """The file, as it was chosen; what is in it is judged by `offices.importing`."""

    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        validators=[FileExtensionValidator(TEXT_FILES)],
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def text(self) -> str:
        """Its text; adds an error and returns "" where it has none."""
        upload = self.cleaned_data["file"]
        try:
            return importing.text_of(upload.read(LARGEST + 1))
        except UnreadableFile as error:
            self.add_error("file", str(error))
            return ""


class ImportPages(admin.ModelAdmin):
    """The pages `…/<office>/import/<directory>/`, for who may change the office and the rows."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        start = "<int:pk>/import/<slug:key>/"
        return [
            path(start, view(self.import_page), name="offices_office_import"),
            path(f"{start}<uuid:code>/", view(self.confirm_import), name="offices_office_confirm"),
            *super().get_urls(),
        ]

    def import_page(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """Choose a file; a posted one is shown with what it would do."""
        office, sheet = self._what(request, pk, key)
        if request.method != "POST":
            return self._show(request, office, sheet, FileForm())
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid() or not (text := form.text()):
            return self._show(request, office, sheet, form, status=422)
        try:
            plan = importing.plan(office, sheet, text)
        except UnreadableFile as error:
            form.add_error("file", str(error))
            return self._show(request, office, sheet, form, status=422)
        draft = None
        if plan.can_be_imported:
            draft = ImportDraft.objects.create(
                user=cast(User, request.user), office=office, sheet=sheet.key, text=text
            )
        status = 422 if plan.problems else 200
        return self._show(request, office, sheet, FileForm(), plan, draft, status)

    @method_decorator(require_POST)
    def confirm_import(
        self, request: HttpRequest, pk: int, key: str, code: uuid.UUID
    ) -> HttpResponse:
        """Import the file that was looked at, all of it or nothing."""
        office, sheet = self._what(request, pk, key)
        draft: ImportDraft = get_object_or_404(
            ImportDraft.objects.filter(created_at__gt=timezone.now() - KEPT),
            code=code,
            user=request.user,
            office=office,
            sheet=sheet.key,
        )
        plan = importing.plan(office, sheet, draft.text)
        importing.keep(office, sheet, plan)
        draft.delete()
        facts = {"label": sheet.label, "new": len(plan.new), "changed": len(plan.changed)}
        said = _("%(label)s: %(new)d new and %(changed)d changed were imported.")
        self.log_change(request, office, said % facts)
        messages.success(request, said % facts)
        return redirect("admin:offices_office_vitec", pk)

    def _what(self, request: HttpRequest, pk: int, key: str) -> tuple[Office, Sheet]:
        office = get_object_or_404(offices_for(request.user), pk=pk)
        sheet = find_sheet(key)
        if sheet is None:
            raise Http404
        meta = sheet.model._meta
        wanted = [f"{meta.app_label}.{verb}_{meta.model_name}" for verb in ("add", "change")]
        if not request.user.has_perms(wanted):
            raise PermissionDenied
        return office, sheet

    def _show(
        self,
        request: HttpRequest,
        office: Office,
        sheet: Sheet,
        form: FileForm,
        plan: Plan | None = None,
        draft: ImportDraft | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import from a file: %s") % sheet.label,
            "subtitle": str(office),
            "opts": self.opts,
            "office": office,
            "sheet": sheet,
            "form": form,
            "plan": plan,
            "draft": draft,
            "megabytes": LARGEST // 1024 // 1024,
            "most_rows": MOST_ROWS,
            "example": ";".join(sheet.headers),
        }
        return TemplateResponse(request, "admin/offices/office/import.html", context, status=status)
