"""The form that is sent to many: shared by the lists that have people to send to.

Whoever has such a list says for whom (`Occasion`); what is shared, what speaks against each one,
and the batch that it comes to, are here. Ids come by POST, never in an address.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from offices.http import PortalRequest
from offices.models import Office
from offices.pickers import remember_choices, show_recent_first, tell_age
from submissions import batches, outbox
from submissions.forms import ConsentForm, SubmissionForm
from submissions.kinds import Kind
from submissions.many import Row, Target, Ticks, many_of, rows_of, wish_of

# So many at once; more are a list of their own.
MOST = 200


@dataclasses.dataclass(frozen=True)
class Occasion:
    """Who sends what to whom, and from where.

    action: where the form is posted to. carried: what is posted again with it, such as the ids of
    those who were marked. back: where one goes who changes their mind. left_out: names of those
    who were marked and stand in no row, with the reason. initial: what the form is opened with.
    """

    request: PortalRequest
    kind: Kind
    office: Office
    targets: Sequence[Target]
    action: str
    carried: Sequence[tuple[str, str]]
    back: str
    left_out: Sequence[tuple[str, Any]] = ()
    initial: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def opens(self) -> bool:
        """The form has not been seen yet."""
        return "form_token" not in self.request.POST

    @property
    def looks(self) -> bool:
        """Somebody is still writing."""
        return "look" in self.request.GET or self.request.POST.get("step") == "look"


def send_many(occasion: Occasion) -> HttpResponse:
    """Show the form, say what it comes to, and send it as one batch.

    One with a reason to ask is sent when a person has read the reason, ticked the row, and said
    why. What was sent before with other content is asked about once more.
    """
    request = occasion.request
    form = _form(occasion)
    consent = ConsentForm(request.POST)
    rows = _rows(occasion, form)
    if occasion.opens or occasion.looks:
        return _page(occasion, form.without_complaints() if form.is_bound else form, rows)
    if not form.is_valid():
        return _page(occasion, form, rows, status=422)
    chosen = [row for row in rows if row.chosen and row.part]
    if any(row.concerns and not row.told for row in rows):
        return _page(occasion, form, rows, status=409)
    if not chosen:
        form.add_error(None, gettext("Nobody is ticked, so nothing would be sent."))
        return _page(occasion, form, rows, status=422)
    if any(row.concerns for row in chosen) and not consent.is_valid():
        return _page(occasion, form, rows, status=409, consent=consent)
    reason = consent.given().reason
    try:
        batch = batches.submit_batch(
            wish_of(request.user, occasion.office, occasion.kind, form, rows, reason)
        )
    except batches.BatchUsed as used:
        return _asked_once_more(occasion, used.batch)
    except outbox.Questioned:
        # Somebody has sent to one of them this very moment.
        return _page(occasion, form, _rows(occasion, form), status=409)
    remember_choices(form, request.user, occasion.office)
    if request.htmx:
        context = {"batch": batch, "kind": occasion.kind, "count": len(chosen)}
        return render(request, "submissions/_many_sent.html", context)
    return redirect(batch)


def _form(occasion: Occasion) -> SubmissionForm:
    """As it was posted; opened, it is read as if it were posted when nothing is wanting."""
    form_class = many_of(occasion.kind).form_class
    if not occasion.opens:
        return form_class(occasion.request.POST, office=occasion.office)
    fresh = form_class(office=occasion.office, initial=occasion.initial)
    data = QueryDict(mutable=True)
    for name in fresh.fields:
        data[name] = str(fresh[name].value() or "")
    filled = form_class(data, office=occasion.office)
    return filled if filled.is_valid() else fresh


def _rows(occasion: Occasion, form: SubmissionForm) -> list[Row]:
    posted = occasion.request.POST
    ticks = Ticks(*(frozenset(posted.getlist(name)) for name in ("seen", "send", "told")))
    user, office, kind = occasion.request.user, occasion.office, occasion.kind
    return rows_of(user, office, kind, form, occasion.targets, ticks)


def _asked_once_more(occasion: Occasion, earlier: Any) -> HttpResponse:
    """The same form with a new token, so that one more press sends once more."""
    data = occasion.request.POST.copy()
    data["form_token"] = str(uuid.uuid4())
    form = many_of(occasion.kind).form_class(data, office=occasion.office)
    rows = _rows(occasion, form)
    form.add_error(
        None,
        gettext("You have already sent this form. Send again only if you want one more each."),
    )
    return _page(occasion, form, rows, status=409, earlier=earlier)


def _page(
    occasion: Occasion,
    form: SubmissionForm,
    rows: list[Row],
    status: int = 200,
    consent: ConsentForm | None = None,
    **more: Any,
) -> HttpResponse:
    request, many = occasion.request, many_of(occasion.kind)
    count = sum(row.chosen for row in rows)
    asked = [row for row in rows if row.concerns]
    context = {
        "occasion": occasion,
        "kind": occasion.kind,
        "office": occasion.office,
        "form": form,
        "many_template": many.template,
        "consent": consent or ConsentForm(request.POST).without_complaints(),
        "asked": asked,
        "asks_why": any(row.chosen for row in asked),
        "sure": [row for row in rows if row.can_be_sent and not row.concerns],
        "out": [row for row in rows if not row.can_be_sent],
        "count": count,
        "title": many.offer(len(rows)),
        "button": many.said(count),
        **more,
    }
    if occasion.looks and request.htmx:
        return render(request, "submissions/_many_rows.html", context)
    show_recent_first(form, request.user, occasion.office)
    tell_age(form, occasion.office)
    name = "_many_form" if request.htmx else "many"
    return render(request, f"submissions/{name}.html", context, status=status)
