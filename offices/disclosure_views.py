"""Who saw what of persons: the page of those who answer for the office's personal data."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from offices import limits
from offices.disclosures import facts_in_words, of_contact, subject_in_words
from offices.http import PortalRequest
from offices.models import Disclosure, Office, Right, User
from offices.rights import require
from offices.widgets import ContactField, search_in

PAGE_SIZE = 50
ONE_DAY = dt.timedelta(days=1)
# Whose rows have a page by their code.
PAGES = {
    "submissions.submission": "submissions:detail",
    "submissions.batch": "submissions:batch",
}


class DisclosureFilter(forms.Form):
    """person: whose data was seen. Posted, since whom one asks about is itself personal."""

    use_required_attribute = False

    contact_id = ContactField(label=_("Whose data"), required=False)
    user = forms.ModelChoiceField(
        label=_("Seen by"), required=False, queryset=User.objects.none(), empty_label=_("All")
    )
    what = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("All")), *Disclosure.What.choices]
    )
    date_from = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    date_to = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["contact_id"].bind_office(office)  # type: ignore[attr-defined]
        # Also those whose place at the office has ended.
        seen = Disclosure.objects.filter(office=office).order_by().values("user")
        people = User.objects.filter(pk__in=seen).order_by("first_name", "last_name")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def found(self) -> QuerySet[Disclosure]:
        """The rows that pass; the form must be valid."""
        chosen = self.cleaned_data
        rows = Disclosure.objects.filter(office=self.office).select_related("user")
        if chosen["contact_id"]:
            rows = rows.filter(person=of_contact(self.office, chosen["contact_id"]))
        if chosen["user"]:
            rows = rows.filter(user=chosen["user"])
        if chosen["what"]:
            rows = rows.filter(what=chosen["what"])
        if chosen["date_from"]:
            rows = rows.filter(at__gte=_midnight(chosen["date_from"]))
        if chosen["date_to"]:
            rows = rows.filter(at__lt=_midnight(chosen["date_to"] + ONE_DAY))
        return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


@require_http_methods(["GET", "POST"])
def disclosures(request: PortalRequest) -> HttpResponse:
    """Every look at a person's data that the active office has on record, newest first."""
    require(request, Right.PRIVACY, request.office)
    office: Any = request.office
    form = DisclosureFilter(request.POST if request.method == "POST" else {}, office=office)
    rows = form.found() if form.is_valid() else Disclosure.objects.none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.POST.get("page"))
    shown = [
        (row, address_of(row), subject_in_words(row.subject), facts_in_words(row.facts))
        for row in page.object_list
    ]
    # Turning pages searches for nobody.
    wait = search_in(form, request.user) if request.POST.get("step") == "look" else 0
    context = {"form": form, "page": page, "rows": shown}
    status = 200 if form.is_valid() else 422
    return limits.told(render(request, "offices/disclosures.html", context, status=status), wait)


def address_of(row: Disclosure) -> str:
    """Where what was looked at is found, "" for nowhere."""
    model, _colon, code = row.subject.partition(":")
    if model not in PAGES:
        return ""
    try:
        return reverse(PAGES[model], args=[uuid.UUID(code)])
    except (ValueError, NoReverseMatch):
        return ""
