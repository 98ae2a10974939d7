"""How a submission's state looks: a word always, with an icon and a colour beside it."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from django import template
from django.http import QueryDict

from submissions.filters import FilterForm
from submissions.models import Shown, Submission

register = template.Library()


@dataclasses.dataclass(frozen=True)
class Look:
    """tone: which colours of the sheet. icon: a symbol of the icon sheet."""

    tone: str
    icon: str


LOOKS = {
    Shown.GRACE: Look("calm", "hourglass-high"),
    Shown.WAITING: Look("calm", "clock"),
    Shown.SENDING: Look("calm", "send"),
    Shown.DELIVERED: Look("good", "circle-check"),
    Shown.REJECTED: Look("bad", "circle-x"),
    Shown.PAUSED: Look("care", "clock-pause"),
    Shown.UNCERTAIN: Look("care", "help-circle"),
    Shown.FAILED: Look("bad", "alert-triangle"),
    Shown.UNDONE: Look("quiet", "arrow-back-up"),
}


@register.inclusion_tag("submissions/_state.html")
def state_badge(submission: Submission) -> dict[str, Any]:
    """The state as a small badge."""
    shown = submission.shown
    return {"shown": shown, "look": LOOKS[shown]}


@register.simple_tag
def look_of(shown: Shown) -> Look:
    """The colours and the icon of a state."""
    return LOOKS[shown]


@dataclasses.dataclass(frozen=True)
class Chip:
    """One filter that is on. query: the URL's query without it."""

    label: str
    value: str
    query: str


@register.simple_tag
def filter_chips(form: FilterForm) -> list[Chip]:
    """The filters that are on, each with the query that takes it off."""
    return [
        Chip(str(form[name].label), _in_words(form, name), _without(form, name))
        for name in form.fields
        if name in form.data and form.data[name] and name not in form.errors
    ]


def _in_words(form: FilterForm, name: str) -> str:
    chosen = form.data[name]
    for value, label in getattr(form.fields[name], "choices", []):
        if str(value) == chosen:
            return str(label)
    # The hidden person is an id of Vitec's, which says nothing to anybody.
    return "" if form[name].is_hidden else chosen


def _without(form: FilterForm, name: str) -> str:
    query = cast(QueryDict, form.data).copy()
    for gone in (name, "page"):
        query.pop(gone, None)
    return query.urlencode()
