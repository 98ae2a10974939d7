"""With which of an office's logins a call is made: its function group's own, else the office's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When

from connect.calls import Call, Reply
from connect.client import Client
from lib.prepared import Select, Slot
from offices.models import Credential, FunctionGroup, Office

# By the beginnings of the endpoints' keys. Meeting, Comeback, Appointment, User, Office and the
# contacts stand in one category of Vitec's help, Viewing and Interest in others.
_GROUPS = {
    "meetings.": FunctionGroup.CRM,
    "calendar_app.": FunctionGroup.CRM,
    "readback.": FunctionGroup.CRM,
    "lookups.": FunctionGroup.CRM,
    "lookups.areas": FunctionGroup.INTERESTS,
    "lookups.municipalities": FunctionGroup.INTERESTS,
    "lookups.extra_requirements": FunctionGroup.INTERESTS,
    "lookups.estates": FunctionGroup.ESTATES,
    "interests.": FunctionGroup.INTERESTS,
    "viewings.": FunctionGroup.VIEWINGS,
}


class NoCredential(Exception):
    """The office has no login for this at Vitec; an administrator must enter one."""


def group_of(endpoint: str) -> str:
    """The function group of an endpoint, by its key; "" for one that has none."""
    fitting = [beginning for beginning in _GROUPS if endpoint.startswith(beginning)]
    return _GROUPS[max(fitting, key=len)].value if fitting else ""


def with_login(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with an `office` and an `endpoint`, each with `login`: the user name, or None."""
    longest_first = sorted(_GROUPS.items(), key=lambda pair: -len(pair[0]))
    group = Case(
        *(
            When(endpoint__startswith=begin, then=Value(group.value))
            for begin, group in longest_first
        ),
        default=Value(""),
    )
    fitting = Credential.objects.filter(
        Q(group="") | Q(group=OuterRef("login_group")), office=OuterRef("office")
    )
    # A group's own comes before the office's, whose group is "".
    name = Subquery(fitting.order_by("-group").values("username")[:1])
    return rows.alias(login_group=group).annotate(login=name)


_OF_LOGIN = [field.attname for field in Credential._meta.concrete_fields]
_OF_OFFICE = Select(
    lambda: Credential.objects.filter(office=Slot.of(Credential, "office")).values_list(*_OF_LOGIN)
)


def _of_office(office: Office) -> list[Credential]:
    rows = _OF_OFFICE.all(office=office.pk)
    return [Credential.from_db("default", _OF_LOGIN, row) for row in rows]


class Logins:
    """The logins of an office as they stood when they were read; one query."""

    def __init__(self, office: Office, logins: Iterable[Credential] | None = None) -> None:
        if logins is None:
            logins = _of_office(office)
        self.office = office
        self._by_group: Mapping[str, Credential] = {login.group: login for login in logins}

    @classmethod
    def of_offices(cls, offices: Collection[Office]) -> dict[Office, Self]:
        """Those of each office; one query."""
        found: dict[int, list[Credential]] = {}
        for login in Credential.objects.filter(office__in=offices):
            found.setdefault(login.office_id, []).append(login)
        return {office: cls(office, found.get(office.pk, ())) for office in offices}

    def __bool__(self) -> bool:
        return bool(self._by_group)

    def all(self) -> list[Credential]:
        """Every one of them."""
        return list(self._by_group.values())

    def any(self) -> Credential:
        """One of them. Raises NoCredential."""
        if not self._by_group:
            raise NoCredential(self.office.customer_id)
        return self._by_group.get("") or next(iter(self._by_group.values()))

    def of(self, endpoint: str) -> Credential:
        """The login for an endpoint. Raises NoCredential."""
        found = self._by_group.get(group_of(endpoint)) or self._by_group.get("")
        if found is None:
            raise NoCredential(self.office.customer_id)
        return found

    def serve_alike(self, endpoint: str, others: Collection[str]) -> list[str]:
        """Those of the endpoints that have the same login, or like this one none.

        [""] where that is every one of them.
        """
        mine = self._key(endpoint)
        alike = [other for other in others if self._key(other) == mine]
        return [""] if len(alike) == len(others) else alike

    def served_by(self, login: Credential, endpoints: Collection[str]) -> list[str]:
        """Those of the endpoints that one of these logins is for; [""] where that is all."""
        theirs = [endpoint for endpoint in endpoints if self._key(endpoint) == login.pk]
        return [""] if len(theirs) == len(endpoints) else theirs

    def _key(self, endpoint: str) -> int | None:
        try:
            return self.of(endpoint).pk
        except NoCredential:
            return None


def the_same(login: Credential) -> list[Credential]:
    """Every office's that has the same user name and password, this one among them.

    The user name alone says nothing: it belongs to us, and each office has a password to it.
    """
    of_name = Credential.objects.filter(username=login.username).select_related("office")
    return [one for one in of_name if str(one.password) == str(login.password)]


class SignedByGroup(Client):
    """A client that makes each call with the login that is meant for it."""

    def __init__(self, *, logins: Logins, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.logins = logins

    def login(self, call: Call) -> tuple[str, str]:
        login = self.logins.of(call.endpoint)
        return login.username, str(login.password)

    def send(self, call: Call, **options: object) -> Reply:
        """As `Client.send`. Raises NoCredential, too, before anything is tried."""
        self.logins.of(call.endpoint)
        return super().send(call, **options)  # type: ignore[arg-type]
