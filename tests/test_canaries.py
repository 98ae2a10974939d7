"""What is typed turns up nowhere: a canary in every field of every kind, under every fault.

A new kind and a new fault are picked up by themselves. Searched are the log, every column of every
table and what the sessions hold, the caches with their keys, what was handed to the broker,
letters, the figures of /metrics, addresses, and what the browser is told to keep.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django import forms
from django.apps import apps
from django.conf import settings as here
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.test import Client
from django.urls import reverse

from lib.sealing import SealedJSONField, unseal_row
from offices.models import Office, User
from privacy.models import Erasure
from sandbox.faults import FAULTS
from sandbox.server import Sandbox
from submissions import bell
from submissions.delivery import deliver
from submissions.kinds import Kind, all_kinds
from submissions.models import Draft, State, Submission
from tests.submissions.conftest import SHORT
from tests.test_every_kind import EXAMPLES, directories, read  # noqa: F401 - a fixture
from tests.vitecportal.test_who_may import (
    ADMINISTRATOR,
    BOOKER,
    MANAGER,
    RULES,
    STRANGER,
    SUPERUSER,
    World,
    undone_afterwards,
)
from tests.vitecportal.test_who_may import world as world
from viewings import desk

# One of each sort of text that a field may want; each is searched for in its bare form.
CANARIES = {
    "Kanariefågelsson": "Kanarief",
    "kanarie@example.se": "kanarie@",
    "070-174 06 99": "174 06 99",
}
TRACES = [*CANARIES.values(), "1740699", "Papegoja"]
TYPED = "Kanariefågelsson 070-174 06 99"
LINK = re.compile(r"""(?:href|src|action|hx-[a-z]+)=["']([^"']*)["']""")
# All that was handed to the broker, as it was handed over.
HANDED_OVER: list[Any] = []
VITECS_WORDS = "Papegojan får inte innehålla semikolon."


def richest(kind: Kind) -> dict[str, Any]:
    """The golden pair of a kind that fills most fields, as it is posted."""
    posted = [read(path)["posted"] for path in EXAMPLES if read(path)["kind"] == kind.key]
    return dict(max(posted, key=len))


def filled(kind: Kind, office: Office) -> dict[str, Any]:
    """A form that can be sent, with a canary in every field that takes one."""
    data = richest(kind)
    names = [name for name, field in kind.form_class.base_fields.items() if _takes_text(field)]
    for name in dict.fromkeys([*data, *names]):
        for canary in CANARIES:
            # Of several texts under one name each may be one.
            value = [canary] * len(data[name]) if isinstance(data.get(name), list) else canary
            tried = {**data, name: value}
            if _is_valid(kind, office, tried):
                data = tried
                break
    return data


def _takes_text(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.HiddenInput)


def _query(data: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    query["form_token"] = str(uuid.uuid4())
    return query


def _is_valid(kind: Kind, office: Office, data: dict[str, Any]) -> bool:
    return kind.form_class(_query(data), office=office).is_valid()


def everywhere(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Everything that outlives a request, by where it lies."""
    commit()
    found = {"log": caplog.text, "metrics": Client().get(reverse("metrics")).content.decode()}
    found |= {f"cache {name}": str(getattr(caches[name], "_cache", {})) for name in caches}
    found["broker"] = str(HANDED_OVER)
    found |= {f"letter {number}": letter(one) for number, one in enumerate(mail.outbox)}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = str(cursor.fetchall())
    for number, session in enumerate(Session.objects.all()):
        found[f"session {number}"] = str(session.get_decoded())
    for file in Path(here.BROKER_DIR).rglob("*"):
        if file.is_file():
            found[str(file)] = file.read_bytes().decode(errors="replace")
    return found


def commit() -> None:
    """What waits for the commit happens, though a test commits nothing."""
    waiting, connection.run_on_commit = connection.run_on_commit, []
    for _savepoints, act, _robust in waiting:
        act()


def letter(message: Any) -> str:
    """All of it but whom it goes to, who is who it is for."""
    parts = (message.subject, message.body, message.from_email, message.extra_headers)
    return str((*parts, message.attachments, getattr(message, "alternatives", [])))


