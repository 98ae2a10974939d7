"""What has been typed into an area interest, said back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from interests.profiles import ProfileForm
from interests.wording import ring_words, wish_words
from lib.amounts import said
from lib.sealing import Unsealable
from submissions.models import Submission

register = template.Library()


@register.filter
def wish(profile: ProfileForm) -> str:
    """The sentence of a search profile; "" while it says nothing."""
    return wish_words(profile.office, profile.reading.cleaned_data) if profile.is_bound else ""


@register.filter
def drawn(profile: ProfileForm) -> str:
    """The drawn area in words, or what is wrong with it; "" for none."""
    if not profile.is_bound:
        return ""
    wrong = profile.reading.errors.get("polygon")
    if wrong:
        return str(wrong[0])
    corners = profile.reading.cleaned_data.get("polygon")
    return ring_words(corners) if corners else ""


@register.filter
def ring(profile: ProfileForm) -> str | None:
    """The drawn area's corners as JSON, [[longitude, latitude]]; None while they cannot be read."""
    if not profile.is_bound:
        return "[]"
    corners = profile.reading.cleaned_data.get("polygon")
    return None if corners is None else json.dumps(corners)


@register.filter
def drawn_rings(submission: Submission) -> list[str]:
    """The areas drawn in the call that was frozen, as `ring`; none when it has been erased."""
    try:
        body = json.loads(submission.call.body or "{}")
    except Unsealable:
        return []
    polygons = (wish.get("polygon") for wish in body["lookingForAccommodations"])
    return [
        json.dumps([[corner["longitud"], corner["latitud"]] for corner in polygon[:-1]])
        for polygon in polygons
        if polygon
    ]


@register.simple_tag
def map_tiles() -> dict[str, str]:
    """Address and attribution of the tile server; both "" where there is none."""
    return {"url": settings.MAP_TILE_URL, "attribution": settings.MAP_TILE_ATTRIBUTION}


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
