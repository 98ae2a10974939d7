"""From marked rows of the list to one form for all of them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from meetings.agenda import TOPIC
from meetings.models import Meeting
from meetings.saved import KEPT
from offices.http import PortalRequest
from submissions.kinds import find_kind
from submissions.many import Target
from submissions.many_views import MOST, Occasion, send_many


@require_POST
def send(request: PortalRequest) -> HttpResponse:
    """`meeting=` once for each marked row, `kind=` what is sent to them, `back=` the list.

    A batch is an office's: of rows of several offices those of the first one's are taken, and the
    others are named. Rows that are not the person's do not exist for them.
    """
    if request.office is None:
        raise PermissionDenied
    kind = find_kind(request.POST.get("kind", ""))
    if kind is None or kind.many is None:
        raise Http404
    asked = [pk for pk in request.POST.getlist("meeting") if pk.isdecimal() and len(pk) < 12]
    mine = Meeting.objects.for_user(request.user).select_related("office")
    found = {row.pk: row for row in mine.filter(pk__in=asked[:MOST])}
    rows = [found[int(pk)] for pk in dict.fromkeys(asked) if int(pk) in found]
    back = f"{reverse('meetings:list')}?{_list(request.POST.get('back', ''))}"
    if not rows:
        return redirect(back)
    office = rows[0].office
    elsewhere = gettext("Is of another office. Send to each office by itself.")
    return send_many(
        Occasion(
            request=request,
            kind=kind,
            office=office,
            targets=[_target(row) for row in rows if row.office_id == office.pk],
            action=reverse("meetings:many"),
            carried=[
                *(("meeting", str(row.pk)) for row in rows),
                ("back", request.POST.get("back", "")),
            ],
            back=f"{back}#meeting-{rows[0].pk}",
            left_out=[(row.contact_name, elsewhere) for row in rows if row.office_id != office.pk],
        )
    )


def _list(given: str) -> str:
    """The list's address as it was, and nothing that is none of its parameters."""
    kept = QueryDict(mutable=True)
    for name, value in QueryDict(given).dict().items():
        if name in (*KEPT, "view", "page"):
            kept[name] = value
    return kept.urlencode()


def _target(row: Meeting) -> Target:
    return Target(
        key=str(row.pk),
        name=row.contact_name or row.contact_id,
        detail=" · ".join(filter(None, (row.address, row.broker_name))),
        own={
            "contact_id": row.contact_id,
            "meeting_id": row.vitec_id,
            "estate_id": row.estate_id,
            "colleague_id": row.broker_id,
            "subject": " ".join(filter(None, (row.type_label, row.contact_name))),
            "place": row.address,
            "topic": f"{TOPIC}:{row.vitec_id}",
        },
    )
