"""Addresses within the calendar, and of the form that a day in it opens."""

from __future__ import annotations

import datetime as dt

from django import template
from django.urls import reverse

from calendar_app.page import Place, View

register = template.Library()


@register.simple_tag
def new_event_url(day: dt.date, colleague_id: str = "") -> str:
    """The new event's form with the day, and whose calendar it is, filled in."""
    query = {"start": day.isoformat(), "user": colleague_id}
    return reverse(
        "calendar_app:new_appointment",
        query={name: value for name, value in query.items() if value},
    )


@register.filter
def day_of(place: Place, day: dt.date) -> str:
    """The address of one day, by itself."""
    return place.at(day).seen_as(View.DAY).url


@register.filter
def week_of(place: Place, day: dt.date) -> str:
    """The address of a day's week."""
    return place.at(day).seen_as(View.WEEK).url