def leaks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        f"{trace} in {place}"
        for place, text in everywhere(caplog).items()
        for trace in TRACES
        if trace.casefold() in text.casefold()
    ]


def told(answer: Any) -> str:
    """What an answer's head says: addresses to go to, to show, to remember; and where its page
    leads to. A number to call and an address to write to are no addresses of ours.
    """
    head = str(dict(answer.headers)) + str({name: c.value for name, c in answer.cookies.items()})
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return unquote(head)
    links = LINK.findall(answer.content.decode())
    return unquote(head + str([link for link in links if not link.startswith(("tel:", "mailto:"))]))


@pytest.fixture(autouse=True)
def every_word_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # Django's own log of statements quotes what goes into them; it is off in every portal.
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
def every_task_is_seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is handed to the broker is kept here as well, and no thread hands it over later."""

    def keep(sender: str, body: Any, headers: Any, **others: Any) -> None:
        HANDED_OVER.append((sender, body, headers))

    def ring(submission_id: int, seconds: float) -> None:
        bell.publish(submission_id)

    HANDED_OVER.clear()
    monkeypatch.setattr(bell._bell, "ring", ring)
    before_task_publish.connect(keep)
    yield
    before_task_publish.disconnect(keep)
    for message in Path(here.BROKER_DIR).glob("*.msg"):
        message.unlink()


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_a_canary_sits_in_something_of_every_kind(
    kind: Kind,
    office: Office,
    directories: None,  # noqa: F811
) -> None:
    assert any(value in CANARIES for value in filled(kind, office).values() if value)


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_typed_is_found_after_a_delivery_under(
    kind: Kind,
    fault: str,
    as_bokare: Client,
    bokare: User,
    office: Office,
    directories: None,  # noqa: F811
    vitec: Sandbox,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.VITEC_TIME_LIMITS = SHORT
    options = {"seconds": 0.1} if fault in ("latency", "trickle") else {}
    if fault == "bad_request":
        options = {"shape": "string", "text": VITECS_WORDS}
    vitec.behave("*", fault, **options)

    answer = as_bokare.post(
        reverse(kind.url_name),
        _query(filled(kind, office)).urlencode(),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 302, answer.content.decode()
    for submission in Submission.objects.all():
        deliver(submission.pk)
        page = as_bokare.get(submission.get_absolute_url())
        assert page.status_code == 200
        assert not any(trace in told(page) for trace in TRACES)
    assert Submission.objects.exclude(state="queued").exists() or fault in (
        "refuse",
        "too_many",
        "unavailable",
    )
    assert not any(trace in told(answer) for trace in TRACES)
    assert leaks(caplog) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_half_written_is_found(
    kind: Kind,
    as_bokare: Client,
    office: Office,
    directories: None,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every field of the form, also those that want something else."""
    typed = dict.fromkeys(kind.form_class.base_fields, TYPED)
    data = {**typed, "form_token": str(uuid.uuid4())}
    look = as_bokare.post(
        reverse("submissions:look", args=[kind.key]), data, headers={"HX-Request": "true"}
    )
    sent = as_bokare.post(reverse(kind.url_name), data)
    assert sent.status_code == 422
    assert not any(trace in told(look) + told(sent) for trace in TRACES)
    assert leaks(caplog) == []


