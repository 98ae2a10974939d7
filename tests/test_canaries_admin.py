"""What is typed in the administration turns up nowhere: a canary in every field of every form that
adds or changes a row there, with every action and in every file, as each role that may.

A new model, form, action or sheet is picked up by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from offices.importing import all_sheets
from offices.models import Credential
from submissions.models import Attempt, State, Submission
from tests.test_canaries import (
    CANARIES,
    TRACES,
    TYPED,
    every_name,
    every_task_is_seen,
    every_word_is_logged,
    leaks,
    sealed_texts,
    told,
)
from tests.vitecportal.test_urls import ADDRESSES
from tests.vitecportal.test_who_may import (
    ADMINISTRATOR,
    SUPERUSER,
    World,
    undone_afterwards,
)
from tests.vitecportal.test_who_may import world as world

__all__ = ["every_task_is_seen", "every_word_is_logged"]

# Names of the house, of its staff and of Vitec's own words stand unsealed, for they are no
# customer's: in their own tables, in the admin's history, and in what the next page says of it.
OF_THE_HOUSE = {
    "auth.Group", "offices.Office", "offices.Credential", "offices.User", "offices.Membership",
    "offices.Colleague", "offices.UserGroup", "offices.PredefinedTask", "offices.IntakeSource",
    "offices.ContactCategory", "offices.CustomField", "viewings.LeadSource", "interests.Area",
    "interests.ExtraRequirement",
}  # fmt: skip
# Columns of other models that stand unsealed: ids of Vitec's, and where a home for sale lies.
BARE = {
    "offices.Contact": {"vitec_id"},
    "offices.Estate": {"vitec_id", "area", "number", "status"},
    "offices.ProtectedContact": {"contact_id"},
    "viewings.Viewing": {"vitec_id", "estate_id", "address", "area", "places"},
}
HARMLESS = "Harmlöst"
ROLES = (SUPERUSER, ADMINISTRATOR)
ROUNDS = 8


def url(model: type[Model], page: str, *args: Any) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def forms_of(answer: Any) -> Iterator[forms.BaseForm]:
    """The form of an admin page and those of the rows below it."""
    context = answer.context
    found = context.get("adminform") or context.get("form")
    yield getattr(found, "form", found)
    for inline in context.get("inline_admin_formsets", ()):
        yield inline.formset.management_form
        yield from inline.formset.forms


def candidates(model: type[Model], name: str, field: forms.Field) -> list[Any]:
    """What may be typed there, canaries first."""
    if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        return [str(key) for key, _label in _flat(field.choices) if str(key)][:1] or [""]
    if isinstance(field, forms.BooleanField):
        return [""]
    if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.HiddenInput):
        if name in BARE.get(model._meta.label, ()):
            return [HARMLESS, "1"]
        return [*CANARIES, HARMLESS, "Kanariefagelsson-070-1740699", ""]
    return ["", "2030-01-02", "1"]


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        yield from label if isinstance(label, list | tuple) else [(key, label)]


def posted(model: type[Model], page: Any, turn: dict[str, int]) -> dict[str, Any]:
    """What is typed into a page's forms. turn: which candidate, of fields that refused others."""
    data: dict[str, Any] = {}
    for form in forms_of(page):
        for bound in form:
            now = bound.value()
            tried = candidates(model, bound.name, bound.field)
            if bound.name in CHOSEN:
                value: Any = CHOSEN[bound.name]
            elif isinstance(bound.field, forms.SplitDateTimeField):
                data[f"{bound.html_name}_0"] = "2030-01-02"
                hour = "12:00" if "end" in bound.name else "10:00"
                data[f"{bound.html_name}_1"] = hour
                continue
            elif tried[0] in CANARIES or now in (None, ""):
                value = tried[min(turn.get(bound.html_name, 0), len(tried) - 1)]
            else:
                value = now
            if not (isinstance(bound.field, forms.BooleanField) and not value):
                data[bound.html_name] = value
    return data


