"""Personal numbers that somebody has written into a free text: told before it is sent, and masked.

Fields that are for a personal number have rules of their own (`lib.form_fields.MaskedField`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

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