def test_nothing_typed_in_a_search_is_found(
    as_bokare: Client, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for path, name in (("quick_search", "q"), ("find_contacts", "contact_search")):
        answer = as_bokare.post(
            reverse(f"offices:{path}"), {name: "Kanariefågelsson 070-174 06 99"}
        )
        assert not any(trace in told(answer) for trace in TRACES)
    assert leaks(caplog) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_typed_is_found_when_we_fail_ourselves(
    kind: Kind,
    bokare: User,
    office: Office,
    directories: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault of ours")

    client = Client(raise_request_exception=False)
    client.force_login(bokare)
    data = _query(filled(kind, office))
    monkeypatch.setattr("submissions.outbox.submit", fails)
    monkeypatch.setattr("submissions.batches.submit_batch", fails)
    answer = client.post(
        reverse(kind.url_name), data.urlencode(), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 500
    assert "a fault of ours" in caplog.text
    assert not any(trace in answer.content.decode() + told(answer) for trace in TRACES)
    assert leaks(caplog) == []


# --- Every form, every address -----------------------------------------------------------------

# Where each form of ours is posted to. A new one fails until it has its line.
FORMS: dict[str, tuple[str, ...]] = {
    "accounts.admin.InvitationForm": ("admin",),
    "accounts.forms.AskResetForm": ("account_reset_password",),
    "accounts.forms.ChangePasswordForm": ("account_change_password",),
    "accounts.forms.ConfirmForm": ("account_reauthenticate",),
    "accounts.forms.InviteForm": ("accounts:people",),
    "accounts.forms.JoinForm": ("accounts:join",),
    "accounts.forms.OwnPasswordForm": ("account_reset_password_from_key", "account_set_password"),
    "accounts.forms.ResetForm": ("account_reset_password_from_key",),
    "accounts.forms.SetPasswordForm": ("account_set_password",),
    "accounts.forms.SignInForm": ("account_login",),
    "calendar_app.forms.AppointmentForm": ("calendar_app:new_appointment",),
    "calendar_app.many.ManyEventsForm": ("meetings:many",),
    "interests.forms.InterestForm": ("interests:new_interest",),
    "interests.profiles.ProfileForm": ("interests:new_interest", "interests:change_profiles"),
    "meetings.forms.ComebackForm": ("meetings:new_comeback", "meetings:inline_comeback"),
    "meetings.many.ManyComebacksForm": ("meetings:many", "viewings:send_to_many"),
    "meetings.saved_pages.ViewForm": ("meetings:new_view",),
    "offices.admin.CredentialForm": ("admin",),
    "offices.admin_directories.ContactForm": ("admin",),
    "offices.admin_directories.CustomFieldForm": ("admin",),
    "offices.admin_directories.EstateForm": ("admin",),
    "offices.admin_directories.RowForm": ("admin",),
    "offices.admin_guards.MembershipForm": ("admin",),
    "offices.admin_guards.ProtectedForm": ("admin",),
    "offices.admin_import.FileForm": ("admin",),
    "offices.disclosure_views.DisclosureFilter": ("offices:disclosures",),
    "offices.person_form.PersonFields": ("viewings:new_participant", "interests:new_interest"),
    "offices.protected_views.MarkForm": ("offices:protected",),
    "privacy.forms.AskForm": ("privacy:ask",),
    "privacy.forms.LiftForm": ("privacy:lift",),
    "privacy.forms.SearchForm": ("privacy:people",),
    "submissions.admin.ReasonActionForm": ("admin",),
    "submissions.filters.FilterForm": ("submissions:list",),
    "submissions.forms.ConsentForm": ("meetings:new_comeback",),
    "submissions.forms.PauseForm": ("submissions:pauses",),
    "submissions.forms.ReasonForm": (
        "submissions:reveal", "submissions:decide", "submissions:decide_many"
    ),
    "submissions.forms.SubmissionForm": ("meetings:new_comeback",),
    "viewings.admin.TimeSlotForm": ("admin",),
    "viewings.admin.ViewingForm": ("admin",),
    "viewings.forms.ParticipantForm": ("viewings:new_participant",),
    "viewings.list_views.ListForm": ("viewings:visitor_list",),
}  # fmt: skip
# What is posted without a form, as the views read it.
READ = re.compile(r"""POST(?:\.get|\.getlist)?[(\[]["']([a-z_-]+)["']""")
# These are themselves addresses, tokens or keys, and are not typed.
NOT_TYPED = {"next", "form_token", "csrfmiddlewaretoken"}
# Of one's own sign-in: sealed in the session, it waits until the password was confirmed. A code
# good for half a minute, the name of a passkey, the answer of one; nothing of a customer's.
TO_CONFIRM = {
    "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_edit_webauthn", "usersessions_list",
}  # fmt: skip
WHO = (ADMINISTRATOR, BOOKER, SUPERUSER, STRANGER)
POSTED = [name for name, rule in RULES.items() if rule.act]


def _our_forms(base: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    found = set()
    for child in base.__subclasses__():
        found |= {child} | _our_forms(child)
    return {one for one in found if one.__module__.partition(".")[0] in APPS}


APPS = {path.parent.name for path in Path(here.BASE_DIR).glob("*/apps.py")}


def test_every_form_is_walked() -> None:
    """Forms that the admin makes by itself and sets of forms have no class of ours."""
    ours = {f"{one.__module__}.{one.__name__}" for one in _our_forms(forms.BaseForm)}
    assert ours == set(FORMS), ours ^ set(FORMS)
    walked = {name for names in FORMS.values() for name in names} - {"admin"}
    assert walked - {"submissions:list"} <= set(POSTED)


def every_name() -> set[str]:
    """All that any form or view of ours takes."""
    names = {name for form in _our_forms(forms.BaseForm) for name in form.base_fields}
    for app in APPS:
        for file in (Path(here.BASE_DIR) / app).glob("*.py"):
            names.update(READ.findall(file.read_text(encoding="utf-8")))
    return names - NOT_TYPED


def test_nothing_typed_in_any_field_of_any_address_is_found(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A canary under every name there is, at every address that takes a post, as somebody who may.

    Most refuse it; what they say of it and where they keep it is what counts.
    """
    names = sorted(every_name())
    faults = []
    for address in POSTED:
        rule = RULES[address]
        role = next(
            role for role in (ADMINISTRATOR, BOOKER, SUPERUSER, STRANGER) if role in rule.act
        )
        path = reverse(address, args=rule.about(world.things))
        for kept in ({}, rule.posted):
            typed = {**dict.fromkeys(names, TYPED), "form_token": str(uuid.uuid4()), **kept}
            caplog.clear()
            with undone_afterwards():
                answer = world.client(role).post(path, typed)
                found = leaks(caplog)
            if address in TO_CONFIRM:
                found = [leak for leak in found if " in session " not in leak]
            if answer.status_code >= 500:
                found.append(f"it fails with {answer.status_code}")
            found += [f"{trace} in the head" for trace in TRACES if trace in told(answer)]
            faults += [f"{address}: {fault}" for fault in found]
    assert faults == [], "\n".join(faults)


def sealed_texts() -> Iterator[str]:
    """All that our keys open."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedJSONField):
                yield from map(str, model._default_manager.values_list(field.name, flat=True))
    for submission in Submission.objects.exclude(key=""):
        yield str(submission.content)
        for attempt in submission.attempts.exclude(sealed_reason=""):
            yield str(unseal_row(submission.key, attempt.sealed_reason))
    yield from (str(draft.typed) for draft in Draft.objects.all())
    yield from (str(erasure.content) for erasure in Erasure.objects.all())


def comeback_again(world: World) -> dict[str, Any]:
    """The same comeback once more, in spite of what speaks against it."""
    posted = {
        "contact_id": "ADR1", "date": "2030-03-04 09:00", "participant": "userId:HAN1", "note": "",
    }  # fmt: skip
    client = world.client(BOOKER)
    path = reverse("meetings:new_comeback")
    client.post(path, {**posted, "form_token": str(uuid.uuid4())})
    asked = client.post(path, {**posted, "form_token": str(uuid.uuid4())})
    keys = re.findall(r'name="although" value="([^"]+)"', asked.content.decode())
    assert keys
    return {
        **posted, "form_token": str(uuid.uuid4()), "although": keys, "although_reason": TYPED
    }  # fmt: skip


def uncertain(world: World) -> dict[str, Any]:
    found = Submission.objects.filter(pk=world.things["submission"].pk)
    found.update(state=State.UNKNOWN)
    return {"decision": "not_found", "reason": TYPED, "seen": found.get().events}


def mended_list(world: World) -> dict[str, Any]:
    return {
        "step": "send", "mode": "booking", "list_token": str(uuid.uuid4()), desk.LINE: ["1"],
        "form_token": [str(uuid.uuid4())], desk.FIRST: ["Bo"], desk.LAST: ["Kanariefågelsson"],
        desk.REACH: ["070-174 06 99"], desk.CONTACT: [""],
    }  # fmt: skip


def invitation(world: World) -> dict[str, Any]:
    return {
        "office": world.office.pk,
        "role": "booker",
        "name": TYPED,
        "email": "kanarie@example.se",
    }


def impression(world: World) -> dict[str, Any]:
    return {"who": "cADR1", "interest": "great", "note": TYPED}


# What people write beside the forms for Vitec, as it is accepted: who writes it, and what.
WRITTEN: dict[str, tuple[str, Callable[[World], dict[str, Any]]]] = {
    "viewings:impress": (BOOKER, impression),
    "viewings:visitor_list": (BOOKER, mended_list),
    "offices:protected": (
        ADMINISTRATOR, lambda world: {"contact_id": "ADR1", "reason": TYPED}
    ),
    "accounts:people": (ADMINISTRATOR, invitation),
    "submissions:pauses": (
        MANAGER,
        lambda world: {"office": "M30011", "endpoint": "everything", "reason": TYPED},
    ),
    "privacy:ask": (ADMINISTRATOR, lambda world: {"reason": TYPED}),
    "submissions:reveal": (MANAGER, lambda world: {"reason": TYPED}),
    "submissions:decide": (MANAGER, uncertain),
    "meetings:new_comeback": (BOOKER, comeback_again),
}  # fmt: skip
# What is looked for is kept nowhere, sealed or not.
SOUGHT = {
    "meetings:list": "q",
    "meetings:figures": "q",
    "meetings:export": "q",
    "offices:quick_search": "q",
    "offices:find_contacts": "contact_search",
    "privacy:people": "person",
}


@pytest.mark.parametrize("address", WRITTEN)
def test_what_is_written_is_kept_sealed_and_found_nowhere_else(
    address: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    role, written = WRITTEN[address]
    posted = written(world)
    path = reverse(address, args=RULES[address].about(world.things))
    answer = world.client(role).post(path, posted)
    assert answer.status_code in (200, 204, 302), answer.content.decode()
    assert not any(trace in told(answer) for trace in TRACES)
    assert any("Kanarief" in text for text in sealed_texts())
    assert leaks(caplog) == []


@pytest.mark.parametrize("address", SOUGHT)
def test_what_is_looked_for_is_found_nowhere(
    address: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = world.client(ADMINISTRATOR)
    for text in CANARIES:
        for head in ({}, {"HX-Request": "true"}):
            answer = client.post(reverse(address), {SOUGHT[address]: text}, headers=head)
            assert answer.status_code in (200, 302)
            assert not any(trace in told(answer) for trace in TRACES)
    assert not any("Kanarief" in text for text in sealed_texts())
    assert leaks(caplog) == []


def test_the_search_would_find_a_canary(bokare: User, caplog: pytest.LogCaptureFixture) -> None:
    """So that silence means something."""
    bokare.last_name = "Kanariefågelsson"
    bokare.save()
    logging.getLogger("meetings").info("Kanariefågelsson")
    caches["default"].set("Kanariefågelsson", 1)
    caches["process"].set("one", "Kanariefågelsson")
    mail.send_mail("Kanariefågelsson", "", None, ["kanarie@example.se"])
    current_app.send_task("submissions.tasks.deliver_submission", ("Kanariefågelsson",))
    found = {leak for leak in leaks(caplog) if str(here.BROKER_DIR) not in leak}
    assert found == {
        f"Kanarief in {place}"
        for place in (
            "log", "offices_user", "cache default", "cache process", "letter 0", "broker"
        )
    }  # fmt: skip


def test_the_search_would_find_a_canary_in_an_address() -> None:
    page = HttpResponse('<a href="/meetings/?q=Kanarief%C3%A5gelsson">')
    assert "Kanarief" in told(page)
    assert "Kanarief" in told(HttpResponseRedirect("/?q=Kanarief%C3%A5gelsson"))
    assert "1740699" not in told(HttpResponse('<a href="tel:+46701740699">'))
