"""Which days the offices work, and what the others are called.

A day off is a Saturday, a Sunday, a public holiday (lag 1989:253), or one of the five eves that are
free in practice: påskafton, pingstafton, midsommarafton, julafton and nyårsafton. Half days
(skärtorsdagen, valborg and the like) and squeeze days are working days here: offices differ.
Holidays are known for the years 1953 to 2100; outside them only weekends are days off.

Only calendar days are handled, never moments, so no time zone is involved: turn a moment into
its day in Europe/Stockholm first.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.utils.translation import get_language

_WEEKEND = {
    "sv": {5: "lördag", 6: "söndag"},
    "en": {5: "Saturday", 6: "Sunday"},
}
_AND = {"sv": " och ", "en": " and "}
_LOCALE = {"sv": "sv", "en": "en_US"}

# The category that holds these two also holds half days and squeeze days, so it is picked from by
# name.
_OPTIONAL_EVES = frozenset({"Påskafton", "Pingstafton"})
_PROPER_NAMES = ("Kristi ", "Marie ")


def day_off(day: date, language: str | None = None) -> str | None:
    """Why `day` is no working day ("annandag påsk", "lördag"), or None when it is one.

    A holiday that falls on a weekend goes by the name of the holiday. Without `language` the
    active language of Django decides; any language but English gets Swedish.
    """
    _only_a_day(day)
    known = _known(get_language() if language is None else language)
    return _reason(day, known)


def holiday(day: date, language: str | None = None) -> str | None:
    """The name of the public holiday or free eve; None for plain days and mere weekends."""
    _only_a_day(day)
    known = _known(get_language() if language is None else language)
    return _holidays_of(day.year, known).get(day)


def is_working_day(day: date) -> bool:
    """Whether the offices work on `day`."""
    _only_a_day(day)
    return _reason(day, "sv") is None


def next_working_day(day: date) -> date:
    """The first working day strictly after `day`."""
    _only_a_day(day)
    following = day + timedelta(days=1)
    while not is_working_day(following):
        following += timedelta(days=1)
    return following


def _only_a_day(day: date) -> None:
    # A datetime never equals a date, so every holiday would silently pass for a working day.
    if isinstance(day, datetime):
        raise TypeError("a calendar day is needed, not a datetime")


def _known(language: str | None) -> str:
    return "en" if (language or "").lower().startswith("en") else "sv"


def _reason(day: date, language: str) -> str | None:
    named = _holidays_of(day.year, language).get(day)
    return named or _WEEKEND[language].get(day.weekday())


@lru_cache(maxsize=128)
def _holidays_of(year: int, language: str) -> Mapping[date, str]:
    """The names of the holidays and free eves of one year, without plain weekends."""
    names = _calendar(year, language, (holidays.PUBLIC, holidays.DE_FACTO))
    eves = _calendar(year, language, (holidays.OPTIONAL,))
    for day, swedish in _calendar(year, "sv", (holidays.OPTIONAL,)).items():
        if swedish in _OPTIONAL_EVES:
            names.setdefault(day, eves[day])
    return MappingProxyType({day: _spoken(name, language) for day, name in names.items()})


def _calendar(year: int, language: str, categories: tuple[str, ...]) -> dict[date, str]:
    calendar = holidays.country_holidays(
        "SE", years=year, expand=False, language=_LOCALE[language], categories=categories
    )
    return dict(calendar.items())


def _spoken(name: str, language: str) -> str:
    """The name as it stands inside a sentence; two holidays on one day are joined by "och"."""
    parts = name.split("; ")
    if language == "sv":
        parts = [part if part.startswith(_PROPER_NAMES) else _lower_first(part) for part in parts]
    return _AND[language].join(parts)


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]
