"""What the list of meetings is measured against: a bare view of its rows, and a stock admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from meetings.models import Meeting

PAGE = 50
_TABLE = Engine().from_string(
    "<!DOCTYPE html><p>{{ count }}</p><table>{% for meeting in meetings %}<tr>"
    "<td>{{ meeting.meeting_date }}</td><td>{{ meeting.contact_name }}</td>"
    "<td>{{ meeting.address }}</td><td>{{ meeting.phone }}</td><td>{{ meeting.broker_name }}</td>"
    "<td>{{ meeting.state_label }}</td></tr>{% endfor %}</table>"
)


def bare(request: HttpRequest) -> HttpResponse:
    """Fifty rows and their count in a plain table, by the lookups of the address."""
    found = Meeting.objects.filter(**request.GET.dict()).order_by("meeting_date", "pk")
    context = {"count": found.count(), "meetings": found[:PAGE]}
    return HttpResponse(_TABLE.render(Context(context)))


class StockAdmin(admin.ModelAdmin):
    """The same columns and filters, with nothing else said."""

    list_display = [
        "meeting_date", "contact_name", "address", "phone", "broker_name", "state_label",
    ]  # fmt: skip
    list_filter = ["type", "state", "office"]
    list_per_page = PAGE


site = admin.AdminSite(name="stock")
site.register(Meeting, StockAdmin)

urlpatterns = [
    path("bare/", bare),
    path("stock/", site.urls),
    path("", include("vitecportal.urls")),
]
