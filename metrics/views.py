"""The page for the monitor, which is no page for people."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

from metrics.collector import Collector


@require_GET
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format; for whoever may not ask there is no such page."""
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read(request: HttpRequest) -> bool:
    """With METRICS_TOKEN who brings it (`Authorization: Bearer …`), without it this machine alone.

    A proxy on this machine is at home here too: what it forwards comes from elsewhere.
    """
    if settings.METRICS_TOKEN:
        brought = request.headers.get("Authorization", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return secrets.compare_digest(brought.encode(), wanted.encode())
    forwarded = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"}
    if any(name in request.headers for name in forwarded):
        return False
    return _is_this_machine(request.META.get("REMOTE_ADDR", ""))


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
