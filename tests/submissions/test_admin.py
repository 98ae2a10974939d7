from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from offices.models import Membership, Office, Role, User
from submissions import outbox
from submissions.models import Pause, State, Submission
from tests.factories import make_contact, make_submission, make_user

pytestmark = pytest.mark.django_db

LIST = "admin:submissions_submission_changelist"


@pytest.fixture
def sent(bokare: User, office: Office) -> Submission:
    make_contact(office)
    return make_submission(bokare, office, note="Hemligt om Anna Ek")


def page_of(submission: Submission) -> str:
    return reverse("admin:submissions_submission_change", args=[submission.pk])


def test_it_is_searched_by_code_state_and_office(as_admin: Client, sent: Submission) -> None:
    for text in (str(sent.code), sent.code.hex, "queued", "Sundbyberg", "M30011"):
        assert str(sent.code) in as_admin.get(reverse(LIST), {"q": text}).content.decode()

    assert str(sent.code) not in as_admin.get(reverse(LIST), {"q": "Anna"}).content.decode()


def test_neither_list_nor_page_shows_personal_content(as_admin: Client, sent: Submission) -> None:
    for url in (reverse(LIST), page_of(sent), reverse("admin:submissions_attempt_changelist")):
        text = as_admin.get(url).content.decode()
        assert "Anna" not in text
        assert "Hemligt" not in text


@pytest.mark.parametrize("action", ["change", "delete"])
def test_nothing_can_be_changed_or_deleted(as_admin: Client, sent: Submission, action: str) -> None:
    url = reverse(f"admin:submissions_submission_{action}", args=[sent.pk])

    assert as_admin.post(url, {"state": "delivered"}).status_code == 403
    assert as_admin.get(reverse("admin:submissions_submission_add")).status_code == 403


def shown(client: Client) -> str:
    """What the list says that it knows of."""
    said = re.search(r'name="seen" value="(\d+)"', client.get(reverse(LIST)).content.decode())
    assert said
    return said[1]


def run(
    client: Client, action: str, submission: Submission, reason: str, seen: str | None = None
) -> str:
    answer = client.post(
        reverse(LIST),
        {
            "action": action,
            "_selected_action": submission.pk,
            "reason": reason,
            "seen": shown(client) if seen is None else seen,
        },
        follow=True,
    )
    return answer.content.decode()


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("send_again", State.UNKNOWN, State.QUEUED),
        ("send_again", State.FAILED, State.QUEUED),
        ("mark_delivered", State.UNKNOWN, State.DELIVERED),
        ("mark_not_delivered", State.UNKNOWN, State.CANCELLED),
    ],
)
def test_an_action_settles_with_name_and_reason(
    as_admin: Client, admin: User, sent: Submission, action: str, before: State, after: State
) -> None:
    Submission.objects.update(state=before)

    run(as_admin, action, sent, "Sett i Express")

    sent.refresh_from_db()
    last = sent.attempts.last()
    assert last is not None
    assert (sent.state, last.actor, last.reason) == (after, admin, "Sett i Express")


@pytest.mark.parametrize("action", ["send_again", "mark_delivered", "mark_not_delivered"])
def test_an_old_list_settles_nothing_that_has_happened_since(
    as_admin: Client, admin: User, sent: Submission, action: str
) -> None:
    Submission.objects.update(state=State.UNKNOWN)
    old = shown(as_admin)
    outbox.send_again(sent, admin, "Finns inte")
    Submission.objects.update(state=State.UNKNOWN)

    assert "ändrats under tiden" in run(as_admin, action, sent, "Sett i Express", old)

    sent.refresh_from_db()
    assert sent.state == State.UNKNOWN
    assert "lämnades" in run(as_admin, action, sent, "Sett i Express", "")


def test_without_a_reason_nothing_happens(as_admin: Client, sent: Submission) -> None:
    Submission.objects.update(state=State.UNKNOWN)

    assert "Ange" in run(as_admin, "mark_delivered", sent, " ")
    sent.refresh_from_db()
    assert sent.state == State.UNKNOWN


