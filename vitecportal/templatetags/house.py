"""Small words of the templates: an icon, a moment, a number to dial."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lib import amounts, daywords
from offices.models import Office

register = template.Library()


@register.simple_tag
@functools.lru_cache(maxsize=500)
def icon(name: str, extra: str = "") -> SafeString:
    """A symbol of the icon sheet, always beside a word and so hidden from screen readers.

    Remembered: a list draws the same few hundreds of times.
    """
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def office_buttons(offices: Iterable[Office], active: Office | None) -> SafeString:
    """A button for each office to choose among.

    Not a loop of the template: some have hundreds of offices, and each page shows them all.
    """
    active_id = active.customer_id if active else ""
    return _office_buttons(tuple((each.customer_id, each.name) for each in offices), active_id)


@functools.lru_cache(maxsize=50)
def _office_buttons(offices: tuple[tuple[str, str], ...], active_id: str) -> SafeString:
    """Remembered by all that they say; (customer id, name) of each."""
    current = format_html(' aria-current="{}"', "true")
    return format_html_join(
        "\n",
        '<button class="drop-item" type="submit" name="office" value="{}"{}>'
        "<span>{}</span>{}</button>",
        (
            (customer_id, current, name, icon("check"))
            if customer_id == active_id
            else (customer_id, "", name, "")
            for customer_id, name in offices
        ),
    )


@register.simple_tag(takes_context=True)
def main_menu(context: template.RequestContext) -> SafeString:
    """The main menu; a page has it at its side and, for telephones, in its head, drawn once."""
    request = context.request
    drawn: SafeString | None = getattr(request, "_main_menu", None)
    if drawn is None:
        found = context.template.engine.get_template("includes/menu.html")  # type: ignore[union-attr]
        drawn = found.render(context)
        request._main_menu = drawn  # type: ignore[attr-defined]
    return drawn


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`10:12` for today, else `mån 23 nov 10:12`, with the year when it is another."""
    if value is None:
        return "–"
    return daywords.say_briefly(value, language=get_language() or "sv")


@register.filter
def dialled(phone: str) -> str:
    """A telephone number as a `tel:` link takes it: figures and a leading plus."""
    return ("+" if phone.strip().startswith("+") else "") + re.sub(r"\D", "", phone)


@register.filter
def figure(value: Decimal | float | None, unit: str = "") -> str:
    """`1 250`, `3 450 000 kr`, `42 %`: in groups of three, without fractions; `–` for None."""
    return "–" if value is None else amounts.said(Decimal(round(value)), unit)
