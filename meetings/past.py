"""Moments that have been: as they stand in an address, as people type them, and in words."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lib import daywords
from lib.form_fields import complaint
from meetings.facts import say_moment

DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)
_YEARS = range(1900, 2200)
# What is read as ahead is read again from here: the last Thursday, this time yesterday, the 19th of
# November of this year.
_EARLIER = (DAY, 7 * DAY, 8 * DAY, 366 * DAY)
# Words that count from now itself: read from an earlier day they would mean something else.
_FROM_NOW = re.compile(
    r"\b(i ?dag|i ?kväll|i ?morgon|övermorgon|om|nästa|today|tonight|tomorrow|in|next)\b"
    r"|^\s*\d+([.,]\d+)?\s*(d|dag|dagar|days?|v|vecka|veckor|w|weeks?|m|mån|månader?|months?"
    r"|h|tim|timm\w*|hours?|min\w*|år|y|years?)\s*$",
    re.IGNORECASE,
)


def read(text: str) -> dt.datetime | None:
    """A moment up to now, as an address has it or as people say it; None for an empty text.

    Raises ValidationError with a text for people.
    """
    text = text.strip()
    if not text:
        return None
    moment = _of_address(text) or _of_words(text)
    if moment > timezone.now():
        raise ValidationError(_("That has not been yet. Say a time that has passed."), code="ahead")
    return moment


def is_in_words(text: str) -> bool:
    """Does what it means depend on when it is read?"""
    try:
        dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return bool(text.strip())
    return False


def _of_address(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        raise complaint(daywords.Unreadable("no_such_day"))
    if len(text) == len("2026-11-19"):
        # A day: as it ended, or as it is now.
        end = moment.replace(hour=23, minute=59, tzinfo=daywords.STOCKHOLM)
        return min(end, timezone.localtime())
    return timezone.localtime(
        moment if moment.tzinfo else moment.replace(tzinfo=daywords.STOCKHOLM)
    )


def _of_words(text: str) -> dt.datetime:
    """Of all that it may mean, the latest that has been."""
    now = timezone.localtime()
    first: dt.datetime | daywords.Unreadable | None = None
    for back in (dt.timedelta(), *(() if _FROM_NOW.search(text) else _EARLIER)):
        try:
            moment = daywords.read(text, now=now - back, language=get_language() or "sv").moment
        except daywords.Unreadable as error:
            first = first or error
            continue
        if moment <= now:
            return moment
        first = first if isinstance(first, dt.datetime) else moment
    if isinstance(first, dt.datetime):
        return first
    raise complaint(first or daywords.Unreadable("unreadable"))


def stamp(moment: dt.datetime) -> str:
    """As it stands in an address, `2026-11-19T12:00`; of an hour that comes twice, with offset."""
    local = timezone.localtime(moment)
    timespec = "minutes" if _is_whole(local) else "auto"
    plain = local.replace(tzinfo=None, fold=0)
    if plain.replace(tzinfo=daywords.STOCKHOLM).utcoffset() == local.utcoffset():
        return plain.isoformat(timespec=timespec)
    return local.isoformat(timespec=timespec)


def _is_whole(moment: dt.datetime) -> bool:
    return not moment.second and not moment.microsecond


def within(first: dt.datetime, last: dt.datetime) -> dt.datetime:
    """A moment from `first` to just before `last`: a whole minute, the latest there is."""
    whole = (last - TICK).replace(second=0, microsecond=0)
    return whole if whole >= first else last - TICK


def say(moment: dt.datetime) -> str:
    """`tors 19 nov 12:00`, with seconds where it is no whole minute."""
    said = say_moment(moment)
    local = timezone.localtime(moment)
    return said if _is_whole(local) else f"{said}:{local:%S}"


def say_since(moment: dt.datetime) -> str:
    """`07:40`, `igår 16:10` or `tis 24 nov 16:10`."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate() - DAY:
        return gettext("yesterday %s") % f"{local:%H:%M}"
    return daywords.say_briefly(moment, language=get_language() or "sv", now=timezone.now())


def between(first: dt.datetime, last: dt.datetime) -> tuple[str, str]:
    """The two in words; the second only with its time when both are of one day, and with seconds
    when both are of one minute.
    """
    begin, end = timezone.localtime(first), timezone.localtime(last)
    if f"{begin:%Y-%m-%d %H:%M}" == f"{end:%Y-%m-%d %H:%M}":
        return f"{say_moment(first)}:{begin:%S}", f"{end:%H:%M:%S}"
    one_day = begin.date() == end.date()
    return say_moment(first), f"{end:%H:%M}" if one_day else say_moment(last)
