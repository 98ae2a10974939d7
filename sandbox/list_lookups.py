"""Reference lists: areas, municipalities, sources, categories, tasks, requirements, fields."""

from sandbox.calls import Answer, Call, ok
from sandbox.demo_lists import (
    ASSIGNMENT_SOURCES,
    COMPANY_CATEGORIES,
    CUSTOM_FIELDS,
    LEAD_SOURCES,
    MUNICIPALITIES,
    PERSON_CATEGORIES,
    REQUIREMENTS,
    TASKS,
)
from sandbox.store import Doc


def areas(call: Call) -> Answer:
    """GET Area/GetAreas: areas with names and polygons, archived ones too."""
    customer_id = call.query_customer()
    wanted = call.query.get("areaid")
    found = call.store.of("areas", customer_id)
    return ok([_area(doc) for doc in found if not wanted or doc["id"] == wanted])


def _area(doc: Doc) -> Doc:
    texts = ("generalAboutArea", "nearService", "communication", "parking", "other")
    return {
        "areaId": doc["id"],
        "archived": doc["archived"],
        "externalId": None,
        "areaName": doc["name"],
        "description": None,
        "showOnInternet": not doc["archived"],
        "surrounding": dict.fromkeys(texts),
        "county": doc["county"],
        "polygon": doc["polygon"],
        "polygonWGS84": doc["polygon"],
        "images": [],
        "dateChanged": doc["dateChanged"],
    }


def area_ids(call: Call) -> Answer:
    """GET Advertising/Area/{customerId}: a page of ids; ``count`` is the number of pages."""
    customer_id = call.customer()
    size = call.whole("PageSize", 100, 1, 300)
    index = call.whole("PageIndex", 0, 0, 1_000_000)
    found = [
        {"id": doc["id"], "changedAt": doc["dateChanged"], "customerId": customer_id}
        for doc in call.store.of("areas", customer_id)
        if not doc["archived"]
    ]
    return ok(
        {
            "index": index,
            "count": -(-len(found) // size),
            "totalRowCount": len(found),
            "rows": found[index * size : (index + 1) * size],
        }
    )


def area(call: Call) -> Answer:
    """GET Advertising/Area/{customerId}/{areaId}: the polygon as GeoJSON MultiPolygon."""
    doc = call.known("areas", call.params["areaId"], "Området")
    office = call.store.of("offices", call.customer())[0]
    ring = [[point["longitud"], point["latitud"]] for point in doc["polygon"]]
    texts = ("service", "communication", "area", "parking", "other")
    return ok(
        {
            "id": doc["id"],
            "name": doc["name"],
            "countyMunicipalityCode": doc["county"],
            "coordinates": [[ring]] if ring else [],
            "changedAt": doc["dateChanged"],
            "office": {"id": office["officeId"], "customerId": doc["customerId"]},
            "surroundings": dict.fromkeys(texts),
            "images": [],
        }
    )


def municipalities(call: Call) -> Answer:
    """GET Municipality?customerId=."""
    call.query_customer()
    wanted = call.query.get("id")
    return ok(
        [
            {"id": code, "name": name, "countyMunicipalityCode": code}
            for code, name in MUNICIPALITIES.items()
            if not wanted or wanted == code
        ]
    )


def lead_sources(call: Call) -> Answer:
    """GET CRM/Lead/{customerId}/LeadSources."""
    call.customer()
    return ok(LEAD_SOURCES)


def assignment_sources(call: Call) -> Answer:
    """GET CRM/Estate/{customerId}/AssignmentSources: ids are strings here, numbers in meetings."""
    call.customer()
    return ok([{"id": str(key), "description": name} for key, name in ASSIGNMENT_SOURCES.items()])


def categories(call: Call) -> Answer:
    """GET Category/GetCategories?customerId=."""
    call.query_customer()
    return ok({"companyCategories": COMPANY_CATEGORIES, "personCategories": PERSON_CATEGORIES})


def tasks(call: Call) -> Answer:
    """GET Task/GetTasks?customerId=."""
    call.query_customer()
    return ok(TASKS)


def requirements(call: Call) -> Answer:
    """GET IncreasedRequirement/{customerId}."""
    return ok([{"customerId": call.customer(), "increasedRequirements": REQUIREMENTS}])


def custom_fields(call: Call) -> Answer:
    """GET CustomField/Get?customerId=."""
    return ok([{"customerId": call.query_customer(), "fields": CUSTOM_FIELDS}])