@pytest.mark.parametrize("action", ["send_again", "mark_delivered", "mark_not_delivered"])
def test_what_is_settled_is_left_alone(as_admin: Client, sent: Submission, action: str) -> None:
    Submission.objects.update(state=State.DELIVERED)

    run(as_admin, action, sent, "ändå")

    sent.refresh_from_db()
    assert sent.state == State.DELIVERED


def test_a_booker_finds_no_admin(as_bokare: Client, sent: Submission) -> None:
    assert as_bokare.get(page_of(sent)).status_code == 404


def test_an_administrator_of_another_office_finds_nothing(
    sent: Submission, neighbour_office: Office
) -> None:
    other = make_user("other", neighbour_office, role=Role.ADMINISTRATOR, is_staff=True)
    other.user_permissions.set(Permission.objects.filter(content_type__app_label="submissions"))
    client = Client()
    client.force_login(other)

    assert client.get(page_of(sent)).status_code == 404
    assert str(sent.code) not in client.get(reverse(LIST)).content.decode()

    Membership.objects.create(user=other, office=sent.office)
    assert client.get(page_of(sent)).status_code == 200


def test_a_pause_ends_from_here(as_admin: Client, sent: Submission, office: Office) -> None:
    pause = Pause.objects.create(office=office, status=401)
    Submission.objects.update(state=State.HELD)

    as_admin.post(
        reverse("admin:submissions_pause_changelist"),
        {"action": "end", "_selected_action": pause.pk},
    )

    sent.refresh_from_db()
    assert sent.state == State.QUEUED


def test_sending_is_paused_from_here_and_what_is_paused_already_is_said(
    as_admin: Client, admin: User, office: Office
) -> None:
    form = {"office": office.customer_id, "endpoint": "everything", "reason": "Flytt"}

    first, second = (
        as_admin.post(reverse("admin:submissions_pause_add"), form, follow=True) for _ in range(2)
    )

    pause = Pause.objects.get()
    assert (pause.office, pause.endpoint, pause.status) == (office, "", 0)
    assert (pause.paused_by, pause.reason) == (admin, "Flytt")
    assert "Det är redan pausat" not in first.content.decode()
    assert second.status_code == 200
    assert "Det är redan pausat" in second.content.decode()
    assert LogEntry.objects.get().object_id == str(pause.pk)


@pytest.fixture
def as_staff_booker(bokare: User) -> Client:
    """May look at the admin of her office, and decides nothing there either."""
    bokare.is_staff = True
    bokare.save()
    bokare.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(bokare)
    return client


def test_the_admin_opens_no_door_that_the_page_keeps_shut(
    as_staff_booker: Client, sent: Submission, office: Office
) -> None:
    Submission.objects.update(state=State.UNKNOWN)
    pause = Pause.objects.create(office=office, status=401)

    run(as_staff_booker, "send_again", sent, "vill")
    as_staff_booker.post(
        reverse("admin:submissions_pause_changelist"),
        {"action": "end", "_selected_action": pause.pk},
    )

    sent.refresh_from_db()
    pause.refresh_from_db()
    assert sent.state == State.UNKNOWN
    assert pause.ended_at is None


@pytest.mark.parametrize(
    "page",
    ["submissions_submission", "submissions_attempt", "submissions_pause", "offices_contact",
     "offices_syncrun", "meetings_meeting"],
)  # fmt: skip
def test_the_filters_name_no_strangers_office(
    as_staff_booker: Client, sent: Submission, neighbour_office: Office, page: str
) -> None:
    text = as_staff_booker.get(reverse(f"admin:{page}_changelist")).content.decode()

    assert neighbour_office.name not in text


def test_people_and_their_rights_are_for_superusers_alone(
    as_staff_booker: Client, as_admin: Client, grannkontor: User
) -> None:
    url = reverse("admin:offices_user_change", args=[grannkontor.pk])

    assert as_staff_booker.get(url).status_code in (403, 404)
    assert as_admin.get(url).status_code == 200
