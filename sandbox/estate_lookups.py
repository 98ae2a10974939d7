"""Estates (objekt), as the version 1 list answers them: one list per kind of property."""

from datetime import datetime

from sandbox.calls import Answer, Call, ok
from sandbox.clock import read_moment
from sandbox.demo_lists import STATUSES
from sandbox.schemas import ESTATE_LIST
from sandbox.store import Doc
from sandbox.vocabulary import ESTATE_LISTS

# What a kind has besides the fields that all have.
_OWN_FIELDS = {
    "HousingCooperative": ("monthlyFee", "livingSpace", "rooms", "price"),
    "Plot": ("plotSize", "price"),
    "Project": (),
    "CommercialProperty": (),
    "Premises": (),
}
_DWELLING = ("livingSpace", "rooms", "price")


def estate_list(call: Call) -> Answer:
    """POST Estate/GetEstateList: one element per customer id."""
    criteria, checker = call.check(ESTATE_LIST)
    checker.done()
    given = criteria.get("customerId")
    customers = [call.customer(given)] if given else sorted(call.customers)
    return ok([_lists(call, criteria, customer_id) for customer_id in customers])


def _lists(call: Call, criteria: Doc, customer_id: str) -> Doc:
    lists: dict[str, list[Doc]] = {name: [] for name in ESTATE_LISTS.values()}
    viewings = call.store.of("viewings", customer_id)
    for doc in call.store.of("estates", customer_id):
        own = [viewing for viewing in viewings if viewing["estateId"] == doc["id"]]
        if _wanted(doc, criteria) and _in_time(doc, own, criteria):
            coming = criteria.get("onlyFutureViewings")
            lists[ESTATE_LISTS[doc["kind"]]].append(
                _row(doc, own, call.clock.now() if coming else None)
            )
    return {"customerId": customer_id, **lists}


def _wanted(doc: Doc, criteria: Doc) -> bool:
    statuses = {status.get("id") for status in criteria.get("statuses") or [] if status}
    code = criteria.get("countyMunicipalityCode")
    return (
        criteria.get("userId") in (None, "", doc["brokerId"])
        and (not criteria.get("type") or doc["kind"] in criteria["type"])
        and (not statuses or doc["status"]["id"] in statuses)
        and (not code or doc["countyMunicipalityCode"].startswith(code))
    )


def _in_time(doc: Doc, viewings: list[Doc], criteria: Doc) -> bool:
    kind = criteria.get("typeOfDate") or "None"
    least, most = criteria.get("dateFrom"), criteria.get("dateTo")
    moments = {
        "DateChanged": [doc["dateChanged"]],
        "SignatureDate": [doc["signatureDate"]],
        "ViewingDate": [viewing["startsAt"] for viewing in viewings],
    }.get(kind)
    if moments is None:
        return kind == "None"
    return any(_between(least, read_moment(text), most) for text in moments)


def _between(least: datetime | None, moment: datetime, most: datetime | None) -> bool:
    return (least is None or least <= moment) and (most is None or moment <= most)


def _row(doc: Doc, viewings: list[Doc], after: datetime | None) -> Doc:
    times = [
        {"startTime": viewing["startsAt"], "endTime": viewing["endsAt"]}
        for viewing in viewings
        if after is None or read_moment(viewing["endsAt"]) >= after
    ]
    own = {name: doc[name] for name in _OWN_FIELDS.get(doc["kind"], _DWELLING)}
    common = ("id", "status", "customerId", "areaName", "dateChanged", "streetAddress")
    return {
        **own,
        **{name: doc[name] for name in common},
        "coordinate": doc["coordinate"],
        "shortSaleDescription": None,
        "viewingsList": sorted(times, key=lambda row: row["startTime"]),
        "bidding": doc["status"]["id"] == "3",
        "objectNumber": doc["objectNumber"],
        "mainImage": None,
    }


def statuses(call: Call) -> Answer:
    """POST Estate/GetStatuses?customerId=."""
    call.query_customers()
    return ok([{"id": key, "name": name} for key, name in STATUSES.items()])
