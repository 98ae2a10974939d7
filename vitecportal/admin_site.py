"""The admin as the operator's window: Swedish, and shut for those who have no business there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from offices.access import administered_by


class PortalAdminSite(admin.AdminSite):
    site_header = _("vitecportal administration")
    site_title = _("vitecportal administration")
    index_title = _("Administration")
    # What an office's administrators find here: places, rights, and what guards the contacts.
    FOR_OFFICES = ("offices_membership_", "offices_disclosure_", "offices_protectedcontact_")

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers and staff; an office's administrators for a few pages of it."""
        if super().has_permission(request):
            return True
        user, here = request.user, request.resolver_match
        if not user.is_active or not administered_by(user).exists():
            return False
        name = (here and here.url_name) or ""
        return name in ("index", "jsi18n") or name.startswith(self.FOR_OFFICES)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A signed-in person who may not come here finds nothing here."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                if request.user.is_staff:
                    raise
                raise Http404 from None

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
