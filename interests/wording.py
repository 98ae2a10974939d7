"""An area interest in words: a sentence a search profile, for the page, the list and the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from interests.forms import PRESENT, WATCHED
from interests.housing import ABROAD, HOUSINGS, PRESENT_HOMES
from interests.models import Area, ExtraRequirement
from interests.places import kommun_at, lan, places
from interests.profiles import PREFIX
from lib import polygons
from lib.amounts import said
from lib.polygons import Ring
from offices.models import Office
from offices.person_form import person_name
from offices.person_words import person_words
from submissions.kinds import Line


def describe_interest(office: Office, data: Mapping[str, Any]) -> list[Line]:
    """Who, what is looked for, the present home, then what is written of the person.

    The first two lines stand in lists, so they hold a name and a wish, and no number.
    """
    lines = [Line(gettext("Person"), person_name(office, data))]
    for number, profile in enumerate(data[PREFIX], 1):
        lines += _profile_lines(office, profile, number if len(data[PREFIX]) > 1 else 0)
    if present := present_words(data):
        lines.append(Line(gettext("Present home"), present))
    lines.append(Line(gettext("To be matched with homes"), str(dict(WATCHED)[data["watched"]])))
    if data["notify_user"]:
        lines.append(Line(gettext("Message"), gettext("The person's broker is told")))
    return lines + [Line(*said) for said in person_words(office, data)]


def _profile_lines(office: Office, data: Mapping[str, Any], number: int) -> list[Line]:
    label = gettext("Search profile")
    lines = [Line(f"{label} {number}" if number else label, wish_words(office, data))]
    if ring := data["polygon"]:
        lines.append(Line(gettext("Drawn area"), ring_words(ring)))
    if data["special_request"]:
        lines.append(Line(gettext("Special wishes"), data["special_request"]))
    if data["id"]:
        lines.append(Line(gettext("Id of the preference at Vitec"), data["id"]))
    return lines


def wish_words(office: Office, data: Mapping[str, Any]) -> str:
    """`Söker bostadsrätt eller radhus i Stockholms län, 3–4 rum, 3 000 000–4 500 000 kr, …`.

    data: a profile's cleaned_data, also an incomplete one; "" while it says nothing.
    """
    kinds = [str(kind.word) for kind in HOUSINGS if data.get(kind.field)]
    where = _where(office, data)
    facts = [_range(data, name) for name in ("number_of_rooms", "price", "living_space")]
    facts += [_plot(data), _requirements(office, data)]
    rest = [fact for fact in facts if fact]
    if not kinds and not where and not rest:
        return ""
    what = either(kinds) if kinds else pgettext("wished for", "home")
    first = gettext("Looking for %s") % what + (f" {where}" if where else "")
    sentence = ", ".join([first, *rest]) + "."
    if not data.get("active", True):
        sentence += " " + gettext("It rests: no homes are matched to it.")
    return sentence


def either(words: Sequence[str]) -> str:
    """`a, b eller c`."""
    return _joined(words, pgettext("a, b or c", "or"))


def both(words: Sequence[str]) -> str:
    """`a, b och c`."""
    return _joined(words, pgettext("a, b and c", "and"))


def _joined(words: Sequence[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _where(office: Office, data: Mapping[str, Any]) -> str:
    """`i Stockholms län och ett ritat område på 2,3 km² vid Sundbyberg`; or `utomlands (ES)`."""
    drawn = [_drawn(ring)] if (ring := data.get("polygon")) else []
    if data.get(ABROAD):
        country = data.get("country_code")
        abroad = gettext("abroad") + (f" ({country})" if country else "")
        return f"{abroad}, {both(drawn)}" if drawn else abroad
    names = [*_county_names(data.get("counties") or []), *_area_names(office, data)]
    return gettext("in %s") % both([*names, *drawn]) if names or drawn else ""


def _county_names(codes: Iterable[str]) -> list[str]:
    known = places()
    return [known[code].name for code in codes]


def _area_names(office: Office, data: Mapping[str, Any]) -> list[str]:
    ids = data.get("area_ids") or []
    found = dict(
        Area.objects.filter(office=office, vitec_id__in=ids).values_list("vitec_id", "name")
    )
    return [found.get(vitec_id, vitec_id) for vitec_id in ids]


def _drawn(ring: Ring) -> str:
    values = {"area": _square_kilometres(ring), "place": kommun_at(polygons.middle(ring)).name}
    if _is_abroad(ring):
        return gettext("a drawn area of %(area)s") % values
    return gettext("a drawn area of %(area)s near %(place)s") % values


def ring_words(ring: Ring) -> str:
    """`2,3 km², 6 hörn, mitt 59,3612, 17,9713, i Sundbyberg`: an area without a map."""
    longitude, latitude = polygons.middle(ring)
    corners = ngettext("%d corner", "%d corners", len(ring)) % len(ring)
    middle = gettext("middle %(latitude)s, %(longitude)s") % {
        "latitude": f"{latitude:.4f}",
        "longitude": f"{longitude:.4f}",
    }
    parts = [_square_kilometres(ring), corners, middle]
    if not _is_abroad(ring):
        parts.append(gettext("near %s") % kommun_at((longitude, latitude)).name)
    return ", ".join(parts)


def _is_abroad(ring: Ring) -> bool:
    return not any(place.contains(polygons.middle(ring)) for place in lan().values())


def _square_kilometres(ring: Ring) -> str:
    """Two figures that matter, and never nought."""
    area = polygons.area_km2(ring)
    decimals = 0 if area >= 10 else 1 if area >= 1 else 2
    return said(max(Decimal(str(round(area, decimals))), Decimal("0.01")), "km²")


def _range(data: Mapping[str, Any], name: str) -> str:
    least, most = data.get(f"{name}-min"), data.get(f"{name}-max")
    unit = {"living_space": "m²", "plot_area": "m²", "price": "kr"}.get(name, "")
    unit = unit or _rooms(most if most is not None else least)
    if least is not None and most is not None and least < most:
        return f"{said(least, '')}–{said(most, unit)}"
    if least is not None and most is not None:
        return said(most, unit)
    if least is not None:
        return gettext("at least %s") % said(least, unit)
    return gettext("at most %s") % said(most, unit) if most is not None else ""


def _rooms(amount: Decimal | None) -> str:
    return ngettext("room", "rooms", 1 if amount == 1 else 2)


def _plot(data: Mapping[str, Any]) -> str:
    found = _range(data, "plot_area")
    return gettext("a plot of %s") % found if found else ""


def _requirements(office: Office, data: Mapping[str, Any]) -> str:
    ids = data.get("increased_requirement_ids") or []
    rows = ExtraRequirement.objects.filter(office=office, vitec_id__in=ids)
    found = dict(rows.values_list("vitec_id", "text"))
    texts = [found.get(vitec_id, vitec_id) for vitec_id in ids]
    return gettext("with %s") % both([text[:1].lower() + text[1:] for text in texts]) if ids else ""


def present_words(data: Mapping[str, Any]) -> str:
    """`Bostadsrätt, 2 rum, 55 m², 2 500 000 kr`; "" for none."""
    kind = data[PRESENT + "estate_type"]
    rooms, space, price = (
        data[PRESENT + name] for name in ("number_of_rooms", "living_space", "price")
    )
    point = data[PRESENT + "coordinate"]
    parts = [
        str(dict(PRESENT_HOMES)[kind]) if kind else "",
        said(rooms, _rooms(rooms)) if rooms is not None else "",
        said(space, "m²") if space is not None else "",
        said(price) if price is not None else "",
        f"{point[1]:.4f}, {point[0]:.4f}" if point else "",
        data[PRESENT + "other"],
    ]
    return ", ".join(part for part in parts if part)
