"""Coming in: only who was invited, once, in time, to the place that was offered."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.invitations import Place
from accounts.models import Invitation
from offices.models import Membership, Office, Right, Role, User
from offices.rights import may
from tests.factories import make_user

PEOPLE = reverse("accounts:people")
JOIN = reverse("accounts:join")
NEW = {
    "first_name": "Nils", "last_name": "Ny", "email": "nils@example.se", "username": "nils",
    "password1": "korrekt häst batteri", "password2": "korrekt häst batteri",
}  # fmt: skip


@pytest.fixture
def eva(office: Office) -> User:
    return make_user("eva", office, role=Role.ADMINISTRATOR)


@pytest.fixture
def as_eva(eva: User) -> Client:
    client = Client()
    client.force_login(eva)
    return client


@pytest.fixture
def invited(eva: User, office: Office) -> tuple[Invitation, str]:
    return invitations.invite(eva, Place(office, Role.BROKER, "Nils Ny", "nils@example.se"))


def given(user: User, office: Office) -> User:
    """The person, with the right to invite to this office beside their role."""
    place = Membership.objects.get(user=user, office=office)
    place.exceptions.create(right=Right.INVITE, granted=True)
    return user


def follow(client: Client, token: str):
    return client.get(reverse("accounts:open_invitation", args=[token]), follow=True)


class TestInviting:
    def posted(self, office: Office, **values: str) -> dict[str, object]:
        return {"office": office.pk, "role": "booker", "name": "", "email": "", **values}

    def test_an_administrator_gets_a_link_shown_once(self, as_eva: Client, office: Office) -> None:
        page = as_eva.post(PEOPLE, self.posted(office)).content.decode()
        link = re.search(r'value="http://testserver(/accounts/invitation/[^"]+)"', page)
        assert link
        assert link[1] not in as_eva.get(PEOPLE).content.decode()
        assert Client().get(link[1], follow=True).status_code == 200

    def test_the_link_goes_by_mail_to_who_has_an_address(
        self, as_eva: Client, office: Office
    ) -> None:
        page = as_eva.post(PEOPLE, self.posted(office, email="nils@example.se")).content.decode()
        [letter] = mail.outbox
        assert letter.to == ["nils@example.se"]
        assert "/accounts/invitation/" in str(letter.body)
        assert "/accounts/invitation/" not in page

    def test_without_a_mail_server_the_link_is_shown(
        self, as_eva: Client, office: Office, settings
    ) -> None:
        settings.EMAIL_WORKS = False
        page = as_eva.post(PEOPLE, self.posted(office, email="nils@example.se")).content.decode()
        assert "/accounts/invitation/" in page
        assert mail.outbox == []

    def test_a_manager_invites_nobody_and_is_told_who_does(
        self, as_chef: Client, chef: User, office: Office, invited: tuple[Invitation, str]
    ) -> None:
        page = as_chef.get(PEOPLE).content.decode()
        assert "administratörer bjuder in" in page
        assert 'name="role"' not in page
        assert "Nils Ny" not in page
        assert as_chef.post(PEOPLE, self.posted(office)).status_code == 404
        away = as_chef.post(reverse("accounts:withdraw", args=[invited[0].pk]))
        assert away.status_code == 404
        with pytest.raises(invitations.NotYours):
            invitations.invite(chef, Place(office, Role.BOOKER))
        assert Invitation.objects.open().count() == 1

    @pytest.mark.parametrize("role", [Role.BOOKER, Role.BROKER, Role.MANAGER])
    def test_whoever_is_given_the_right_invites_to_their_own_role_at_the_highest(
        self, office: Office, role: Role
    ) -> None:
        client = Client()
        client.force_login(given(make_user("sara", office, role=role), office))
        assert reverse("accounts:people") in client.get("/meetings/").content.decode()
        for offered in Role:
            allowed = list(Role).index(offered) <= list(Role).index(role)
            assert (f'<option value="{offered}"' in client.get(PEOPLE).content.decode()) == allowed
            answer = client.post(PEOPLE, self.posted(office, role=offered))
            assert answer.status_code == (200 if allowed else 422)
            assert Invitation.objects.filter(role=offered).exists() == allowed

    def test_an_administrator_can_be_without_the_right(self, as_eva: Client, eva: User) -> None:
        eva.memberships.get().exceptions.create(right=Right.INVITE, granted=False)
        assert as_eva.post(PEOPLE, self.posted(eva.memberships.get().office)).status_code == 404
        assert not Invitation.objects.exists()

    def test_nobody_invites_to_an_office_where_they_have_not_the_right(
        self, as_eva: Client, eva: User, neighbour_office: Office
    ) -> None:
        Membership.objects.create(user=eva, office=neighbour_office, role=Role.MANAGER)
        assert as_eva.post(PEOPLE, self.posted(neighbour_office)).status_code == 422
        with pytest.raises(invitations.NotYours):
            invitations.invite(eva, Place(neighbour_office, Role.BOOKER))
        assert not Invitation.objects.exists()

    def test_a_place_that_rests_invites_nobody(self, as_eva: Client, eva: User) -> None:
        late = timezone.now() - dt.timedelta(seconds=1)
        eva.memberships.update(good_until=late)
        assert as_eva.get(PEOPLE).status_code == 404
        assert as_eva.post(PEOPLE, {}).status_code == 404

    def test_staff_of_the_admin_invite_no_further_than_under_people(
        self, chef: User, office: Office, neighbour_office: Office
    ) -> None:
        chef.is_staff = True
        chef.save()
        chef.user_permissions.add(*Permission.objects.filter(codename__contains="invitation"))
        client = Client()
        client.force_login(given(chef, office))
        for where, role in ((office, "administrator"), (neighbour_office, "booker")):
            posted = {"office": where.pk, "role": role, "name": "", "email": ""}
            assert client.post("/admin/accounts/invitation/add/", posted).status_code == 200
        assert not Invitation.objects.exists()
        posted = {"office": office.pk, "role": "manager", "name": "", "email": ""}
        client.post("/admin/accounts/invitation/add/", posted)
        assert Invitation.objects.get().role == "manager"

    def test_an_administrator_invites_in_the_admin(self, as_admin: Client, office: Office) -> None:
        posted = {"office": office.pk, "role": "manager", "name": "Nils", "email": ""}
        page = as_admin.post("/admin/accounts/invitation/add/", posted, follow=True)
        link = re.search(r"http://testserver(/accounts/invitation/[\w-]+/)", page.content.decode())
        assert link
        assert Invitation.objects.get().role == "manager"
        assert Client().get(link[1], follow=True).status_code == 200


class TestTaking:
    def test_it_makes_an_account_with_that_place(
        self, client: Client, invited: tuple[Invitation, str], office: Office
    ) -> None:
        page = follow(client, invited[1])
        assert page.redirect_chain[-1][0] == JOIN
        answer = client.post(JOIN, NEW, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/meetings/")
        place = Membership.objects.get(user__username="nils")
        assert (place.office, place.role) == (office, "broker")

    def test_it_works_once(self, invited: tuple[Invitation, str]) -> None:
        first, second = Client(), Client()
        follow(first, invited[1])
        follow(second, invited[1])
        first.post(JOIN, NEW)
        answer = second.post(JOIN, {**NEW, "username": "annan"})
        assert answer.status_code == 410
        assert not User.objects.filter(username="annan").exists()

    def test_two_at_the_same_moment_give_one_account(
        self, client: Client, invited: tuple[Invitation, str], monkeypatch
    ) -> None:
        follow(client, invited[1])
        found = invitations.find(invited[1])
        invitations.take(found, make_user("snabb"))  # type: ignore[arg-type]
        monkeypatch.setattr(invitations, "find", lambda token: found)
        assert client.post(JOIN, NEW).status_code == 410
        assert not User.objects.filter(username="nils").exists()

    @pytest.mark.parametrize("how", ["withdrawn", "run out", "made up"])
    def test_it_leads_nowhere(self, invited: tuple[Invitation, str], how: str) -> None:
        invitation, token = invited
        if how == "withdrawn":
            assert invitations.withdraw(invitation)
        elif how == "run out":
            late = timezone.now() - dt.timedelta(seconds=1)
            Invitation.objects.update(expires_at=late)
        else:
            token = "x" * 43
        assert follow(Client(), token).status_code == 410

    @pytest.mark.parametrize("role", [Role.BOOKER, Role.MANAGER, Role.ADMINISTRATOR])
    def test_nobody_changes_their_own_place_by_an_invitation_of_their_own(
        self, office: Office, role: Role
    ) -> None:
        boss = make_user("boss", office, role=Role.ADMINISTRATOR)
        assert not may(boss, Right.AMOUNTS, office)
        invitation, token = invitations.invite(boss, Place(office, role))
        client = Client()
        client.force_login(boss)

        shown = follow(client, token)
        assert shown.status_code == 403
        assert "din egen" in shown.content.decode()
        assert client.post(JOIN).status_code == 403

        assert Membership.objects.get(user=boss).role == "administrator"
        assert not may(boss, Right.AMOUNTS, office)
        assert Invitation.objects.open().filter(pk=invitation.pk).exists()

    def test_one_who_is_there_keeps_one_place_with_no_more_than_is_offered(
        self, as_bokare: Client, bokare: User, eva: User, office: Office
    ) -> None:
        place = Membership.objects.get(user=bokare)
        place.exceptions.create(right=Right.PROTECTED, granted=True)
        place.exceptions.create(right=Right.EXPORT, granted=False)
        _invitation, token = invitations.invite(eva, Place(office, Role.MANAGER))
        follow(as_bokare, token)
        as_bokare.post(JOIN)

        place.refresh_from_db()
        assert place.role == "manager"
        assert not may(bokare, Right.PROTECTED, office)
        assert not may(bokare, Right.EXPORT, office)
        assert may(bokare, Right.FIGURES, office)

    def test_the_role_one_has_already_changes_nothing(
        self, as_bokare: Client, bokare: User, eva: User, office: Office
    ) -> None:
        place = Membership.objects.get(user=bokare)
        place.exceptions.create(right=Right.PROTECTED, granted=True)
        _invitation, token = invitations.invite(eva, Place(office, Role.BOOKER))
        follow(as_bokare, token)
        as_bokare.post(JOIN)
        assert may(bokare, Right.PROTECTED, office)

    def test_who_has_an_account_gets_one_more_place(
        self, as_grannkontor: Client, grannkontor: User, invited: tuple[Invitation, str]
    ) -> None:
        assert "ditt konto får platsen" in follow(as_grannkontor, invited[1]).content.decode()
        as_grannkontor.post(JOIN)
        assert grannkontor.memberships.count() == 2

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"username": "EVA"}, "Välj ett annat"),
            ({"password2": "något helt annat"}, "inte samma"),
            ({"password1": "kort", "password2": "kort"}, "för kort"),
        ],
    )
    def test_it_says_what_is_wrong(
        self, client: Client, invited: tuple[Invitation, str], changed: dict[str, str], said: str
    ) -> None:
        follow(client, invited[1])
        answer = client.post(JOIN, NEW | changed)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert Invitation.objects.open().exists()


class TestKept:
    def test_neither_link_nor_recipient_can_be_read_in_the_database(
        self, invited: tuple[Invitation, str]
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT recipient, token_hash FROM accounts_invitation")
            stored = str(cursor.fetchall())
        assert "Nils" not in stored
        assert "example.se" not in stored
        assert invited[1] not in stored


class TestPeople:
    def test_it_shows_who_has_a_place_at_ones_own_offices(
        self, as_eva: Client, bokare: User, grannkontor: User, invited: tuple[Invitation, str]
    ) -> None:
        page = as_eva.get(PEOPLE).content.decode()
        assert "Berit Bokare" in page
        assert "Nils Ny" in page
        assert "grannkontor" not in page

    def test_a_place_is_taken_away_and_the_account_stays(
        self, as_chef: Client, bokare: User
    ) -> None:
        place = Membership.objects.get(user=bokare)
        as_chef.post(reverse("accounts:remove", args=[place.pk]))
        bokare.refresh_from_db()
        assert bokare.is_active
        assert not bokare.memberships.exists()

    def test_a_place_taken_away_is_on_record(
        self, as_chef: Client, chef: User, bokare: User, office: Office
    ) -> None:
        place = Membership.objects.get(user=bokare)
        as_chef.post(reverse("accounts:remove", args=[place.pk]))
        entry = LogEntry.objects.get()
        assert (entry.user, entry.action_flag) == (chef, DELETION)
        assert (entry.content_type.model_class(), entry.object_id) == (Membership, str(place.pk))
        assert entry.object_repr == str(place)
        assert str(bokare) in entry.object_repr

    def test_nobody_takes_away_their_own_or_an_administrators(
        self, as_chef: Client, chef: User, office: Office
    ) -> None:
        make_user("adm", office, role=Role.ADMINISTRATOR)
        for user in ("chef", "adm"):
            place = Membership.objects.get(user__username=user)
            as_chef.post(reverse("accounts:remove", args=[place.pk]))
        assert Membership.objects.count() == 2
        assert not LogEntry.objects.exists()

    def test_one_who_may_invite_and_no_more_sees_who_is_there_and_takes_nobody_away(
        self, as_bokare: Client, bokare: User, chef: User, office: Office
    ) -> None:
        given(bokare, office)
        page = as_bokare.get(PEOPLE).content.decode()
        assert chef.username in page
        assert "Ta bort platsen" not in page
        for place in Membership.objects.all():
            answer = as_bokare.post(reverse("accounts:remove", args=[place.pk]))
            assert answer.status_code == 404
        assert Membership.objects.count() == 2

    def test_a_booker_has_no_such_page(self, as_bokare: Client) -> None:
        assert as_bokare.get(PEOPLE).status_code == 404
        assert reverse("accounts:people") not in as_bokare.get("/meetings/").content.decode()

    def test_an_invitation_is_withdrawn(
        self, as_eva: Client, invited: tuple[Invitation, str]
    ) -> None:
        as_eva.post(reverse("accounts:withdraw", args=[invited[0].pk]))
        assert invitations.find(invited[1]) is None
