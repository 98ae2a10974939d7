"""Vitec's enumerations. They travel by name; numbers are understood, unknown members are kept.

Names and numbers are those of Vitec's data model pages. No labels: those belong to the pages that
show them.
"""

from __future__ import annotations

import enum
import logging
from typing import Self, TypeVar

logger = logging.getLogger("connect")

UNKNOWN_LENGTH = 100

_reported: set[str] = set()


class VitecEnum(enum.StrEnum):
    """A closed set as Vitec lists it today. number: Vitec's, or None where none is documented."""

    number: int | None

    def __new__(cls, value: str, number: int | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.number = number
        return member


Member = TypeVar("Member", bound=VitecEnum)


def read(kind: type[Member], value: object) -> Member | str | None:
    """The member of that name (any case) or number; None for nothing; the text itself if unknown.

    An unknown member is logged once per enumeration and process, by the enumeration's name only.
    Never raises.
    """
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _text(value)
    for member in kind:
        if text.casefold() in (member.value.casefold(), str(member.number)):
            return member
    if kind.__name__ not in _reported:
        _reported.add(kind.__name__)
        logger.warning("Vitec sent an unknown %s", kind.__name__)
    return text[:UNKNOWN_LENGTH] or None


def _text(value: object) -> str:
    """What can be a name or a number; "" for structures, truth values and endless digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value).strip()
    except ValueError:
        return ""


class MeetingTypeCriteria(VitecEnum):
    """Which meetings a list holds. Left out, Vitec lists intake meetings only."""

    ASSIGNMENT = "Assignment", 1
    VIEWING = "Viewing", 2
    ALL = "All", 3


class MeetingType(VitecEnum):
    ASSIGNMENT = "Assignment", 0
    VIEWING = "Viewing", 1


class MeetingState(VitecEnum):
    BOOKED = "Booked", 0
    FOLLOWED_UP = "FollowedUp", 1
    NOT_RELEVANT = "NotRelevant", 2
    CANCELLED_BY_AGENT = "CancelledByAgent", 3
    CANCELLED_BY_CUSTOMER = "CancelledByCustomer", 4


class CommissionType(VitecEnum):
    """Kind of assignment (uppdragstyp)."""

    SALE = "Sale", 1
    VALUATION = "Valuation", 2
    WRITING = "Writing", 3


class MatchingWatched(VitecEnum):
    """Whether a contact wants to be matched against homes for sale."""

    YES = "Yes", 0
    NO = "No", 1
    NOT_ASKED = "NotAsked", 2


class ObtainThrough(VitecEnum):
    """How a person was informed under the data protection rules. Vitec's type: ObtainMethod."""

    INTEREST = "Interest", 0
    PHONE = "Phone", 1
    VISIT = "Visit", 2
    AGREEMENT = "Agreement", 3
    OTHER = "Other", 4
    EMAIL = "Email", 5
    NOT_ASKED = "NotAsked", 6


class RecurrencePattern(VitecEnum):
    DAILY = "Daily", 0
    WEEKLY = "Weekly", 1
    MONTHLY = "Monthly", 2
    YEARLY = "Yearly", 3


class DayOfWeek(VitecEnum):
    SUNDAY = "Sunday", 0
    MONDAY = "Monday", 1
    TUESDAY = "Tuesday", 2
    WEDNESDAY = "Wednesday", 3
    THURSDAY = "Thursday", 4
    FRIDAY = "Friday", 5
    SATURDAY = "Saturday", 6


class EstateType(VitecEnum):
    """Kind of a person's present home."""

    HOUSE = "House", 0
    ROW_HOUSE = "RowHouse", 1
    HOUSING_COOPERATIVE = "HousingCooperative", 2
    COTTAGE = "Cottage", 3
    PLOT = "Plot", 4
    AGRICULTURE_PROPERTY = "AgricultureProperty", 5
    TENANCY = "Tenancy", 6
    OTHER_HOUSING = "OtherHousing", 7
    COMMERCIAL_PROPERTY = "CommercialProperty", 8
    CONDOMINIUM = "Condominium", 9


class EstateClassType(VitecEnum):
    """Kind of a home that an extra requirement can be asked of."""

    HOUSE = "House", 0
    COTTAGE = "Cottage", 1
    HOUSING_COOPERATIVE = "HousingCooperative", 2
    CONDOMINIUM = "Condominium", 3
    FARM = "Farm", 4
    PLOT = "Plot", 5
    COMMERCIAL_PROPERTY = "CommercialProperty", 6
    PREMISES = "Premises", 7
    FOREIGN_PROPERTY = "ForeignProperty", 8


class Contacted(VitecEnum):
    """Follow-up of a viewing participant. Only names are known."""

    NO = "No"
    YES = "Yes"
    NOT_RELEVANT = "NotRelevant"


class ContactClassType(VitecEnum):
    """What a contact search found. Estate is a deceased's estate (dödsbo), not a home."""

    PERSON = "Person", 0
    COMPANY = "Company", 1
    ESTATE = "Estate", 2
    COMPANY_CONTACT = "CompanyContact", 3
