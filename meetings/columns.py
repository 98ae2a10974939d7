"""The columns that a list of meetings can have, and which of them a person has chosen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.enums import CommissionType

COMMISSION_LABELS = {
    CommissionType.SALE.value: pgettext_lazy("commission", "Sale"),
    CommissionType.VALUATION.value: pgettext_lazy("commission", "Valuation"),
    CommissionType.WRITING.value: pgettext_lazy("commission", "Writing"),
}


@dataclasses.dataclass(frozen=True)
class Column:
    """One column.

    key: its name in addresses. form: how it is drawn: `own` has a place of its own in
    `jinja2/meetings/rows.html`, the others show `value` as a text, a moment, a day or an amount.
    amount: for those alone who may see amounts.
    """

    key: str
    label: Any
    form: str = "text"
    value: Callable[[Any], Any] = str
    amount: bool = False


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda meeting: getattr(meeting, name)


ALL = {
    column.key: column
    for column in (
        Column("time", _("Time"), "own"),
        Column("person", _("Person"), "own"),
        Column("phone", _("Phone"), "own"),
        Column("broker", _("Broker"), "own"),
        Column("state", _("State"), "own"),
        Column("next_step", _("Next step"), "own"),
        Column("type", _("Type"), value=_attribute("type_label")),
        Column("address", _("Address"), value=_attribute("address")),
        Column("booked", _("Booked"), "moment", _attribute("booked_date")),
        Column("booker", _("Booked by"), value=_attribute("booked_by_name")),
        Column("source", _("Source"), value=_attribute("source")),
        Column("estate_status", _("Property status"), value=_attribute("estate_status")),
        Column("office", _("Office"), value=_attribute("office")),
        Column("cancelled_by", _("Cancelled by"), value=_attribute("cancelled_by")),
        Column("signed", _("Assignment date"), "day", _attribute("signature_date")),
        Column("access", _("Possession date"), "day", _attribute("access_date")),
        Column(
            "commission_type",
            _("Assignment type"),
            value=lambda meeting: COMMISSION_LABELS.get(
                meeting.commission_type, meeting.commission_type
            ),
        ),
        Column(
            "commission",
            _("Commission without tax"),
            "amount",
            _attribute("commission"),
            amount=True,
        ),
        Column("id", _("Meeting id"), value=_attribute("vitec_id")),
    )
}
DEFAULT = ("time", "person", "phone", "broker", "state")
# A row without a name is nobody's.
ALWAYS = "person"


def read(text: str) -> list[str]:
    """The keys of an address's text such as `time.person.state`, each once; what is unknown is
    passed over, and the person is always among them.
    """
    return chosen(text.split("."))


def chosen(keys: Iterable[str]) -> list[str]:
    """Those that there are, each once and in order; the default for none."""
    found = [key for key in dict.fromkeys(keys) if key in ALL]
    if not found:
        return list(DEFAULT)
    return found if ALWAYS in found else [ALWAYS, *found]


def said(keys: Iterable[str]) -> str:
    """As it stands in an address."""
    return ".".join(keys)


def shown(keys: Iterable[str], *, amounts: bool) -> list[Column]:
    """The columns of these keys that the person may see."""
    return [ALL[key] for key in keys if amounts or not ALL[key].amount]
