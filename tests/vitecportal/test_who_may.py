"""Who may do what at every address there is, as a table. A new address fails until it has its line.

May: the answer is neither "not for you" (403), "not here" (404), nor the sign-in.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts import invitations
from meetings.models import SavedView
from notices.models import Notice, What
from offices import protected
from offices.models import Membership, Office, Role, User
from offices.person_marks import Marks
from privacy import erasing
from privacy.models import Inquiry, Who
from privacy.views import token_of
from submissions import drafts
from submissions.batches import submit_batch
from submissions.kinds import all_kinds, find_kind
from submissions.models import Pause, Submission
from tests.factories import (
    make_colleague,
    make_contact,
    make_meeting,
    make_slot,
    make_submission,
    make_user,
)
from tests.submissions.test_batches import wish
from tests.test_every_kind import EXAMPLES, read
from tests.vitecportal.test_urls import ADDRESSES

STRANGER = "stranger"
WITHOUT_OFFICE = "without an office"
NEIGHBOUR = "neighbour"
BOOKER, ASSISTANT, BROKER, MANAGER, ADMINISTRATOR = (role.value for role in Role)
SUPERUSER = "superuser"

DECIDE = {MANAGER, ADMINISTRATOR, SUPERUSER}
OFFICE = {BOOKER, ASSISTANT, BROKER, *DECIDE}
STAFF = {NEIGHBOUR, *OFFICE}
PRIVACY = {ADMINISTRATOR, SUPERUSER}
INVITE = {ADMINISTRATOR, SUPERUSER}
SIGNED_IN = {WITHOUT_OFFICE, *STAFF}
ANYBODY = {STRANGER, *SIGNED_IN}
NOBODY: set[str] = set()


class Things(dict[str, Any]):
    """What the world holds; what takes longer to make is made when somebody asks for it."""

    makers: dict[str, Callable[[], Any]]

    def __missing__(self, name: str) -> Any:
        self[name] = self.makers[name]()
        return self[name]


def sent(user: User, example: str) -> Submission:
    """A submission as the golden pair of this name posts it."""
    [path] = [path for path in EXAMPLES if path.stem == example]
    golden = read(path)
    client = Client()
    client.force_login(user)
    kind = find_kind(golden["kind"])
    assert kind is not None
    client.post(reverse(kind.url_name), {**golden["posted"], "form_token": str(uuid.uuid4())})
    return Submission.objects.get(kind=kind.key)


@dataclasses.dataclass
class World:
    """One office with people in every role, a neighbour, and something of each sort."""

    people: dict[str, User]
    office: Office
    things: dict[str, Any]

    browsers: dict[str, Client] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, user in self.people.items():
            self.browsers[role] = Client()
            self.browsers[role].force_login(user)
        self.browsers[STRANGER] = Client()

    def client(self, role: str) -> Client:
        """A browser in which this person has signed in, whatever was done in it since."""
        client = Client(raise_request_exception=False)
        client.cookies = copy.deepcopy(self.browsers[role].cookies)
        return client


@dataclasses.dataclass(frozen=True)
class Rule:
    """Who may look (GET) and who may act (POST) there; None where the method does not exist.

    about: the arguments of the address, out of the world's things.
    """

    look: set[str] | None
    act: set[str] | None = None
    about: Callable[[dict[str, Any]], list[Any]] = lambda things: []
    posted: dict[str, str] = dataclasses.field(default_factory=dict)


def submission(things: dict[str, Any]) -> list[Any]:
    return [things["submission"].code]


def meeting(things: dict[str, Any]) -> list[Any]:
    return [things["meeting"].pk]


def slot(things: dict[str, Any]) -> list[Any]:
    return [things["slot"].pk]


def batch(things: dict[str, Any]) -> list[Any]:
    return [things["batch"].code]


def inquiry(things: dict[str, Any]) -> list[Any]:
    return [things["inquiry"].code]


def erasure(things: dict[str, Any]) -> list[Any]:
    return [things["erasure"].code]


RULES: dict[str, Rule] = {
    "home": Rule(SIGNED_IN),
    "healthz": Rule(ANYBODY),
    # From this machine, which a test is; tests/metrics has the others.
    "metrics": Rule(ANYBODY),
    "set_language": Rule(ANYBODY, ANYBODY),
    # The door.
    "account_login": Rule(ANYBODY, ANYBODY),
    "account_logout": Rule(None, ANYBODY),
    "account_inactive": Rule(ANYBODY),
    "account_reset_password": Rule(ANYBODY, ANYBODY),
    "account_reset_password_done": Rule(ANYBODY),
    "account_reset_password_from_key": Rule(ANYBODY, ANYBODY, lambda things: ["1", "x"]),
    "account_reset_password_from_key_done": Rule(ANYBODY),
    "mfa_authenticate": Rule(ANYBODY, ANYBODY),
    "mfa_login_webauthn": Rule(ANYBODY, ANYBODY),
    # No sign-in service is set up here: tests/accounts/test_single_sign_on.py has one.
    "openid_connect_login": Rule(NOBODY, NOBODY, lambda things: ["entra"]),
    "openid_connect_callback": Rule(NOBODY, NOBODY, lambda things: ["entra"]),
    # One's own account.
    "account_reauthenticate": Rule(SIGNED_IN, SIGNED_IN),
    "account_change_password": Rule(SIGNED_IN, SIGNED_IN),
    "account_set_password": Rule(SIGNED_IN, SIGNED_IN),
    "usersessions_list": Rule(SIGNED_IN, SIGNED_IN),
    "socialaccount_connections": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_index": Rule(SIGNED_IN),
    "mfa_reauthenticate": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate_webauthn": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_activate_totp": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": Rule(NOBODY, NOBODY),
    "mfa_view_recovery_codes": Rule(NOBODY),
    "mfa_generate_recovery_codes": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_list_webauthn": Rule(SIGNED_IN),
    "mfa_add_webauthn": Rule(SIGNED_IN, SIGNED_IN),
    "mfa_remove_webauthn": Rule(SIGNED_IN, SIGNED_IN, lambda things: [1]),
    "mfa_edit_webauthn": Rule(SIGNED_IN, SIGNED_IN, lambda things: [1]),
    "accounts:token": Rule(SIGNED_IN),
    "accounts:back": Rule(SIGNED_IN),
    "accounts:go_on": Rule(SIGNED_IN),
    # Coming in by an invitation, and inviting.
    "accounts:open_invitation": Rule(ANYBODY, None, lambda things: ["x"]),
    "accounts:join": Rule(ANYBODY, ANYBODY),
    "accounts:people": Rule(DECIDE, INVITE),
    "accounts:withdraw": Rule(None, INVITE, lambda things: [things["invitation"].pk]),
    "accounts:remove": Rule(None, DECIDE, lambda things: [things["place"].pk]),
    # Offices and people.
    "offices:choose": Rule(None, OFFICE, posted={"office": "M30011"}),
    "offices:find_contacts": Rule(None, STAFF),
    "offices:quick_search": Rule(None, STAFF),
    "offices:known_people": Rule(None, STAFF),
    "offices:disclosures": Rule(PRIVACY, PRIVACY),
    "offices:protected": Rule(PRIVACY, PRIVACY),
    "offices:show_again": Rule(None, PRIVACY, lambda things: [things["hidden"].pk]),
    # Sending.
    "submissions:list": Rule(SIGNED_IN),
    "submissions:uncertain": Rule(SIGNED_IN),
    "submissions:decide_many": Rule(None, SIGNED_IN),
    "submissions:look_at_vitec": Rule(None, SIGNED_IN),
    "submissions:detail": Rule(OFFICE, None, submission),
    "submissions:status": Rule(OFFICE, None, submission),
    "submissions:cancel": Rule(None, OFFICE, submission),
    "submissions:send_now": Rule(None, OFFICE, submission),
    "submissions:decide": Rule(None, DECIDE, submission),
    "submissions:reveal": Rule(None, DECIDE, submission),
    "notices:list": Rule(SIGNED_IN),
    "notices:read": Rule(None, SIGNED_IN),
    "notices:letters": Rule(None, SIGNED_IN),
    "notices:open": Rule(None, {BOOKER}, lambda things: [things["notice"].pk]),
    "submissions:pauses": Rule(
        SIGNED_IN, DECIDE, posted={"office": "M30011", "endpoint": "everything", "reason": "x"}
    ),
    "submissions:end_pause": Rule(None, DECIDE, lambda things: [things["pause"].pk]),
    "submissions:look": Rule(None, STAFF, lambda things: ["meetings.create_comeback"]),
    "submissions:forget_draft": Rule(None, {BOOKER}, lambda things: [things["draft"].code]),
    "submissions:batch": Rule(OFFICE, None, batch),
    "submissions:batch_status": Rule(OFFICE, None, batch),
    "submissions:batch_act": Rule(None, OFFICE, lambda things: [*batch(things), "pause"]),
    # The daily work.
    "meetings:list": Rule(STAFF, SIGNED_IN),
    "meetings:views": Rule(STAFF),
    "meetings:new_view": Rule(STAFF, STAFF),
    "meetings:start_with": Rule(None, STAFF),
    "meetings:change_view": Rule(None, {BOOKER}, lambda things: [things["view"].pk]),
    "meetings:columns": Rule(STAFF, STAFF),
    "meetings:many": Rule(None, STAFF, posted={"kind": "meetings.create_comeback"}),
    "meetings:freshness": Rule(STAFF),
    "meetings:fetch_now": Rule(None, STAFF),
    "meetings:figures": Rule(DECIDE, DECIDE),
    "meetings:export": Rule(None, DECIDE),
    "meetings:seen": Rule(None, STAFF),
    "meetings:meeting": Rule(OFFICE, None, meeting),
    "meetings:compare": Rule(OFFICE, None, meeting),
    "meetings:inline_comeback": Rule(OFFICE, OFFICE, meeting),
    "meetings:inline_sent": Rule(
        OFFICE, OFFICE, lambda things: [*meeting(things), things["submission"].code]
    ),
    "meetings:new_comeback": Rule(STAFF, STAFF),
    "meetings:comeback_about": Rule(None, STAFF),
    "meetings:read_day": Rule(None, SIGNED_IN),
    "viewings:list": Rule(STAFF),
    "viewings:show": Rule(OFFICE, None, lambda things: [things["viewing"].pk]),
    "viewings:afterwards": Rule(OFFICE, None, lambda things: [things["viewing"].pk]),
    "viewings:impress": Rule(
        None,
        OFFICE,
        lambda things: [things["slot"].pk],
        posted={"who": "cADR1", "interest": "great"},
    ),
    "viewings:send_to_many": Rule(
        None, OFFICE, slot, posted={"kind": "meetings.create_comeback", "interest": "great"}
    ),
    "viewings:living": Rule(OFFICE, None, lambda things: [things["viewing"].pk]),
    "viewings:undo": Rule(
        None, OFFICE, lambda things: [things["viewing"].pk, things["participant"].code]
    ),
    "viewings:visitor_list": Rule(OFFICE, OFFICE, slot),
    "viewings:register": Rule(None, OFFICE, slot),
    "viewings:known_people": Rule(None, OFFICE, slot),
    "viewings:take_back": Rule(
        None, OFFICE, lambda things: [things["slot"].pk, things["participant"].code]
    ),
    "viewings:new_participant": Rule(STAFF, STAFF),
    "interests:new_interest": Rule(STAFF, STAFF),
    "interests:areas": Rule(STAFF),
    "interests:change_profiles": Rule(None, STAFF),
    "interests:read_back": Rule(None, STAFF),
    "calendar_app:calendar": Rule(STAFF),
    "calendar_app:event_file": Rule(OFFICE, None, lambda things: [things["event"].code]),
    "calendar_app:new_appointment": Rule(STAFF, STAFF),
    "calendar_app:preview_appointment": Rule(None, STAFF),
    # Personal data: by a right of its own; an extract is for the one who asked for it alone.
    "privacy:people": Rule(PRIVACY, PRIVACY),
    "privacy:keeping": Rule(PRIVACY),
    "privacy:confirm": Rule(None, {SUPERUSER}, posted={"rule": "submissions.drafts"}),
    "privacy:open": Rule(None, PRIVACY, posted={"who": token_of(Who("Anna", Marks()))}),
    "privacy:lift": Rule(None, PRIVACY),
    "privacy:person": Rule({ADMINISTRATOR}, {ADMINISTRATOR}, inquiry),
    "privacy:json": Rule({ADMINISTRATOR}, None, inquiry),
    "privacy:ask": Rule(None, {ADMINISTRATOR}, inquiry),
    "privacy:erasure": Rule(PRIVACY, None, erasure),
    "privacy:decide": Rule(None, PRIVACY, erasure),
}


ADMIN_MODELS = {
    "accounts.Invitation",
    "accounts.SecondStep",
    "auth.Group",
    "interests.Area",
    "interests.ExtraRequirement",
    "interests.Municipality",
    "meetings.Meeting",
    "meetings.MeetingVersion",
    "meetings.OfficeSync",
    "offices.Capability",
    "offices.Colleague",
    "offices.Contact",
    "offices.ContactCategory",
    "offices.Credential",
    "offices.CustomField",
    "offices.Disclosure",
    "offices.Estate",
    "offices.IntakeSource",
    "offices.Membership",
    "offices.Office",
    "offices.PredefinedTask",
    "offices.ProtectedContact",
    "offices.SyncRun",
    "offices.User",
    "offices.UserGroup",
    "privacy.Erasure",
    "privacy.PurgeRun",
    "submissions.Attempt",
    "submissions.Pause",
    "submissions.Submission",
    "viewings.Viewing",
}


def _names(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{before}{pattern.namespace}:" if pattern.namespace else before
            yield from _names(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{before}{pattern.name}"


NAMES = sorted(set(_names(get_resolver().url_patterns)))
PORTAL = [name for name in NAMES if not name.startswith("admin:")]


@pytest.fixture
def world(office: Office, neighbour_office: Office, grannkontor: User) -> World:
    people = {role.value: make_user(f"a-{role.value}", office, role=role) for role in Role}
    people[WITHOUT_OFFICE] = make_user("ny")
    people[NEIGHBOUR] = grannkontor
    people[SUPERUSER] = make_user("admin", is_staff=True, is_superuser=True)
    make_contact(office)
    make_colleague(office)
    booker = people[BOOKER]
    invitation, _token = invitations.invite(
        people[ADMINISTRATOR], invitations.Place(office, Role.BOOKER)
    )
    things = Things(
        {
            "submission": make_submission(booker, office, contact_id="ADR9"),
            "slot": make_slot(office),
            "meeting": make_meeting(office),
            "batch": submit_batch(wish(booker, office)),
            "invitation": invitation,
            "hidden": protected.mark(office, "ADR7", None),
            "place": Membership.objects.get(user=people[ASSISTANT]),
            "pause": Pause.objects.create(office=office, status=401),
            "notice": Notice.objects.create(
                user=booker,
                office=office,
                what=What.UNCERTAIN,
                at=timezone.now(),
                latest_at=timezone.now(),
            ),
            "view": SavedView.objects.create(name="Min vecka", owner=booker),
            "draft": drafts.keep(booker, office, all_kinds()[0], uuid.uuid4(), {}),
        }
    )
    things["viewing"] = things["slot"].viewing
    things["inquiry"] = Inquiry(office=office, user=people[ADMINISTRATOR])
    things["inquiry"].set_who(Who("Anna", Marks()))
    things["inquiry"].save()
    things["erasure"] = erasing.ask(booker, office, Who("Anna", Marks()), "Så är det")
    things["slot"].participants.create(contact_id="ADR1")
    things.makers = {
        "participant": lambda: sent(booker, "add_participant_at_the_door_least"),
        "event": lambda: sent(booker, "create_appointment_timed"),
    }
    return World(people, office, things)


@contextlib.contextmanager
def undone_afterwards() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def may(answer: Any) -> bool:
    away = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    to_the_door = away.startswith(f"{reverse('account_login')}?next=")
    return answer.status_code not in (401, 403, 404) and not to_the_door


def test_every_address_has_its_line() -> None:
    assert set(PORTAL) - {"-"} == set(RULES)


def faults(world: World, name: str) -> Iterator[str]:
    """Where the answers differ from the table."""
    rule = RULES[name]
    path = reverse(name, args=rule.about(world.things))
    for method, who in (("get", rule.look), ("post", rule.act)):
        for role in sorted(ANYBODY) if who is not None else (SUPERUSER,):
            with undone_afterwards():
                answer = getattr(world.client(role), method)(path, rule.posted)
            said = f"{name}: {method} as {role} is {answer.status_code}"
            if who is None:
                right = answer.status_code in (302, 405)
            else:
                right = may(answer) == (role in who)
            if not right or answer.status_code == 500:
                yield said
            if role != STRANGER and not _is_kept_nowhere(name, method, answer):
                yield f"{said} and may be kept in a cache"


# Who may least, and who may what most may.
FEW = (STRANGER, WITHOUT_OFFICE, NEIGHBOUR, BOOKER)
OVER_HTMX = {"HX-Request": "true"}


def parts_of_pages(world: World, name: str) -> Iterator[str]:
    """Where a part that htmx asks for is given to others than the whole page is."""
    rule = RULES[name]
    path = reverse(name, args=rule.about(world.things))
    for method, who in (("get", rule.look), ("post", rule.act)):
        for role in FEW if who is not None else ():
            with undone_afterwards():
                ask = getattr(world.client(role), method)
                answer = ask(path, rule.posted, headers=OVER_HTMX)
            said = f"{name}: {method} over htmx as {role} is {answer.status_code}"
            if (may(answer) and role not in (who or ())) or answer.status_code == 500:
                yield said
            if role != STRANGER and not _is_kept_nowhere(name, method, answer):
                yield f"{said} and may be kept in a cache"


def test_a_part_of_a_page_is_for_nobody_else_than_the_page(world: World) -> None:
    assert [fault for name in RULES for fault in parts_of_pages(world, name)] == []


def other_methods(world: World, name: str) -> Iterator[str]:
    """Where another method than those of a browser opens what these keep shut."""
    rule = RULES[name]
    path = reverse(name, args=rule.about(world.things))
    look, act = rule.look or set(), rule.act or set()
    for method, who in (
        ("head", look), ("options", look | act), ("put", act), ("patch", act), ("delete", act)
    ):  # fmt: skip
        for role in FEW:
            with undone_afterwards():
                answer = getattr(world.client(role), method)(path)
            # OPTIONS says which methods there are, and nothing more.
            empty = method == "options" and not answer.content
            opened = answer.status_code < 400 and may(answer) and not empty
            if answer.status_code >= 500 or (opened and role not in who):
                yield f"{name}: {method} as {role} is {answer.status_code}"


def test_no_other_method_opens_more(world: World) -> None:
    assert [fault for name in RULES for fault in other_methods(world, name)] == []


def _is_kept_nowhere(name: str, method: str, answer: Any) -> bool:
    gone = name == "account_logout" and method == "post"
    return gone or "no-store" in answer.headers.get("Cache-Control", "")


def test_everybody_may_what_the_table_says_and_no_more(world: World) -> None:
    assert [fault for name in RULES for fault in faults(world, name)] == []


# What an office's administrator finds there: nothing can be added but whom to hide.
LOOKED_AT = {"/admin/offices/disclosure/1/change/", "/admin/offices/protectedcontact/1/change/"}
OF_ADMINISTRATORS = {
    "/admin/",
    "/admin/jsi18n/",
    "/admin/offices/membership/",
    "/admin/offices/disclosure/",
    "/admin/offices/disclosure/1/history/",
    "/admin/offices/protectedcontact/",
    "/admin/offices/protectedcontact/add/",
    "/admin/offices/protectedcontact/1/history/",
}


def away_from(answer: Any) -> bool:
    """The admin leads from a row's bare address to its page, whether there is one or not."""
    return answer.status_code == 302


def test_the_admin_is_there_for_superusers_and_a_few_pages_for_administrators(
    world: World,
) -> None:
    found = []
    for path in sorted({path for _name, path in ADDRESSES if path.startswith("/admin/")}):
        for role in sorted(SIGNED_IN - {SUPERUSER}):
            client = world.client(role)
            here = role == ADMINISTRATOR and path in OF_ADMINISTRATORS
            found += [
                f"{path} as {role}: {answer.status_code}"
                for answer in (client.get(path), client.post(path))
                if (answer.status_code == 404 or away_from(answer)) == here
                and path not in LOOKED_AT
            ]
        if "?next=" not in world.client(STRANGER).get(path).headers["Location"]:
            found.append(f"{path} as a stranger")
        # A superuser finds each page, or a row that is not there, or a window that changes nothing.
        with undone_afterwards():
            if world.client(SUPERUSER).get(path).status_code >= 500:
                found.append(f"{path} fails")
    assert found == [], "\n".join(found)


def test_every_model_of_the_admin_is_known() -> None:
    """A new one is looked at first: who sees it, and which offices' rows?"""
    assert {model._meta.label for model in admin.site._registry} == ADMIN_MODELS
