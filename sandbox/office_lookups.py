"""Offices, office groups, staff and user groups."""

from sandbox.calls import Answer, Call, ok
from sandbox.store import Doc


def get_office(call: Call) -> Answer:
    """GET Office/GetOffice: the offices of a customer id; both ids and the names."""
    customer_id = call.query_customer()
    wanted = call.query.get("officeid")
    return ok(
        [
            doc
            for doc in call.store.of("offices", customer_id)
            if not wanted or doc["officeId"] == wanted
        ]
    )


def office_groups(call: Call) -> Answer:
    """GET CRM/Officegroups/{customerId}: groups with the office ids in them."""
    call.customer()
    found: dict[str, Doc] = {}
    for office in call.store.all("offices"):
        for group in office["groups"]:
            entry = found.setdefault(group["id"], {**group, "offices": []})
            entry["offices"].append({"id": office["officeId"]})
    return ok(list(found.values()))


def public_users(call: Call) -> Answer:
    """GET User/GetUser: public users, bank account fields included as in the real answer."""
    return ok([user for user in _users(call) if user["public"]])


def all_users(call: Call) -> Answer:
    """GET User/GetAllUsers: assistants and bookers too."""
    return ok(_users(call))


def _users(call: Call) -> list[Doc]:
    customers = set(call.query_customers())
    user_id = call.query.get("userid")
    text = call.query.get("searchtext", "").casefold()
    return [
        user
        for user in call.store.all("users")
        if customers & set(user["customerId"])
        and user_id in (None, "", user["userId"])
        and text in f"{user['userName']} {user['title']}".casefold()
    ]


def user_groups(call: Call) -> Answer:
    """GET CRM/Usergroups/{customerId}."""
    customer_id = call.customer()
    return ok([g for g in call.store.all("groups") if customer_id in g["customerIds"]])
