"""The person of a write in words, for the person who sends it and for the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext

from lib.personal_numbers import masked
from offices import choices
from offices.models import Office
from offices.person_form import OBTAIN_THROUGH, PREFIX, with_unseen
from offices.pickers import Choice


class Said(NamedTuple):
    """What it is called, what it says, and in full what that masks."""

    label: str
    value: str
    full: str = ""


def person_words(office: Office, data: Mapping[str, Any]) -> list[Said]:
    """All that was entered of the person but the name.

    data: cleaned_data of a form with PersonFields.
    """
    said = [
        *_reached(with_unseen(office, data)),
        *_informed(data),
        *_about(office, data),
        *_task(office, data),
    ]
    return [line for line in said if line.value]


def _reached(data: Mapping[str, Any]) -> list[Said]:
    place = " ".join(part for part in (_of(data, "zip_code"), _of(data, "city")) if part)
    address = [_of(data, "street_address"), place, _of(data, "country_code")]
    return [
        Said(gettext("Mobile"), _of(data, "cell_phone")),
        Said(gettext("Home phone"), _of(data, "tele_phone")),
        Said(gettext("Work phone"), _of(data, "work_phone")),
        Said(gettext("Another phone"), _of(data, "other_phone")),
        Said(gettext("E-mail"), _of(data, "email_address")),
        Said(gettext("Another e-mail"), _of(data, "email_address2")),
        Said(gettext("Address"), ", ".join(part for part in address if part)),
        Said(gettext("Position of the home"), _position(data)),
        _number(data),
    ]


def _informed(data: Mapping[str, Any]) -> list[Said]:
    return [
        Said(gettext("Informed of GDPR on"), _day(_of(data, "gdpr_approval_date"))),
        Said(gettext("Informed of GDPR through"), _through(_of(data, "obtain_through"))),
        Said(gettext("Wants advertising"), _answer(_of(data, "wish_advertising"))),
        Said(gettext("PUL approval"), _answer(_of(data, "approval"))),
        Said(gettext("PUL approval on"), _day(_of(data, "approval_date"))),
    ]


def _about(office: Office, data: Mapping[str, Any]) -> list[Said]:
    categories = _named(choices.categories, office, *(_of(data, "category_ids") or []))
    field = _named(choices.custom_fields, office, _of(data, "custom_field-name"))
    score = _of(data, "lead_score")
    return [
        Said(gettext("Note about the person"), _of(data, "note")),
        Said(gettext("Categories"), categories),
        Said(gettext("The person's broker"), _colleague(office, _of(data, "user_id"))),
        Said(gettext("Lead score"), "★" * score if score else ""),
        Said(field or gettext("Custom field"), _of(data, "custom_field-value")),
    ]


def _task(office: Office, data: Mapping[str, Any]) -> list[Said]:
    assigned = _colleague(office, _of(data, "task-assigned_to"))
    return [
        Said(gettext("Task"), _named(choices.tasks, office, _of(data, "task-predefined_task_id"))),
        Said(gettext("Task is done by"), assigned),
        Said(
            gettext("Task is about the property"),
            _named(choices.estates, office, _of(data, "task-estate_id")),
        ),
        Said(gettext("Note on the task"), _of(data, "task-note")),
    ]


def _of(data: Mapping[str, Any], name: str) -> Any:
    """ "" where the form has no such field."""
    value = data.get(PREFIX + name)
    return "" if value is None else value


def _named(offered: Callable[[Office], list[Choice]], office: Office, *ids: str) -> str:
    """The names of these ids, each its id where the directory has forgotten it."""
    wanted = [vitec_id for vitec_id in ids if vitec_id]
    if not wanted:
        return ""
    names = {choice.value: str(choice.label) for choice in offered(office)}
    return ", ".join(names.get(vitec_id, vitec_id) for vitec_id in wanted)


def _colleague(office: Office, user_id: str) -> str:
    return _named(choices.colleagues, office, user_id)


def _number(data: Mapping[str, Any]) -> Said:
    number = _of(data, "social_security_number")
    label = gettext("Personal number")
    if not number:
        return Said(label, "")
    if _of(data, "is_foreign_social_security_number"):
        return Said(label, gettext("Foreign number, not shown"), number)
    return Said(label, masked(number), number)


def _position(data: Mapping[str, Any]) -> str:
    latitude, longitude = (_of(data, f"coordinate-{name}") for name in ("latitude", "longitude"))
    return f"{latitude}, {longitude}" if latitude != "" and longitude != "" else ""


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _answer(chosen: str) -> str:
    return {"yes": gettext("Yes"), "no": gettext("No")}.get(chosen, "")


def _through(chosen: str) -> str:
    return str(dict(OBTAIN_THROUGH)[chosen]) if chosen else ""
