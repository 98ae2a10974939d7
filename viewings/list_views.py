"""A whole list of visitors: pasted or uploaded, looked through and mended, then sent as a batch."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lib import people_lists
from offices.access import offices_for
from offices.http import PortalRequest
from submissions import batches, outbox
from submissions.concerns import MOST_SHOWN
from submissions.forms import ConsentForm
from submissions.kinds import Concern, Part
from viewings import desk, kinds
from viewings.forms import BOOKING, DOOR
from viewings.models import TimeSlot

LARGEST_FILE = 1024 * 1024
MODES = [(DOOR, _("They were there")), (BOOKING, _("They are booked ahead"))]


class ListForm(forms.Form):
    """What the list says, and how it is meant; the rows themselves are read by `desk`."""

    use_required_attribute = False

    mode = forms.ChoiceField(label=_("What the list is"), choices=MODES, widget=forms.RadioSelect)
    gdpr_informed = forms.BooleanField(
        label=_("They are informed of GDPR at the viewing"),
        required=False,
        template_name="includes/check.html",
    )
    list_token = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("The list"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 10, "spellcheck": "false", "placeholder": "Anna Andersson 070-123 45 67"}
        ),
    )
    file = forms.FileField(
        label=_("or a file (CSV)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        validators=[FileExtensionValidator(people_lists.TEXT_FILES)],
    )

    def __init__(self, *args: Any, slot: TimeSlot, **kwargs: Any) -> None:
        usual = DOOR if slot.is_at_desk else BOOKING
        kwargs["initial"] = {"mode": usual, "list_token": uuid.uuid4()}
        super().__init__(*args, **kwargs)
        fitting = [(value, label) for value, label in MODES if _fits(value, slot)]
        self.fields["mode"].choices = fitting  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too large for a list of visitors."))
        if file and not _is_text(file):
            raise forms.ValidationError(_("This is no text file. Save it as CSV and try again."))
        return file

    def rows(self) -> list[desk.Row]:
        """The rows of what was pasted or uploaded; complains of nothing and of too many."""
        file = self.cleaned_data.get("file")
        text = people_lists.decoded(file.read()) if file else self.cleaned_data.get("text", "")
        rows = desk.rows_of_list(text)
        if not rows and not self.errors:
            self.add_error("text", _("Paste the list here, one person a line, or choose a file."))
        if len(rows) > desk.MOST_ROWS:
            too_many = _("At most %d people at a time. Divide the list.") % desk.MOST_ROWS
            self.add_error("text", too_many)
        return rows


def _is_text(file: UploadedFile) -> bool:
    found = people_lists.is_text(file.read())
    file.seek(0)
    return found


def _fits(mode: str, slot: TimeSlot) -> bool:
    return slot.is_at_desk if mode == DOOR else not slot.is_over


@require_http_methods(["GET", "POST"])
def visitor_list(request: PortalRequest, slot_pk: int) -> HttpResponse:
    """`step=read` shows what a list says, `check` the rows as they were mended; else they are sent.

    Nothing is saved while a row is wrong that is not left out.
    """
    mine = TimeSlot.objects.filter(office__in=offices_for(request.user))
    slot = get_object_or_404(mine.select_related("viewing", "office"), pk=slot_pk)
    if request.method != "POST":
        return _page(request, slot, ListForm(slot=slot))
    form = ListForm(request.POST, request.FILES, slot=slot)
    reading = request.POST.get("step") == "read"
    valid = form.is_valid()
    rows = form.rows() if reading else desk.read_rows(request.POST, slot.office)
    if not valid or form.errors:
        return _page(request, slot, form, rows if not reading else None, status=422)
    values = form.cleaned_data
    visit = desk.Visit(slot, values["mode"], values["gdpr_informed"])
    parts = desk.check_list(visit, rows)
    wrong = any(row.errors for row in rows)
    if reading or request.POST.get("step") == "check":
        return _page(request, slot, form, rows)
    if wrong or not parts:
        return _page(request, slot, form, rows, status=422)
    return _send(request, slot, form, rows, parts)


def _send(
    request: PortalRequest,
    slot: TimeSlot,
    form: ListForm,
    rows: list[desk.Row],
    parts: list[Part],
) -> HttpResponse:
    consent = ConsentForm(request.POST)
    wish = batches.BatchWish(
        user=request.user,
        office=slot.office,
        kind=kinds.PARTICIPANT,
        token=form.cleaned_data["list_token"],
        parts=parts,
        consent=consent.given(),
    )
    try:
        return redirect(batches.submit_batch(wish))
    except batches.BatchUsed as used:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["list_token"] = str(uuid.uuid4())  # type: ignore[index]
        said = gettext("This list was sent before, with other content. Send only what is new.")
        concerns = [Concern(f"batch:{used.batch.code}", said, used.batch.get_absolute_url())]
    except outbox.Questioned as questioned:
        concerns = questioned.concerns
        consent.unless_unread(concerns)
    return _page(request, slot, form, rows, status=409, concerns=concerns, consent=consent)


def _page(
    request: PortalRequest,
    slot: TimeSlot,
    form: ListForm,
    rows: list[desk.Row] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """rows: None while there is no list yet."""
    rows = rows or []
    context = {
        "slot": slot,
        "viewing": slot.viewing,
        "form": form,
        "rows": rows,
        "wrong": sum(bool(row.errors) for row in rows),
        "counted": sum(not row.skip for row in rows),
        "most_shown": MOST_SHOWN,
        "consent": ConsentForm(),
        **more,
    }
    return render(request, "viewings/visitor_list.html", context, status=status)
