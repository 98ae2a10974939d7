"""Places and rights in the admin, for an office's own administrators too."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices.disclosures import record
from offices.models import (
    Disclosure,
    Membership,
    Office,
    ProtectedContact,
    Right,
    RightException,
    Role,
    User,
)
from tests.factories import make_colleague, make_user

LIST = reverse("admin:offices_membership_changelist")


@pytest.fixture
def eva(office: Office) -> User:
    """The office's administrator, and no superuser."""
    return make_user("eva", office, role=Role.ADMINISTRATOR)


@pytest.fixture
def as_eva(eva: User) -> Client:
    client = Client()
    client.force_login(eva)
    return client


def page_of(membership: Membership) -> str:
    return reverse("admin:offices_membership_change", args=[membership.pk])


def posted(membership: Membership, *rights: tuple[str, str], **more: str) -> dict[str, str]:
    """A page as it stands, with these further rights."""
    form = {
        "role": membership.role, "colleague_id": membership.colleague_id,
        "exceptions-TOTAL_FORMS": str(len(rights)), "exceptions-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, (right, granted) in enumerate(rights):
        form |= {f"exceptions-{number}-right": right, f"exceptions-{number}-granted": granted}
    return form | more


def test_she_gives_a_colleague_a_role_and_a_right(as_eva: Client, bokare: User) -> None:
    place = Membership.objects.get(user=bokare)
    as_eva.post(page_of(place), posted(place, ("export", "on"), role="assistant"))
    place.refresh_from_db()
    assert place.role == Role.ASSISTANT
    [given] = RightException.objects.all()
    assert (given.right, given.granted) == (Right.EXPORT, True)


def test_she_gives_no_right_that_she_has_not_herself(as_eva: Client, bokare: User) -> None:
    place = Membership.objects.get(user=bokare)
    assert 'value="amounts"' not in as_eva.get(page_of(place)).content.decode()
    answer = as_eva.post(page_of(place), posted(place, ("amounts", "on")))
    assert answer.status_code == 200
    assert not RightException.objects.exists()


def test_nor_does_she_see_or_lift_one_that_is_above_her(as_eva: Client, chef: User) -> None:
    place = Membership.objects.get(user=chef)
    RightException.objects.create(membership=place, right=Right.AMOUNTS, granted=False)
    assert 'value="amounts"' not in as_eva.get(page_of(place)).content.decode()


def test_her_own_place_and_those_of_others_are_not_hers_to_change(
    as_eva: Client, eva: User, grannkontor: User, admin: User
) -> None:
    for user in (eva, grannkontor, admin):
        place = Membership.objects.get(user=user)
        for answer in (
            as_eva.get(page_of(place)),
            as_eva.post(page_of(place), posted(place, ("export", "on"), role="administrator")),
        ):
            assert answer.status_code in (302, 404), user
    assert not RightException.objects.exists()
    text = as_eva.get(LIST).content.decode()
    assert "grannkontor" not in text


def test_she_neither_adds_nor_deletes(as_eva: Client, bokare: User) -> None:
    place = Membership.objects.get(user=bokare)
    assert as_eva.get(reverse("admin:offices_membership_add")).status_code == 404
    delete = reverse("admin:offices_membership_delete", args=[place.pk])
    assert as_eva.post(delete, {"post": "yes"}).status_code == 404
    assert Membership.objects.filter(pk=place.pk).exists()


def test_a_manager_has_no_business_there(as_chef: Client, bokare: User) -> None:
    assert as_chef.get(LIST).status_code == 404


def test_who_somebody_is_at_vitec_is_chosen_out_of_the_colleagues(
    as_eva: Client, office: Office, bokare: User
) -> None:
    make_colleague(office)
    place = Membership.objects.get(user=bokare)
    assert "Bo Alm" in as_eva.get(page_of(place)).content.decode()
    as_eva.post(page_of(place), posted(place, colleague_id="HAN1"))
    place.refresh_from_db()
    assert place.colleague_id == "HAN1"
    as_eva.post(page_of(place), posted(place, colleague_id="HAN9"))
    place.refresh_from_db()
    assert place.colleague_id == "HAN1"


def test_the_change_is_in_the_history(as_eva: Client, bokare: User) -> None:
    place = Membership.objects.get(user=bokare)
    as_eva.post(page_of(place), posted(place, role="assistant"))
    history = reverse("admin:offices_membership_history", args=[place.pk])
    assert "eva" in as_eva.get(history).content.decode()


def test_who_saw_what_is_a_window_on_her_own_office(
    as_eva: Client, eva: User, office: Office, neighbour_office: Office, grannkontor: User
) -> None:
    mine = record(eva, office, Disclosure.What.EXPORTED, reason="Till revisorn")
    theirs = record(grannkontor, neighbour_office, Disclosure.What.EXPORTED)
    listed = as_eva.get(reverse("admin:offices_disclosure_changelist")).content.decode()
    assert "grannkontor" not in listed

    def change(row: Disclosure) -> str:
        return reverse("admin:offices_disclosure_change", args=[row.pk])

    assert "Till revisorn" in as_eva.get(change(mine)).content.decode()
    assert as_eva.get(change(theirs)).status_code == 404
    assert as_eva.post(change(mine), {"user_name": "annan"}).status_code == 404
    assert as_eva.get(reverse("admin:offices_disclosure_add")).status_code == 404


def test_a_contact_is_hidden_and_shown_again(as_eva: Client, eva: User, office: Office) -> None:
    add = reverse("admin:offices_protectedcontact_add")
    named = as_eva.post(add, {"office": office.pk, "contact_id": "Anna Ek"}).content.decode()
    assert "ser inte ut som ett id" in named
    as_eva.post(add, {"office": office.pk, "contact_id": "ADR1"})
    row = ProtectedContact.objects.get()
    assert (row.contact_id, row.marked_by) == ("ADR1", eva)
    chosen = {"action": "show_again", "_selected_action": [row.pk]}
    as_eva.post(reverse("admin:offices_protectedcontact_changelist"), chosen)
    row.refresh_from_db()
    assert row.ended_by == eva


def test_nothing_is_hidden_at_anothers_office(as_eva: Client, neighbour_office: Office) -> None:
    add = reverse("admin:offices_protectedcontact_add")
    as_eva.post(add, {"office": neighbour_office.pk, "contact_id": "ADR1"})
    assert not ProtectedContact.objects.exists()
