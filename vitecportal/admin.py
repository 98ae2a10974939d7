"""The admin as the operator's window: Swedish, and shut for those who have no business there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(admin.AdminSite):
    site_header = _("vitecportal administration")
    site_title = _("vitecportal administration")
    index_title = _("Administration")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A signed-in person who may not come here finds nothing here."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """No second door: strangers were sent to the portal's own sign-in before they come here."""
        if not self.has_permission(request):
            raise Http404
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            target = reverse("admin:index", current_app=self.name)
        return redirect(target)


class PortalAdminConfig(AdminConfig):
    default_site = "vitecportal.admin.PortalAdminSite"
