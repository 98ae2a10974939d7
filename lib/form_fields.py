"""Form fields of the house that belong to no app."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lib import amounts, daywords

MESSAGES = {
    "unreadable": _("We cannot read this as a day. Try “tomorrow 9”, “3w” or “14/12 10:30”."),
    "no_such_day": _("There is no such day."),
    "no_such_time": _("There is no such time."),
    "wrong_week": _("That date falls in another week."),
    "days_disagree": _("These are two different days."),
    "wrong_weekday": _("That date falls on another weekday."),
}


NOT_AMOUNT = {
    "unreadable": _("We cannot read this as a number. Try “3,5m”, “4500t” or “2 750 000”."),
    "ambiguous": _("Is this thousands or a fraction? Write it as “2 750” or “2,75”."),
}


class MaskedField(forms.CharField):
    """What not everybody may see who may send it, such as a personal number.

    Where a stored text is kept without being shown (`keep`), the empty field says so. is_kept: it
    does.
    """

    is_kept = False

    def keep(self) -> None:
        """Say that what is stored stays, unless something else is written."""
        self.is_kept = True
        self.required = False
        self.help_text = _(
            "What is stored is kept, and not shown. What you write here replaces it."
        )


class AmountField(forms.CharField):
    """An amount or measure as people say it (`3,5m`, `70,5`) -> Decimal, or None when empty.

    The widget's value is always the text that was typed.
    least, most: the bounds, both included. unit: how it is said back. fractions: `70,5` is taken.
    """

    default_error_messages = {
        **NOT_AMOUNT,
        "least": _("At least %(limit)s."),
        "most": _("At most %(limit)s."),
        "whole": _("Write a whole number."),
    }

    def __init__(
        self, *, least: int, most: int, unit: str = "kr", fractions: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)
        self.least, self.most, self.unit, self.fractions = least, most, unit, fractions

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = amounts.read(text)
        except amounts.NotAmount as error:
            raise ValidationError(self.error_messages[error.code], code=error.code) from error
        self._check(amount)
        return amount

    def _check(self, amount: Decimal) -> None:
        for code, limit, wrong in (
            ("least", self.least, amount < self.least),
            ("most", self.most, amount > self.most),
        ):
            if wrong:
                params = {"limit": amounts.said(Decimal(limit), self.unit)}
                raise ValidationError(self.error_messages[code], code=code, params=params)
        if not self.fractions and amount % 1:
            raise ValidationError(self.error_messages["whole"], code="whole")


class DayWordsField(forms.CharField):
    """A day and time in words or figures -> an aware datetime in Stockholm time.

    The widget's value is always the text that was typed.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def lasting(self, moment: dt.datetime) -> str:
        """The moment in figures that the field reads back as the same, whenever that is."""
        return f"{moment:%Y-%m-%d %H:%M}"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read_moment(text) if text else None


def read_moment(text: str) -> dt.datetime:
    """A day and time in words, in the reader's language, Stockholm time.

    Raises ValidationError with a text for people.
    """
    try:
        reading = daywords.read(text, now=timezone.localtime(), language=get_language() or "sv")
    except daywords.Unreadable as error:
        raise complaint(error) from error
    return reading.moment


def read_end(text: str, start: dt.datetime) -> dt.datetime:
    """When something ends that begins at `start`: a time, a length or a day; Stockholm time.

    Raises ValidationError with a text for people.
    """
    try:
        return daywords.read_end(text, start=start, language=get_language() or "sv")
    except daywords.Unreadable as error:
        raise complaint(error) from error


def complaint(error: daywords.Unreadable) -> ValidationError:
    """Why a text names no day or time, for people."""
    code = error.code if error.code in MESSAGES else "unreadable"
    return ValidationError(MESSAGES[code], code=code)
