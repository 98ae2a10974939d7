"""No time takes anything before it was counted and told, and none is forgotten."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from meetings import kinds
from meetings.models import Meeting
from offices.models import Office, Retention, User
from offices.person_data import Rule, all_rules
from offices.person_marks import marks
from privacy import purging
from privacy.models import Inquiry, PurgeRun, Who
from submissions import drafts
from submissions.models import Draft
from tests.factories import make_user
from tests.privacy.test_purging import counted, days_ago
from tests.privacy.test_register import meeting_row, take

pytestmark = pytest.mark.django_db

KEY = "submissions.drafts"
KEEPING = reverse("privacy:keeping")


def rule_of(key: str) -> Rule:
    return next(one for one in all_rules() if one.key == key)


def keep_draft(user: User, office: Office, days: float) -> Draft:
    draft = drafts.keep(user, office, kinds.COMEBACK, uuid.uuid4(), {"note": ["Hej"]})
    assert draft is not None
    Draft.objects.filter(pk=draft.pk).update(changed_at=days_ago(days))
    return draft


def days_pass(days: float) -> None:
    row = Retention.objects.get(rule=KEY)
    assert row.takes_from
    Retention.objects.filter(rule=KEY).update(takes_from=row.takes_from - dt.timedelta(days=days))


@pytest.fixture
def in_force(settings: Any) -> None:
    """Seven days for drafts, since long."""
    Retention.objects.create(rule=KEY, in_force=dt.timedelta(days=7))


class TestATimeThatIsNew:
    def test_it_is_counted_first_and_takes_when_the_days_have_passed(
        self, bokare: User, office: Office
    ) -> None:
        keep_draft(bokare, office, 8)

        first = purging.run()
        days_pass(2.9)
        second = purging.run()

        for run in (first, second):
            assert (counted(run), run.ahead[KEY], run.dry) == ({}, 1, False)
        assert Draft.objects.exists()
        days_pass(0.2)
        assert counted(purging.run()) == {KEY: 1}
        assert not Draft.objects.exists()

    def test_a_dry_run_begins_the_days_and_is_no_way_around_them(
        self, bokare: User, office: Office
    ) -> None:
        keep_draft(bokare, office, 8)
        assert counted(purging.run(dry=True)) == {KEY: 1}
        assert counted(purging.run()) == {}
        days_pass(3.1)
        assert counted(purging.run(dry=True)) == {KEY: 1}
        assert Draft.objects.exists()
        assert counted(purging.run()) == {KEY: 1}

    def test_what_was_never_kept_for_longer_is_not_waited_for(self) -> None:
        run = purging.run()
        fixed = {rule.key for rule in all_rules() if rule.fixed}
        assert fixed == {"accounts.kept_forms", "offices.import_drafts"}
        assert set(run.facts) == fixed
        assert set(run.ahead) == {rule.key for rule in all_rules()} - fixed


@pytest.mark.usefixtures("in_force")
class TestATimeThatIsChanged:
    def test_until_a_shorter_one_is_in_force_the_longer_goes_on(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        old, younger = keep_draft(bokare, office, 8), keep_draft(bokare, office, 3)
        settings.DRAFT_DAYS = 2

        run = purging.run()

        assert counted(run) == {KEY: 1}
        assert run.ahead[KEY] == 1
        assert [one.pk for one in Draft.objects.all()] == [younger.pk] != [old.pk]
        days_pass(3.1)
        assert counted(purging.run()) == {KEY: 1}

    def test_a_longer_one_is_at_once_and_the_way_back_is_counted_anew(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        keep_draft(bokare, office, 8)
        settings.DRAFT_DAYS = 9
        run = purging.run()
        assert KEY not in run.ahead
        assert counted(run) == {}
        settings.DRAFT_DAYS = 7
        run = purging.run()
        assert run.ahead[KEY] == 1
        assert Draft.objects.exists()

    def test_so_is_the_way_back_from_for_ever(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        keep_draft(bokare, office, 8)
        settings.DRAFT_DAYS = 0
        assert KEY not in purging.run().facts
        settings.DRAFT_DAYS = 7
        assert purging.run().ahead[KEY] == 1
        assert Draft.objects.exists()

    def test_the_days_of_one_time_do_not_count_for_another(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        keep_draft(bokare, office, 3)
        settings.DRAFT_DAYS = 5
        purging.run()
        days_pass(3.1)
        settings.DRAFT_DAYS = 2
        assert counted(purging.run()) == {}
        assert Draft.objects.exists()
        row = Retention.objects.get(rule=KEY)
        assert (row.announced, row.counted) == (dt.timedelta(days=2), 1)
        # Back at the first one nothing is announced any more.
        settings.DRAFT_DAYS = 7
        purging.run()
        row.refresh_from_db()
        assert (row.announced, row.takes_from) == (None, None)


class TestMeetings:
    """What a fetch strips of its person goes by the same times."""

    def test_a_shorter_time_takes_nobody_from_a_meeting_by_a_fetch(
        self, office: Office, settings: Any
    ) -> None:
        Retention.objects.create(rule="meetings.meetings", in_force=dt.timedelta(days=730))
        day = f"{days_ago(30):%Y-%m-%d}T10:00:00+01:00"
        take(office, meeting_row("MOT1", meetingDate=day))
        settings.MEETING_PERSON_DAYS = 7

        take(office, meeting_row("MOT1", meetingDate=day), meeting_row("MOT2", meetingDate=day))

        # Who was not kept yet does not come in.
        assert Meeting.objects.get(vitec_id="MOT1").contact_name == "Anna Åkesson"
        assert Meeting.objects.get(vitec_id="MOT2").contact_id == ""


class TestPeople:
    def test_the_page_says_what_would_go_and_from_when(
        self, bokare: User, office: Office, ombud: User
    ) -> None:
        client = Client()
        client.force_login(ombud)
        keep_draft(bokare, office, 8)
        assert "Den första räknar bara" in client.get(KEEPING).content.decode()
        purging.run()

        page = client.get(KEEPING).content.decode()

        assert "Räknat: 1 försvinner från" in page
        assert "Gallra med nästa körning" not in page
        assert KEEPING in client.get(reverse("privacy:people")).content.decode()
        assert client.post(reverse("privacy:confirm"), {"rule": KEY}).status_code == 403

    def test_who_answers_for_the_portal_confirms_what_was_counted(
        self, bokare: User, office: Office
    ) -> None:
        keep_draft(bokare, office, 8)
        client = Client()
        boss = make_user("driften", is_staff=True, is_superuser=True)
        client.force_login(boss)
        url = reverse("privacy:confirm")
        # Nothing was counted yet, so there is nothing to confirm.
        told = client.post(url, {"rule": KEY}, follow=True).content.decode()
        assert "räknas om" in told
        purging.run()
        assert "Gallra med nästa körning" in client.get(KEEPING).content.decode()
        client.post(url, {"rule": KEY})
        assert Retention.objects.get(rule=KEY).confirmed_by == boss
        assert "Bekräftad av" in client.get(KEEPING).content.decode()
        assert Draft.objects.exists()
        assert counted(purging.run()) == {KEY: 1}
        assert "Gäller" in client.get(KEEPING).content.decode()

    def test_all_that_the_page_counts_is_confirmed_by_one_press(
        self, bokare: User, office: Office, ombud: User, settings: Any
    ) -> None:
        keep_draft(bokare, office, 8)
        boss = make_user("driften", is_staff=True, is_superuser=True)
        client = Client()
        client.force_login(boss)
        assert "Gallra alla" not in client.get(KEEPING).content.decode()
        announced = set(purging.run().ahead)

        page = client.get(KEEPING).content.decode()

        counts, _table = page.split("Gallra alla", 1)
        assert f"{len(announced)} med nästa körning" in page
        assert set(re.findall(r'type="hidden" name="rule" value="([^"]+)"', counts)) == announced
        assert re.search(r"<span>Utkast</span>\s*<strong>1</strong>", counts)
        other = Client()
        other.force_login(ombud)
        assert "Gallra alla" not in other.get(KEEPING).content.decode()
        url = reverse("privacy:confirm")
        assert other.post(url, {"rule": [*announced]}).status_code == 403
        # One that is set anew meanwhile is left out, and said.
        settings.DISCLOSURE_DAYS = 3
        told = client.post(url, {"rule": [*announced]}, follow=True).content.decode()
        assert f"Bekräftat: {len(announced) - 1} slag" in told
        assert "räknas om först: Vem såg vad." in told
        confirmed = Retention.objects.filter(confirmed_by=boss)
        assert {row.rule for row in confirmed} == announced - {"offices.disclosures"}
        assert Draft.objects.exists()
        assert counted(purging.run()) == {KEY: 1}

    @pytest.mark.parametrize("rules", [[], ["påhittad"], [KEY, "påhittad"]])
    def test_nothing_is_confirmed_by_a_name_that_is_none(self, rules: list[str]) -> None:
        purging.run()
        client = Client()
        client.force_login(make_user("driften", is_staff=True, is_superuser=True))
        assert client.post(reverse("privacy:confirm"), {"rule": rules}).status_code == 404
        assert not Retention.objects.exclude(confirmed_by=None).exists()

    def test_a_confirmation_is_of_the_time_that_was_counted(
        self, bokare: User, office: Office, settings: Any
    ) -> None:
        keep_draft(bokare, office, 8)
        purging.run()
        settings.DRAFT_DAYS = 1
        assert not purging.confirm(rule_of(KEY), None)
        purging.run()
        assert Draft.objects.exists()

    def test_at_the_console_a_run_must_have_counted_it_too(
        self, bokare: User, office: Office
    ) -> None:
        keep_draft(bokare, office, 8)
        said = io.StringIO()
        call_command("purge", "--confirm", stdout=said)
        assert f"{KEY}: 1 would go" in said.getvalue()
        assert Draft.objects.exists()
        call_command("purge", "--confirm", stdout=said)
        assert not Draft.objects.exists()
        assert PurgeRun.objects.latest("pk").facts[KEY] == 1


class TestExports:
    """A register extract is all that is kept of what is taken away."""

    def open_one(self, office: Office, user: User) -> str:
        inquiry = Inquiry(office=office, user=user)
        inquiry.set_who(Who("Anna", marks(contact_ids=["ADR77"])))
        inquiry.save()
        return reverse("privacy:person", args=[inquiry.code])

    @pytest.mark.parametrize(
        ("setting", "hours", "status"),
        [(1, 23, 200), (1, 25, 404), (2, 47, 200), (2, 49, 404), (0, 999, 200)],
    )
    def test_it_opens_for_as_long_as_is_set(
        self, setting: int, hours: int, status: int, office: Office, admin: User,
        as_admin: Client, settings: Any,
    ) -> None:  # fmt: skip
        settings.EXPORT_DAYS = setting
        url = self.open_one(office, admin)
        Inquiry.objects.update(made_at=days_ago(hours / 24))
        assert as_admin.get(url).status_code == status

    def test_its_row_goes_with_the_run(self, office: Office, admin: User, settings: Any) -> None:
        settings.EXPORT_DAYS = 3
        Retention.objects.create(rule="privacy.inquiries", in_force=dt.timedelta(days=3))
        for days in (2.9, 3.1):
            self.open_one(office, admin)
            newest = Inquiry.objects.latest("pk")
            Inquiry.objects.filter(pk=newest.pk).update(made_at=days_ago(days))
        assert counted(purging.run()) == {"privacy.inquiries": 1}
        assert Inquiry.objects.get().made_at > days_ago(3)
