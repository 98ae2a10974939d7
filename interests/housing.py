"""Kinds of homes, in Vitec's three vocabularies: of a wish, of a present home, of a requirement."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.enums import EstateClassType, EstateType


@dataclasses.dataclass(frozen=True)
class Housing:
    """A kind of home that can be wished for.

    field: ours, flag: Vitec's. word: as it stands within a sentence. classes: what requirements
    call it; Vitec lists no class of its own for some, so theirs are our reading (unverified).
    """

    field: str
    flag: str
    label: Any
    word: Any
    classes: frozenset[EstateClassType]


def _housing(field: str, flag: str, label: Any, word: Any, *classes: EstateClassType) -> Housing:
    return Housing(field, flag, label, word, frozenset(classes))


USUAL = (
    _housing(
        "housing_cooperative",
        "housingCooperative",
        _("Housing cooperative"),
        pgettext_lazy("wished for", "housing cooperative flat"),
        EstateClassType.HOUSING_COOPERATIVE,
    ),
    _housing(
        "house",
        "house",
        _("House"),
        pgettext_lazy("wished for", "house"),
        EstateClassType.HOUSE,
    ),
    _housing(
        "row_house",
        "rowHouse",
        _("Terraced house"),
        pgettext_lazy("wished for", "terraced house"),
        EstateClassType.HOUSE,
        EstateClassType.HOUSING_COOPERATIVE,
    ),
)
OTHERS = (
    _housing(
        "tenancy",
        "tenancy",
        _("Rented flat"),
        pgettext_lazy("wished for", "rented flat"),
    ),
    _housing(
        "cottage",
        "cottage",
        _("Holiday home"),
        pgettext_lazy("wished for", "holiday home"),
        EstateClassType.COTTAGE,
    ),
    _housing(
        "plot",
        "plot",
        _("Plot"),
        pgettext_lazy("wished for", "plot"),
        EstateClassType.PLOT,
    ),
    _housing(
        "farm",
        "farm",
        _("Farm"),
        pgettext_lazy("wished for", "farm"),
        EstateClassType.FARM,
    ),
    _housing(
        "premises",
        "premises",
        _("Commercial premises"),
        pgettext_lazy("wished for", "commercial premises"),
        EstateClassType.PREMISES,
        EstateClassType.COMMERCIAL_PROPERTY,
    ),
    _housing(
        "other_housing",
        "otherHousing",
        _("Other home"),
        pgettext_lazy("wished for", "other home"),
        EstateClassType.CONDOMINIUM,
    ),
)
HOUSINGS = (*USUAL, *OTHERS)

ABROAD = "foreign_property"

PRESENT_HOMES = [
    ("", _("Not stated")),
    (EstateType.HOUSING_COOPERATIVE, _("Housing cooperative")),
    (EstateType.HOUSE, _("House")),
    (EstateType.ROW_HOUSE, _("Terraced house")),
    (EstateType.TENANCY, _("Rented flat")),
    (EstateType.CONDOMINIUM, _("Owner-occupied flat")),
    (EstateType.COTTAGE, _("Holiday home")),
    (EstateType.PLOT, _("Plot")),
    (EstateType.AGRICULTURE_PROPERTY, _("Farm")),
    (EstateType.COMMERCIAL_PROPERTY, _("Commercial property")),
    (EstateType.OTHER_HOUSING, _("Other home")),
]


def fields_with(classes: Iterable[str]) -> list[str]:
    """The fields of a wish under which a requirement of these classes makes sense.

    Without classes, or with none that we know of, every field: then Vitec decides.
    """
    wanted = frozenset(classes)
    every = [housing.field for housing in HOUSINGS]
    known = [housing.field for housing in HOUSINGS if housing.classes & wanted]
    if EstateClassType.FOREIGN_PROPERTY in wanted:
        known.append(ABROAD)
    return known or [*every, ABROAD]
