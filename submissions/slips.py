"""Personal numbers that somebody has written into a free text: told before it is sent, masked where
it is shown, and covered in a form that somebody fills with it who may not see them.

Fields that are for a personal number have rules of their own (`lib.form_fields.MaskedField`).
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from lib import personal_numbers
from submissions.kinds import Effect, Line, Tone


def told(calls: Iterable[Call]) -> list[Effect]:
    """What one should know before these are sent; it asks nothing, for the number may be meant."""
    texts = (text for call in calls for text in _free_texts(json.loads(call.body or "null")))
    today = timezone.localdate()
    numbers = {number for text in texts for number in personal_numbers.certain_in(text, today)}
    if not numbers:
        return []
    said = gettext(
        "Looks like a personal number in a free text: %(numbers)s. Whoever sees the text in Vitec "
        "reads it in full. Write it in its own field instead."
    )
    shown = ", ".join(sorted(map(personal_numbers.masked, numbers)))
    return [Effect(said % {"numbers": shown}, Tone.MESSAGE)]


def masked(line: Line) -> Line:
    """A line of what was sent, as it is shown without the right to masked values."""
    if line.full:
        return line
    text = str(line.value)
    hidden = personal_numbers.masked_certain(text, timezone.localdate())
    return line if hidden == text else Line(line.label, hidden, text)


def effect_masked(effect: Effect) -> Effect:
    """What sending does, without a number that a page may not show to whoever sends it on."""
    text = personal_numbers.masked_certain(effect.text, timezone.localdate())
    return dataclasses.replace(effect, text=text)


MARK = re.compile(r"[0-9]{6,8}-••••")


class Cover:
    """Marks in place of the numbers in some texts, so that a text is drawn, changed and sent on by
    somebody who may not see them: `18900101-••••`, and `18900101-•••• (2)` for another that would
    look the same.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._written: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        for text in texts:
            personal_numbers.with_certain(text, timezone.localdate(), self._learn)

    def _learn(self, written: str) -> str:
        if written not in self._marks:
            plain = mark = personal_numbers.masked(personal_numbers.digits_of(written))
            for number in itertools.count(2):
                if mark not in self._written:
                    break
                mark = f"{plain} ({number})"
            self._written[mark], self._marks[written] = written, mark
        return written

    def __bool__(self) -> bool:
        return bool(self._marks)

    def put_on(self, text: str) -> str:
        """The text with a mark for each number that is covered; others stay as they stand."""
        return personal_numbers.with_certain(
            text, timezone.localdate(), lambda written: self._marks.get(written, written)
        )

    def take_off(self, text: str) -> str:
        """The text with the numbers in place of their marks, as they were written."""
        for mark in sorted(self._written, key=len, reverse=True):
            text = text.replace(mark, self._written[mark])
        return text


def refuse_marks(form: forms.BaseForm) -> None:
    """Complains where a mark would be sent for which there is no number: nobody could read it."""
    for name, text in list(form.cleaned_data.items()):
        if isinstance(text, str) and MARK.search(text):
            form.add_error(
                name,
                _(
                    "A masked personal number stands here that is not one of those that are kept. "
                    "Write it in full, or take it away."
                ),
            )


def _free_texts(value: Any) -> Iterator[str]:
    """Every text of a request, save what is in a field for a personal number."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not personal_numbers.says_so(str(name)):
                yield from _free_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _free_texts(inner)