PASSWORD = "Papegojan sover 4711"
CHOSEN = {
    "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true",
    "endpoint": "everything", "is_superuser": "", "is_staff": "", "is_active": "on",
    "user_permissions": [], "groups": [], "permissions": [],
}  # fmt: skip


def typed_in(client: Client, model: type[Model], path: str) -> Any:
    """The answer to a page whose every field holds a canary, as far as it takes one; None where
    there is no such page for whoever asks.
    """
    page = client.get(path)
    if page.status_code != 200 or not may_post(page):
        return None
    turn: dict[str, int] = {}
    for _round in range(ROUNDS):
        answer = client.post(path, posted(model, page, turn))
        if answer.status_code != 200:
            return answer
        assert not any(trace in told(answer) for trace in TRACES)
        for form in forms_of(answer):
            for name in form.errors:
                place = form.add_prefix(name)
                turn[place] = turn.get(place, 0) + 1
    said = {str(form.errors) for form in forms_of(answer) if form.errors}
    raise AssertionError(f"{path} takes nothing: {said}")


def may_post(page: Any) -> bool:
    said = page.context
    return bool(said.get("add") or said.get("has_change_permission"))


def unexplained(model: type[Model], found: list[str]) -> list[str]:
    if model._meta.label not in OF_THE_HOUSE:
        return found
    tables = {each._meta.db_table for each in (model, *_parts(model))}
    return [
        leak
        for leak in found
        if leak.rpartition(" in ")[2] not in {*tables, "django_admin_log"}
        and not leak.rpartition(" in ")[2].startswith("session ")
    ]


