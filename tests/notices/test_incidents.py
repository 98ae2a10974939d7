"""One notice an incident and person: to who sent it, and to who decides for the office."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notices import incidents, letters
from notices.models import LetterChoice, Notice, What
from notices.tasks import tell_people
from offices.models import Office, Role, User
from submissions import outbox, pauses
from submissions.journal import note
from submissions.models import Event, Outage, Pause, State, Submission
from tests.factories import make_submission, make_user

pytestmark = pytest.mark.django_db


def troubled(
    user: User, office: Office, number: int, state: State = State.UNKNOWN,
    event: Event = Event.UNKNOWN,
) -> Submission:  # fmt: skip
    """As a worker leaves one that came to nothing good."""
    submission = make_submission(user, office, contact_id=f"ADR{number}", note=f"Hemligt {number}")
    Submission.objects.filter(pk=submission.pk).update(state=state)
    submission.refresh_from_db()
    note(submission, event)
    return submission


def notices_of(user: User) -> list[tuple[str, int]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("what", "number"))


class TestTroubles:
    def test_the_sender_and_the_manager_are_told_and_a_colleague_is_not(
        self, bokare: User, chef: User, maklare: User, grannkontor: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)

        incidents.look_around()

        assert notices_of(bokare) == notices_of(chef) == [("uncertain", 1)]
        assert notices_of(maklare) == notices_of(grannkontor) == []

    def test_thirty_four_of_one_incident_are_one_notice(self, bokare: User, office: Office) -> None:
        for number in range(20):
            troubled(bokare, office, number)
        incidents.look_around()
        for number in range(20, 34):
            troubled(bokare, office, number)
        incidents.look_around()

        assert notices_of(bokare) == [("uncertain", 34)]

    def test_nobody_is_told_of_the_same_event_twice(self, bokare: User, office: Office) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()
        Notice.objects.all().mark_read()

        assert incidents.look_around() == []

    def test_what_went_wrong_in_different_ways_is_told_apart(
        self, bokare: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)
        troubled(bokare, office, 2, State.REJECTED, Event.REFUSED)
        troubled(bokare, office, 3, State.FAILED, Event.GAVE_UP)

        incidents.look_around()

        assert sorted(notices_of(bokare)) == [("failed", 1), ("refused", 1), ("uncertain", 1)]

    def test_a_later_incident_is_a_notice_of_its_own(self, bokare: User, office: Office) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()
        Notice.objects.update(latest_at=timezone.now() - dt.timedelta(hours=2))
        troubled(bokare, office, 2)
        incidents.look_around()

        assert notices_of(bokare) == [("uncertain", 1), ("uncertain", 1)]

    def test_what_was_settled_before_anybody_looked_is_no_news(
        self, bokare: User, office: Office
    ) -> None:
        submission = troubled(bokare, office, 1)
        outbox.mark_delivered(submission, bokare, "Såg den")

        incidents.look_around()

        assert notices_of(bokare) == []

    def test_a_notice_is_read_by_itself_once_all_of_it_is_settled(
        self, bokare: User, office: Office
    ) -> None:
        rows = [troubled(bokare, office, number) for number in (1, 2)]
        incidents.look_around()

        outbox.mark_delivered(rows[0], bokare, "Såg den")
        incidents.look_around()
        assert Notice.objects.unread().count() == 1

        outbox.mark_delivered(rows[1], bokare, "Såg den")
        incidents.look_around()
        assert not Notice.objects.unread().exists()

    def test_two_that_look_at_once_tell_once(
        self, bokare: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = troubled(bokare, office, 1)
        [event] = submission.attempts.filter(event=Event.UNKNOWN)
        incidents.look_around()
        Notice.objects.all().mark_read()

        incidents._tell_office(office, What.UNCERTAIN, [event])

        assert notices_of(bokare) == [("uncertain", 1)]

    def test_what_happened_while_nobody_looked_is_told_afterwards(
        self, bokare: User, office: Office
    ) -> None:
        incidents.look_around()
        troubled(bokare, office, 1)
        late = timezone.now() + dt.timedelta(minutes=1)
        incidents.Heart.objects.update(beat_at=late)

        incidents.look_around()

        assert notices_of(bokare) == [("uncertain", 1)]

    def test_a_crash_between_two_people_leaves_nobody_out(
        self, bokare: User, chef: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        troubled(bokare, office, 1)
        tell, told = incidents._tell, []

        def dies_at_the_second(*args: Any) -> None:
            if told:
                raise SystemExit
            told.append(args)
            tell(*args)

        with monkeypatch.context() as patched:
            patched.setattr(incidents, "_tell", dies_at_the_second)
            with pytest.raises(SystemExit):
                incidents.look_around()
        assert told
        assert not Notice.objects.exists()

        incidents.look_around()
        incidents.look_around()

        assert notices_of(bokare) == notices_of(chef) == [("uncertain", 1)]

    def test_a_host_whose_clock_is_wrong_overlooks_nothing(
        self, bokare: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + dt.timedelta(hours=5))
        incidents.look_around()
        monkeypatch.setattr(timezone, "now", real)
        troubled(bokare, office, 1)

        incidents.look_around()

        assert notices_of(bokare) == [("uncertain", 1)]


class TestDenied:
    def test_who_decides_is_told_once_until_it_is_over(
        self, bokare: User, chef: User, office: Office
    ) -> None:
        pause = Pause.objects.create(office=office, status=401)

        incidents.look_around()
        incidents.look_around()

        assert notices_of(chef) == [("denied", 0)]
        assert notices_of(bokare) == []
        outbox.end_pause(pause, chef)
        incidents.look_around()
        assert not Notice.objects.unread().exists()

    def test_it_is_told_however_long_nobody_looked(self, chef: User, office: Office) -> None:
        incidents.look_around()
        Pause.objects.create(office=office, status=401)
        Pause.objects.update(since=timezone.now() - dt.timedelta(days=2))

        incidents.look_around()

        assert notices_of(chef) == [("denied", 0)]

    def test_a_pause_that_a_person_wants_is_no_notice(self, chef: User, office: Office) -> None:
        pauses.pause(office, "", chef, "Flytt")

        incidents.look_around()

        assert notices_of(chef) == []


class TestTheEndOfAnOutage:
    @pytest.fixture
    def outage(self, office: Office) -> Outage:
        return Outage.objects.create(
            office=office, failures=5, probe_at=timezone.now(), ended_at=timezone.now()
        )

    def waited(self, user: User, office: Office, outage: Outage, state: State) -> Submission:
        count = Submission.objects.count()
        # Given to the office, which is nobody's name: a broker may send it.
        given = {"contact_id": f"ADR{count}", "participant": ("officeId", "FIR30011")}
        submission = make_submission(user, office, **given)
        Submission.objects.filter(pk=submission.pk).update(waited_for=outage, state=state)
        return submission

    def test_each_person_is_told_once_how_many_of_the_own_arrived(
        self, as_bokare: Client, bokare: User, maklare: User, chef: User, office: Office,
        outage: Outage,
    ) -> None:  # fmt: skip
        for user, times in ((bokare, 3), (maklare, 1)):
            for _ in range(times):
                self.waited(user, office, outage, State.DELIVERED)

        incidents.look_around()
        incidents.look_around()

        assert notices_of(bokare) == [("over", 3)]
        assert notices_of(maklare) == [("over", 1)]
        assert notices_of(chef) == [], "nothing of the manager's waited"
        page = as_bokare.get(reverse("notices:list")).content.decode()
        assert "Vitec svarar igen sedan" in page
        assert "Dina 3 har levererats." in page

    def test_nobody_is_told_before_the_own_have_come_to_an_end(
        self, bokare: User, office: Office, outage: Outage
    ) -> None:
        last = self.waited(bokare, office, outage, State.QUEUED)
        self.waited(bokare, office, outage, State.DELIVERED)
        incidents.look_around()
        assert notices_of(bokare) == []

        Submission.objects.filter(pk=last.pk).update(state=State.REJECTED)
        incidents.look_around()

        notice = Notice.objects.get(user=bokare)
        assert (notice.number, notice.delivered, notice.late) == (2, 1, 1)

    def test_after_a_while_it_is_said_although_some_still_wait(
        self, bokare: User, office: Office, outage: Outage
    ) -> None:
        self.waited(bokare, office, outage, State.QUEUED)
        Outage.objects.update(ended_at=timezone.now() - dt.timedelta(minutes=21))

        incidents.look_around()

        assert notices_of(bokare) == [("over", 1)]

    def test_one_that_ended_while_nobody_looked_for_days_is_told_all_the_same(
        self, bokare: User, office: Office, outage: Outage
    ) -> None:
        incidents.look_around()
        days_ago = timezone.now() - dt.timedelta(days=3)
        incidents.Heart.objects.update(beat_at=days_ago)
        self.waited(bokare, office, outage, State.DELIVERED)
        Outage.objects.update(ended_at=days_ago + dt.timedelta(hours=5))

        incidents.look_around()

        assert notices_of(bokare) == [("over", 1)]

    def test_one_that_was_still_drained_at_the_last_look_is_told_at_the_next(
        self, bokare: User, office: Office, outage: Outage
    ) -> None:
        self.waited(bokare, office, outage, State.QUEUED)
        incidents.look_around()
        assert notices_of(bokare) == []
        a_day_ago = timezone.now() - dt.timedelta(days=1)
        incidents.Heart.objects.update(beat_at=a_day_ago)
        Outage.objects.update(ended_at=a_day_ago)

        incidents.look_around()

        assert notices_of(bokare) == [("over", 1)]

    def test_a_hiccup_is_no_outage(self, bokare: User, office: Office, outage: Outage) -> None:
        self.waited(bokare, office, outage, State.DELIVERED)
        Outage.objects.update(failures=1)

        incidents.look_around()

        assert notices_of(bokare) == []


class TestPage:
    def test_the_bell_counts_what_is_unread(
        self, as_bokare: Client, as_grannkontor: Client, bokare: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()

        assert "1 oläst notis" in as_bokare.get(reverse("submissions:list")).content.decode()
        text = as_grannkontor.get(reverse("submissions:list")).content.decode()
        assert "0 olästa notiser" in text

    def test_opening_one_leads_to_what_it_is_about_and_reads_it(
        self, as_bokare: Client, bokare: User, office: Office
    ) -> None:
        submission = troubled(bokare, office, 1)
        incidents.look_around()
        notice = Notice.objects.get(user=bokare)

        answer = as_bokare.post(reverse("notices:open", args=[notice.pk]))

        assert answer.headers["Location"] == submission.get_absolute_url()
        assert not Notice.objects.unread().filter(user=bokare).exists()

    def test_it_says_how_many_of_them_somebody_must_still_settle(
        self, as_bokare: Client, bokare: User, chef: User, office: Office
    ) -> None:
        """What the look at Vitec has found meanwhile is nobody's work any more."""
        first, second, _ = (troubled(bokare, office, number) for number in range(3))
        incidents.look_around()
        page = reverse("notices:list")
        assert "kvar att avgöra" not in as_bokare.get(page).content.decode()

        for submission in (first, second):
            outbox.mark_delivered(submission, chef, "Ligger i kalendern")

        text = as_bokare.get(page).content.decode()
        assert "3 inskick är osäkra" in text
        assert "1 är kvar att avgöra." in text

    def test_one_that_was_read_says_so_too_once_it_is_settled(
        self, as_bokare: Client, bokare: User, chef: User, office: Office
    ) -> None:
        submission = troubled(bokare, office, 1)
        incidents.look_around()
        Notice.objects.all().mark_read()
        outbox.mark_delivered(submission, chef, "Ligger i kalendern")

        assert "Avgjort sedan dess." in as_bokare.get(reverse("notices:list")).content.decode()

    def test_chosen_ones_are_read_and_then_all(
        self, as_bokare: Client, bokare: User, chef: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)
        troubled(bokare, office, 2, State.REJECTED, Event.REFUSED)
        troubled(bokare, office, 3, State.FAILED, Event.GAVE_UP)
        incidents.look_around()
        unread = Notice.objects.unread().filter(user=bokare)
        chosen = unread.order_by("pk").first()
        assert chosen is not None

        as_bokare.post(reverse("notices:read"), {"code": [str(chosen.pk)]})
        assert unread.count() == 2
        as_bokare.post(reverse("notices:read"), {"all": "1"})

        assert unread.count() == 0
        assert Notice.objects.unread().filter(user=chef).count() == 3

    def test_a_strangers_notice_does_not_exist(
        self, as_maklare: Client, bokare: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()
        notice = Notice.objects.get(user=bokare)

        assert as_maklare.post(reverse("notices:open", args=[notice.pk])).status_code == 404

    def test_of_an_office_that_is_no_longer_theirs_nothing_is_left(
        self, as_bokare: Client, bokare: User, office: Office
    ) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()
        bokare.memberships.all().delete()

        assert "kan finnas i Vitec" not in as_bokare.get(reverse("notices:list")).content.decode()

    def test_old_ones_are_forgotten(self, bokare: User, office: Office) -> None:
        troubled(bokare, office, 1)
        incidents.look_around()
        Notice.objects.update(latest_at=timezone.now() - dt.timedelta(days=91))

        incidents.tidy()

        assert not Notice.objects.exists()


class TestLetters:
    @pytest.fixture(autouse=True)
    def server(self, settings: Any, bokare: User) -> None:
        settings.EMAIL_WORKS = True
        settings.PORTAL_URL = "https://portal.example.se"
        User.objects.filter(pk=bokare.pk).update(email="berit@example.se")

    def notice(self, bokare: User, office: Office) -> Notice:
        troubled(bokare, office, 1)
        incidents.look_around()
        return Notice.objects.get(user=bokare)

    def test_who_wants_one_gets_one_without_anything_personal(
        self, as_bokare: Client, bokare: User, office: Office
    ) -> None:
        as_bokare.post(reverse("notices:letters"), {"wanted": "1"})
        notice = self.notice(bokare, office)

        assert letters.write(notice.pk)
        assert not letters.write(notice.pk)

        [letter] = mail.outbox
        assert letter.to == ["berit@example.se"]
        assert "Ett inskick är osäkert" in letter.body
        assert "https://portal.example.se/notices/" in letter.body
        for personal in ("Anna", "Ek", "Hemligt", "ADR1", "Berit"):
            assert personal not in letter.subject + letter.body

    def test_who_has_not_chosen_gets_what_the_setting_says(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        notice = self.notice(bokare, office)
        assert not letters.write(notice.pk)

        settings.NOTICES_BY_MAIL = True
        assert letters.write(notice.pk)

    def test_who_wants_none_gets_none(self, bokare: User, office: Office, settings: Any) -> None:
        settings.NOTICES_BY_MAIL = True
        LetterChoice.objects.create(user=bokare, wanted=False)

        assert not letters.write(self.notice(bokare, office).pk)
        assert mail.outbox == []

    def test_a_server_that_refuses_stops_nothing(
        self, bokare: User, office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        monkeypatch.setattr(letters, "send_mail", _refused)

        assert not letters.write(self.notice(bokare, office).pk)

    def test_a_letter_that_the_server_refused_is_written_later(
        self, bokare: User, office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        notice = self.notice(bokare, office)
        with monkeypatch.context() as patched:
            patched.setattr(letters, "send_mail", _refused)
            letters.write(notice.pk)
        assert letters.due() == [], "not at once"
        Notice.objects.update(writing_at=timezone.now() - dt.timedelta(minutes=11))

        assert letters.due() == [notice.pk]
        assert letters.write(notice.pk)
        assert letters.due() == []

    def test_a_worker_that_dies_with_a_letter_in_hand_loses_none(
        self, bokare: User, office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        notice = self.notice(bokare, office)
        with monkeypatch.context() as patched:
            patched.setattr(letters, "send_mail", _dies)
            with pytest.raises(SystemExit):
                letters.write(notice.pk)
        Notice.objects.update(writing_at=timezone.now() - dt.timedelta(minutes=11))

        assert letters.write(notice.pk)

        assert len(mail.outbox) == 1

    def test_of_two_that_would_write_it_one_does(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        notice = self.notice(bokare, office)
        Notice.objects.update(writing_at=timezone.now() - dt.timedelta(seconds=20))

        assert not letters.write(notice.pk)

    def test_what_is_old_or_read_needs_no_letter(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        notice = self.notice(bokare, office)
        Notice.objects.update(latest_at=timezone.now() - dt.timedelta(hours=25))
        assert not letters.write(notice.pk)
        Notice.objects.update(latest_at=timezone.now(), read_at=timezone.now())
        assert not letters.write(notice.pk)

    def test_the_task_hands_over_the_ids_of_those_who_want_one_alone(
        self, bokare: User, chef: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        handed: list[Any] = []
        monkeypatch.setattr("notices.tasks.mail_notice.delay", handed.append)
        User.objects.filter(pk=chef.pk).update(email="chef@example.se")
        LetterChoice.objects.create(user=bokare, wanted=True)
        troubled(bokare, office, 1)

        tell_people()

        mine = Notice.objects.filter(user=bokare).values_list("pk", flat=True)
        assert handed == list(mine)
        assert Notice.objects.filter(user=chef).exists()

    def test_a_letter_whose_message_was_lost_is_handed_over_again(
        self, bokare: User, office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.NOTICES_BY_MAIL = True
        notice = self.notice(bokare, office)
        handed: list[Any] = []
        monkeypatch.setattr("notices.tasks.mail_notice.delay", handed.append)

        tell_people()

        assert handed == [notice.pk]


def _refused(*_: object, **__: object) -> None:
    raise OSError("no route")


def _dies(*_: object, **__: object) -> None:
    raise SystemExit


def test_somebody_of_two_offices_is_told_by_office(bokare: User, office: Office) -> None:
    both = make_user("koordinator", office, role=Role.MANAGER)
    troubled(bokare, office, 1)
    incidents.look_around()

    assert [notice.office for notice in both.notices.all()] == [office]
