"""Marking contacts as having protected identity, for those who may see them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from offices import limits, protected
from offices.http import PortalRequest
from offices.models import Contact, Office, ProtectedContact, Right
from offices.rights import offices_with, require
from offices.widgets import ContactField, search_in


class MarkForm(forms.Form):
    """Whom to hide, and why; nobody types an id."""

    use_required_attribute = False

    contact_id = ContactField(label=gettext_lazy("Contact"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Read by those alone who may see the contact."),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_id"].bind_office(office)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def protected_contacts(request: PortalRequest) -> HttpResponse:
    """Who is hidden at the active office; and hiding one more."""
    require(request, Right.PROTECTED, request.office)
    office: Any = request.office
    looks = request.POST.get("step") == "look"
    initial = {"contact_id": request.GET.get("contact", "")}
    form = MarkForm(request.POST or None, office=office, initial=initial)
    if not looks and form.is_valid():
        given = form.cleaned_data
        protected.mark(office, given["contact_id"], request.user, given["reason"])
        messages.success(request, _("The contact is hidden from all without the right."))
        return redirect("offices:protected")
    wait = search_in(form, request.user)
    context = {"form": form, "rows": _rows(office), "listed": _listed(office)}
    status = 422 if form.is_bound and not looks else 200
    return limits.told(render(request, "offices/protected.html", context, status=status), wait)


def _rows(office: Office) -> list[tuple[ProtectedContact, Contact | None]]:
    rows = ProtectedContact.objects.open().filter(office=office).select_related("marked_by")
    known = _contacts(office, [row.contact_id for row in rows])
    return [(row, known.get(row.contact_id)) for row in rows]


def _listed(office: Office) -> list[Contact]:
    """Those whom the setting names and the office knows."""
    return list(_contacts(office, list(settings.PROTECTED_CONTACT_IDS)).values())


def _contacts(office: Office, ids: list[str]) -> dict[str, Contact]:
    rows = Contact.objects.filter(office=office, vitec_id__in=ids)
    return {contact.vitec_id: contact for contact in rows}


@require_POST
def show_again(request: PortalRequest, pk: int) -> HttpResponse:
    """The mark was a mistake, or the protection has ended."""
    mine = ProtectedContact.objects.filter(office__in=offices_with(request.user, Right.PROTECTED))
    row = get_object_or_404(mine, pk=pk)
    if protected.unmark(row, request.user):
        messages.success(request, _("The contact is shown to everybody at the office again."))
    return redirect("offices:protected")
