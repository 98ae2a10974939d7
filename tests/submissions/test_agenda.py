from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from offices.agendas import Asked, Entry
from offices.models import Office, User
from submissions.agenda import sent
from submissions.models import Occurrence, State, Submission
from tests.factories import STOCKHOLM, make_contact, make_submission

pytestmark = pytest.mark.django_db

Day = Callable[..., list[Entry]]


@pytest.fixture
def day(office: Office) -> Day:
    """What stands in the office's calendar on the first days of March 2027."""

    def ask(first: str = "2027-03-01", days: int = 1, **asked: object) -> list[Entry]:
        start = dt.datetime.fromisoformat(first).replace(tzinfo=STOCKHOLM)
        values = {"office": office, **asked}
        return list(sent(Asked(first=start, last=start + dt.timedelta(days=days), **values)))  # type: ignore[arg-type]

    return ask


@pytest.fixture
def comeback(office: Office, bokare: User) -> Submission:
    """A comeback on 1 March 2027 at nine, for HAN1."""
    make_contact(office)
    return make_submission(bokare, office)


def test_what_was_sent_stands_at_its_time_with_its_state(comeback: Submission, day: Day) -> None:
    (entry,) = day()

    assert entry.starts_at == dt.datetime(2027, 3, 1, 9, tzinfo=STOCKHOLM)
    assert entry.ends_at is None
    assert entry.title == "Anna Ek"
    assert str(entry.what) == "Återkomst"
    assert str(entry.state) == "Väntar"
    assert entry.colleague_id == "HAN1"
    assert entry.url == comeback.get_absolute_url()
    # A call to make has no end and takes up no time.
    assert not entry.busy


def test_nothing_is_opened_for_a_clash(comeback: Submission, day: Day) -> None:
    Submission.objects.update(key="")

    assert [entry.title for entry in day(titled=False)] == [""]


def test_an_erased_one_still_takes_its_time(comeback: Submission, day: Day) -> None:
    Submission.objects.update(key="")

    assert [entry.title for entry in day()] == [""]


@pytest.mark.parametrize(
    ("state", "seen", "busy"),
    [
        (State.QUEUED, 1, True),
        (State.DELIVERED, 1, True),
        (State.UNKNOWN, 1, True),
        (State.FAILED, 1, False),
        (State.REJECTED, 1, False),
        (State.CANCELLED, 0, False),
    ],
)
def test_by_its_state_it_is_shown_and_takes_up_time(
    comeback: Submission, day: Day, state: State, seen: int, busy: bool
) -> None:
    nine = dt.datetime(2027, 3, 1, 9, tzinfo=STOCKHOLM)
    Occurrence.objects.update(ends_at=nine + dt.timedelta(hours=1))
    Submission.objects.update(state=state)

    assert [entry.busy for entry in day()] == [busy] * seen


def test_a_refused_one_that_was_corrected_gives_way(
    comeback: Submission, office: Office, bokare: User, day: Day
) -> None:
    later = make_submission(bokare, office, note="rättad")
    Submission.objects.filter(pk=comeback.pk).update(state=State.REJECTED)
    assert len(day()) == 2

    Submission.objects.filter(pk=later.pk).update(corrects=comeback)

    assert [entry.url for entry in day()] == [later.get_absolute_url()]


def test_only_the_days_asked_for(comeback: Submission, day: Day) -> None:
    assert day("2027-02-28") == []
    assert day("2027-03-02") == []
    assert len(day("2027-02-22", 7)) == 0
    assert len(day("2027-02-22", 14)) == 1


def test_only_the_calendars_asked_for(comeback: Submission, day: Day) -> None:
    assert len(day(colleagues=["HAN1"])) == 1
    assert day(colleagues=["HAN2"]) == []


def test_a_neighbour_sees_nothing(comeback: Submission, neighbour_office: Office, day: Day) -> None:
    assert day(office=neighbour_office) == []


def test_a_comeback_for_a_group_is_in_nobodys_own_calendar(
    office: Office, bokare: User, day: Day
) -> None:
    make_submission(bokare, office, participant=("userGroupId", "GRP1"))

    assert [entry.colleague_id for entry in day()] == [""]


class TestSeries:
    @pytest.fixture(autouse=True)
    def weekly(self, comeback: Submission) -> None:
        """A series from Monday 1 March on, from 22:00 to 06:00 the day after."""
        Occurrence.objects.update(
            starts_at=dt.datetime(2027, 3, 1, 22, tzinfo=STOCKHOLM),
            ends_at=dt.datetime(2027, 3, 2, 6, tzinfo=STOCKHOLM),
            rule="FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO",
        )

    def test_it_comes_again_and_again(self, day: Day) -> None:
        starts = [entry.starts_at.day for entry in day("2027-03-01", 31)]

        assert starts == [1, 8, 15, 22, 29]

    def test_it_ends_at_the_same_time_of_day_in_summer(self, day: Day) -> None:
        (entry,) = day("2027-03-29", 1)

        assert entry.ends_at == dt.datetime(2027, 3, 30, 6, tzinfo=STOCKHOLM)

    def test_its_last_hours_are_in_the_day_after(self, day: Day) -> None:
        assert [entry.starts_at.day for entry in day("2027-03-09", 1)] == [8]
        assert day("2027-03-10", 1) == []
