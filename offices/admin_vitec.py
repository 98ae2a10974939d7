"""The administrator's page of one office's traffic with Vitec: how old, how allowed, try, fetch."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from offices import connection, fetching
from offices.connection import Result, Tried
from offices.freshness import standings
from offices.importing import all_sheets
from offices.models import Office
from offices.vitec import NoCredential

SAID = {
    Result.ALLOWED: gettext_lazy("Allowed"),
    Result.REFUSED: gettext_lazy("Refused (403): the login may not read this"),
    Result.WRONG_LOGIN: gettext_lazy("Wrong user name or password (401)"),
    Result.UNREACHABLE: gettext_lazy("Vitec cannot be reached"),
    Result.FAILED: gettext_lazy("No usable answer"),
    Result.NO_LOGIN: gettext_lazy("No login is for this"),
    Result.NOTHING_TO_ASK: gettext_lazy("Nothing to ask about yet"),
    Result.NOT_TRIED: gettext_lazy("Not tried"),
}
FAILED = {
    "no_credential": gettext_lazy("no login"),
    "denied": gettext_lazy("access denied"),
    "not_sent": gettext_lazy("not reachable"),
    "busy": gettext_lazy("Vitec was busy"),
    "unknown": gettext_lazy("no usable answer"),
    "refused": gettext_lazy("declined"),
}


class VitecPages(admin.ModelAdmin):
    """The pages `…/<office>/vitec/`, for who may change the office."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/vitec/", view(self.vitec_page), name="offices_office_vitec"),
            path("<int:pk>/vitec/test/", view(self.test_page), name="offices_office_test"),
            path("<int:pk>/vitec/fetch/", view(self.fetch_now), name="offices_office_fetch"),
            *super().get_urls(),
        ]

    def vitec_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every list of the office: when it was fetched, how many, allowed or not, when next."""
        return self._page(request, self._office(request, pk))

    @method_decorator(require_POST)
    @method_decorator(sensitive_variables())
    def test_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same with what each look-up answered just now. Reads only."""
        office = self._office(request, pk)
        try:
            tried = connection.try_all(office)
        except NoCredential:
            messages.error(request, _("The office has no login for Vitec yet. Enter one first."))
            return redirect("admin:offices_office_vitec", pk)
        self.log_change(request, office, _("Tested the connection to Vitec."))
        return self._page(request, office, tried)

    @method_decorator(require_POST)
    def fetch_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have everything of the office fetched by the sync worker."""
        office = self._office(request, pk)
        if fetching.wish(office):
            messages.success(request, _("It will be fetched within a few seconds."))
        else:
            messages.warning(request, _("It was asked for a moment ago. Wait a minute."))
        return redirect("admin:offices_office_vitec", pk)

    def _office(self, request: HttpRequest, pk: int) -> Office:
        office = self.get_object(request, str(pk))
        if office is None:
            raise Http404
        if not self.has_change_permission(request, office):
            raise PermissionDenied
        return office

    def _page(
        self, request: HttpRequest, office: Office, tried: list[Tried] | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Vitec: lists and access"),
            "subtitle": str(office),
            "opts": self.opts,
            "office": office,
            "sheets": {sheet.key for sheet in all_sheets()},
            "credential_url": _credential_url(office),
            "standings": [(row, FAILED.get(row.failed, row.failed)) for row in standings(office)],
            "tried": [(one, SAID[one.result]) for one in tried] if tried else None,
            "wrong_login": any(one.result is Result.WRONG_LOGIN for one in tried or []),
        }
        return TemplateResponse(request, "admin/offices/office/vitec.html", context)


def _credential_url(office: Office) -> str:
    logins = office.credentials.all()
    if len(logins) == 1:
        return reverse("admin:offices_credential_change", args=[logins[0].pk])
    if logins:
        return reverse(
            "admin:offices_credential_changelist", query={"office__id__exact": office.pk}
        )
    return reverse("admin:offices_credential_add", query={"office": office.pk})