def _parts(model: type[Model]) -> list[type[Model]]:
    window = admin.site._registry.get(model)
    return [inline.model for inline in window.inlines] if window else []


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nothing_typed_in_a_row_of_the_admin_is_found(
    model: type[Model], role: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = world.client(role)
    paths = [url(model, "add")]
    if (row := model._default_manager.first()) is not None:
        paths.append(url(model, "change", row.pk))
    for path in paths:
        with undone_afterwards():
            answer = typed_in(client, model, path)
            if answer is None:
                continue
            assert answer.status_code == 302, path
            heads = told(answer)
            assert not any(trace in heads for trace in TRACES), heads
            assert unexplained(model, leaks(caplog)) == [], path
        caplog.clear()


def test_a_contact_typed_in_the_admin_is_kept_sealed(world: World) -> None:
    """So that silence means something: the walk does fill the form, and it is taken."""
    for path, model in (
        ("offices_contact_add", "offices.Contact"),
        ("accounts_invitation_add", "accounts.Invitation"),
        ("submissions_pause_add", "submissions.Pause"),
        ("offices_estate_add", "offices.Estate"),
    ):
        with undone_afterwards():
            model_class = apps.get_model(model)
            typed_in(world.client(SUPERUSER), model_class, reverse(f"admin:{path}"))
            assert any("Kanarief" in text for text in sealed_texts()), path


def actions_of(model: type[Model], user: Any) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    return list(admin.site._registry[model].get_actions(request))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nothing_typed_with_an_action_of_the_admin_is_found(
    model: type[Model], role: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = world.client(role)
    Submission.objects.filter(pk=world.things["submission"].pk).update(state=State.UNKNOWN)
    seen = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    typed = {**dict.fromkeys(every_name(), TYPED), "seen": seen, "reason": TYPED, "post": "yes"}
    for action in actions_of(model, world.people[role]):
        rows = list(model._default_manager.values_list("pk", flat=True))
        if model._meta.label in ("offices.User", "offices.Office"):
            rows = rows[-1:]
        with undone_afterwards():
            answer = client.post(
                url(model, "changelist"),
                {**typed, "action": action, "_selected_action": rows, "index": 0},
            )
            assert answer.status_code in (200, 302, 403, 404), (action, answer.status_code)
            assert not any(trace in told(answer) for trace in TRACES), action
            assert leaks(caplog) == [], action
        caplog.clear()


@pytest.mark.parametrize("action", ["send_again", "mark_delivered", "mark_not_delivered"])
def test_the_reason_of_an_action_is_kept_sealed(
    action: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    found = Submission.objects.filter(pk=world.things["submission"].pk)
    found.update(state=State.UNKNOWN)
    last = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    wanted = {
        "action": action, "_selected_action": [found.get().pk], "reason": TYPED, "seen": last,
    }  # fmt: skip
    world.client(SUPERUSER).post(url(Submission, "changelist"), wanted)
    assert any("Kanarief" in text for text in sealed_texts())
    assert leaks(caplog) == []


def test_nothing_typed_at_any_address_of_the_admin_is_found(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A canary under every name there is; most refuse it, and what they say of it counts. The
    forms of rows are walked by themselves.
    """
    names = [*every_name(), *(name for name in admin_names() if name not in CHOSEN)]
    # Where to go on to is itself an address.
    typed = {name: TYPED for name in names if name not in ("next", "_popup", "_to_field")}
    faults = []
    for name, path in sorted({(str(name), path) for name, path in ADDRESSES}):
        if not path.startswith("/admin/") or name.endswith(("logout", "_add", "_change")):
            continue
        for role in ROLES:
            with undone_afterwards():
                answer = world.client(role).post(path, typed)
                found = leaks(caplog)
            caplog.clear()
            found += [f"{trace} in the head" for trace in TRACES if trace in told(answer)]
            if answer.status_code >= 500:
                found.append(f"it fails with {answer.status_code}")
            faults += [f"{path} as {role}: {fault}" for fault in found]
    assert faults == [], "\n".join(faults)


def admin_names() -> set[str]:
    """What the admin's own forms take."""
    return {field.name for model in MODELS for field in model._meta.fields}


@pytest.mark.parametrize("sheet", all_sheets(), ids=lambda sheet: sheet.key)
def test_nothing_in_a_file_is_found(
    sheet: Any, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in one that is taken nor in one that is full of mistakes, nor by its name."""
    client = world.client(SUPERUSER)
    office = world.office.pk
    path = reverse("admin:offices_office_import", args=[office, sheet.key])
    names = sheet.headers
    rows = [["Harmlöst" if name == names[0] else canary for name in names] for canary in CANARIES]
    rows.append([TYPED] * (len(names) + 3))
    for row in rows:
        text = f"{';'.join(names)}\n{';'.join(row)}\n"
        file = SimpleUploadedFile("Kanariefågelsson 070-174 06 99.csv", text.encode())
        answer = client.post(path, {"file": file})
        assert answer.status_code in (200, 422)
        assert not any(trace in told(answer) for trace in TRACES)
        assert leaks(caplog) == []
        for code in re.findall(rf"{path}([0-9a-f-]{{36}})/", answer.content.decode()):
            with undone_afterwards():
                done = client.post(f"{path}{code}/")
                assert done.status_code == 302
                assert not any(trace in told(done) for trace in TRACES)
                found = leaks(caplog)
            assert unexplained(sheet.model, _bare(sheet.model, found)) == []


def _bare(model: type[Model], found: list[str]) -> list[str]:
    """Without what stands in the model's own columns that are not sealed."""
    if model._meta.label not in BARE:
        return found
    return [leak for leak in found if not leak.endswith(f" in {model._meta.db_table}")]


def test_a_password_of_vitecs_is_shown_and_kept_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    row = Credential.objects.get(office=world.office)
    path = url(Credential, "change", row.pk)
    client = world.client(SUPERUSER)
    typed = {"office": world.office.pk, "group": "", "username": "u", "new_password": TYPED}
    assert client.post(path, typed).status_code == 302
    page = client.get(path)
    history = client.get(url(Credential, "history", row.pk))
    assert "Kanarief" not in page.content.decode() + history.content.decode()
    assert leaks(caplog) == []
