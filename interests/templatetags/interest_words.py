"""What has been typed into an area interest, said back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from interests.profiles import ProfileForm
from interests.wording import ring_words, wish_words
from lib.amounts import said

register = template.Library()


@register.filter
def wish(profile: ProfileForm) -> str:
    """The sentence of a search profile; "" while it says nothing."""
    return wish_words(profile.office, profile.reading.cleaned_data) if profile.is_bound else ""


@register.filter
def drawn(profile: ProfileForm) -> str:
    """The drawn area in words; "" for none."""
    ring = profile.reading.cleaned_data.get("polygon") if profile.is_bound else None
    return ring_words(ring) if ring else ""


@register.filter
def in_full(field: BoundField) -> str:
    """`3 500 000 kr` for what stands in an amount's field; "" for nothing and what is none."""
    value: Any = field.value()
    try:
        amount = field.field.clean(value)
    except ValidationError:
        return ""
    unit = str(getattr(field.field, "unit", ""))
    return said(amount, unit) if isinstance(amount, Decimal) else ""
