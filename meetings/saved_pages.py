"""Pages of saved views and of the columns: make one, choose one for the start, change, remove."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib.sealing import Unsealable, seal_for, unseal_for
from meetings import columns
from meetings.models import Reach, SavedView
from meetings.ranges import range_named
from meetings.saved import (
    DAYS,
    KEPT,
    changeable,
    choose_columns,
    choose_start,
    fill,
    may_change,
    may_reach,
    shelf_of,
)
from offices.http import PortalRequest
from offices.models import Right
from offices.rights import offices_with

PLACES = ("up", "down")
WAY_BACK = "meetings.columns"
BACK_WITHIN_SECONDS = 24 * 60 * 60


class ViewForm(forms.Form):
    """What a view is called, who sees it, and whether the day begins with it."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        help_text=_("Such as “The office · week”. No customer's name: others may see it."),
        error_messages={"required": _("Give the view a name.")},
    )
    reach = forms.ChoiceField(
        label=_("Who sees it"), widget=forms.RadioSelect, initial=Reach.PRIVATE
    )
    start = forms.BooleanField(
        label=_("My start page"), required=False, template_name="includes/check.html"
    )

    def __init__(self, *args: Any, reaches: list[Reach], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(reach.value, reach.label) for reach in reaches]
        self.fields["reach"].choices = offered  # type: ignore[attr-defined]


@require_GET
def list_views(request: PortalRequest) -> HttpResponse:
    """Every view that the person sees, to open, rename, remove, or begin the day with."""
    _office_or_403(request)
    shelf = shelf_of(request)
    mine = changeable(request.user, shelf.views)
    rows = [(view, _days_in_words(view), view.pk in mine) for view in shelf.views]
    return render(request, "meetings/views.html", {"rows": rows, "start": shelf.start})


@require_http_methods(["GET", "POST"])
def new_view(request: PortalRequest) -> HttpResponse:
    """Save the list of the address as a view of its own; `replace=` a view is put in its place.

    Of the address only the filters are kept, which name no customer.
    """
    office = _office_or_403(request)
    posted = request.method == "POST"
    given = QueryDict(request.POST.get("query", "")) if posted else request.GET
    state = {name: given[name].strip() for name in KEPT if given.get(name, "").strip()}
    state.setdefault("columns", columns.said(shelf_of(request).columns))
    opened = _view(request, given["view"]) if given.get("view", "").isdecimal() else None
    if posted and "replace" in request.POST:
        return _replaced(request, _changed_by(request, request.POST["replace"]), state)
    form = ViewForm(
        request.POST if posted else None, reaches=may_reach(request.user, request.office)
    )
    if posted and form.is_valid():
        values = form.cleaned_data
        view = SavedView(name=values["name"], reach=values["reach"], owner=request.user)
        view.office = office if view.reach == Reach.OFFICE else None
        fill(view, state, timezone.localdate())
        view.save()
        if values["start"]:
            choose_start(request.user, view)
        messages.success(request, gettext("The view is saved."))
        return redirect(_address(view))
    sketch = SavedView()
    fill(sketch, state, timezone.localdate())
    context = {
        "form": form,
        "query": urlencode({**state, **({"view": opened.pk} if opened else {})}),
        "back": urlencode({"date_from": "", **state, **({"view": opened.pk} if opened else {})}),
        "days": _days_in_words(sketch),
        "follows": bool(sketch.span),
        "opened": opened if opened and may_change(request.user, opened) else None,
    }
    status = 422 if posted else 200
    return render(request, "meetings/view_form.html", context, status=status)


def _replaced(request: PortalRequest, view: SavedView, state: dict[str, str]) -> HttpResponse:
    fill(view, state, timezone.localdate())
    view.save()
    messages.success(request, gettext("The view “%s” is saved anew.") % view.name)
    return redirect(_address(view))


@require_POST
def change_view(request: PortalRequest, pk: int) -> HttpResponse:
    """`do=rename` or `remove` one that the person may change; another's is not there."""
    view = _changed_by(request, str(pk))
    if request.POST.get("do") == "remove":
        view.delete()
        messages.success(request, gettext("The view “%s” is removed.") % view.name)
    elif name := request.POST.get("name", "").strip()[:60]:
        SavedView.objects.filter(pk=view.pk).update(name=name)
    else:
        messages.error(request, gettext("Give the view a name."))
    return redirect("meetings:views")


@require_POST
def start_with(request: PortalRequest) -> HttpResponse:
    """Begin the day with `view=`; with none it is the usual list of today."""
    _office_or_403(request)
    given = request.POST.get("view", "")
    view = _view(request, given) if given else None
    choose_start(request.user, view)
    if view:
        messages.success(request, gettext("The day begins with “%s” from now on.") % view.name)
    else:
        messages.success(request, gettext("The day begins with the meetings of today again."))
    return redirect("meetings:views")


@require_http_methods(["GET", "POST"])
def own_columns(request: PortalRequest) -> HttpResponse:
    """Choose the columns and their order. `move=up:<key>` shows the same page with one moved."""
    office = _office_or_403(request)
    given = request.POST if request.method == "POST" else request.GET
    back = _way_back(request)
    amounts = offices_with(request.user, Right.AMOUNTS).filter(pk=office.pk).exists()
    if request.method == "POST":
        order = [key for key in request.POST.getlist("order") if key in columns.ALL]
        chosen = set(request.POST.getlist("column"))
        if "usual" in request.POST:
            choose_columns(request.user, [])
            return redirect(_list(back))
        if "move" not in request.POST:
            choose_columns(request.user, [key for key in order if key in chosen])
            return redirect(_list(back))
        order = _moved(order, *request.POST["move"].partition(":")[::2])
    else:
        now = given.get("columns", "")
        order = columns.read(now) if now else shelf_of(request).columns
        chosen = set(order)
    keys = list(dict.fromkeys((*order, *columns.ALL)))
    context = {
        "rows": [(each, each.key in chosen) for each in columns.shown(keys, amounts=amounts)],
        "always": columns.ALWAYS,
        "back": seal_for(WAY_BACK, json.dumps(back)),
        "back_query": urlencode({"date_from": "", **back}),
    }
    return render(request, "meetings/columns.html", context)


def _way_back(request: PortalRequest) -> dict[str, str]:
    """What the list showed. The page brings it back sealed: what anybody else posts is no address
    to lead to.
    """
    if request.method == "POST":
        try:
            found: dict[str, str] = json.loads(
                unseal_for(WAY_BACK, request.POST.get("back", ""), BACK_WITHIN_SECONDS)
            )
        except Unsealable:
            return {}
        return found
    given = request.GET
    return {name: given[name] for name in (*KEPT, "view") if given.get(name) and name != "columns"}


def _moved(order: list[str], where: str, key: str) -> list[str]:
    if key not in order or where not in PLACES:
        return order
    here = order.index(key)
    there = max(0, min(len(order) - 1, here + (-1 if where == "up" else 1)))
    order.insert(there, order.pop(here))
    return order


def _office_or_403(request: PortalRequest) -> Any:
    if request.office is None:
        raise PermissionDenied
    return request.office


def _view(request: PortalRequest, given: str) -> SavedView:
    """One that the person sees. Raises Http404 for a stranger's."""
    pk = given if given.isdecimal() and len(given) < 10 else 0
    return get_object_or_404(SavedView.objects.for_user(request.user).named(), pk=pk)


def _changed_by(request: PortalRequest, given: str) -> SavedView:
    """Raises Http404 for one that the person does not see, 403 for one that is not theirs."""
    view = _view(request, given)
    if not may_change(request.user, view):
        raise PermissionDenied
    return view


def _days_in_words(view: SavedView) -> str:
    span = range_named(view.span, timezone.localdate())
    if span:
        return span.label
    first, last = (view.query.get(name, "") for name in DAYS)
    if not first and not last:
        return gettext("All days")
    return f"{first} – {last}"


def _address(view: SavedView) -> str:
    return reverse("meetings:list", query={"view": view.pk})


def _list(state: dict[str, str]) -> str:
    return f"{reverse('meetings:list')}?{urlencode({'date_from': '', **state})}"
