"""Statements written once say the same as the querysets that they are made of."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, DurationField, F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lib.prepared import Followed, Insert, Select, Slot, Update, Whole
from offices.models import LineSeat, User
from submissions.models import StampKey

pytestmark = pytest.mark.django_db

MOMENT = dt.datetime(2026, 11, 21, 8, 30, 15, 123456, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def seats() -> None:
    LineSeat.objects.bulk_create(
        LineSeat(line=line, number=number, until=MOMENT, next_at=MOMENT)
        for line in ("one", "other")
        for number in range(3)
    )


def test_a_select_gives_values_as_django_does() -> None:
    of_line = Select(
        lambda: (
            LineSeat.objects.filter(line=Slot.of(LineSeat, "line"))
            .order_by("number")
            .values_list("number", "next_at", "token")
        )
    )

    assert of_line.all(line="one") == [(number, MOMENT, None) for number in range(3)]
    assert of_line.first(line="nobody") is None


def test_it_is_written_once_and_run_with_other_values() -> None:
    made = []

    def rows():
        made.append(1)
        return LineSeat.objects.filter(number=Slot.of(LineSeat, "number")).values_list("number")

    numbered = Select(rows)

    assert [numbered.all(number=number) for number in range(3)] == [
        [(0,)] * 2,
        [(1,)] * 2,
        [(2,)] * 2,
    ]
    assert len(made) == 1


def test_an_update_changes_what_was_selected_and_tells_what_stands_there_now() -> None:
    token = uuid.uuid4()
    sit = Update(
        lambda: LineSeat.objects.filter(line=Slot.of(LineSeat, "line"), number__lt=2),
        {
            "token": Slot.of(LineSeat, "token"),
            "number": F("number") + 10,
            "until": Now() + Slot("lease", DurationField()),
        },
        returning=[F("number"), F("token"), Now()],
    )

    told = sit.all(line="one", token=token, lease=dt.timedelta(minutes=5))

    assert sorted(row[:2] for row in told) == [(10, token), (11, token)]
    assert abs(told[0][2] - timezone.now()) < dt.timedelta(minutes=1)
    changed = LineSeat.objects.filter(token=token)
    assert {seat.line for seat in changed} == {"one"}
    assert all(seat.until > timezone.now() + dt.timedelta(minutes=4) for seat in changed)


def test_an_update_of_nothing_tells_nothing() -> None:
    leave = Update(lambda: LineSeat.objects.filter(line=Slot.of(LineSeat, "line")), {"token": None})

    assert leave.first(line="nobody") is None
    assert len(leave.all(line="one")) == 3


def test_an_insert_stores_what_the_instance_holds_and_tells_its_key() -> None:
    seat = LineSeat(line="third", number=7, token=uuid.uuid4(), until=MOMENT, next_at=MOMENT)

    Insert(LineSeat).row(seat)

    assert LineSeat.objects.get(pk=seat.pk).token == seat.token
    assert not seat._state.adding


@pytest.fixture
def sit_and_keep() -> Followed:
    """Somebody takes a seat, and then a stamp key is kept with a mark."""
    sit = Update(
        lambda: LineSeat.objects.filter(line=Slot.of(LineSeat, "line"), token=None),
        {"token": Slot.of(LineSeat, "token")},
        returning=[F("number"), F("token")],
    )
    return Followed(sit, Insert(StampKey))


def test_a_new_row_follows_each_that_was_changed_and_none_where_none_was(
    sit_and_keep: Followed,
) -> None:
    token = uuid.uuid4()
    LineSeat.objects.filter(line="one", number__gt=0).delete()
    given = {"line": "one", "token": token, "secret": "hemlig", "kept_at": MOMENT}

    assert sit_and_keep.all(**given, mark="first") == [(0, token)]
    assert sit_and_keep.all(**given, mark="second") == []

    [key] = StampKey.objects.all()
    assert (key.mark, key.secret, key.kept_at) == ("first", "hemlig", MOMENT)
    assert LineSeat.objects.get(line="one").token == token


def test_what_cannot_follow_undoes_the_change(sit_and_keep: Followed) -> None:
    LineSeat.objects.filter(line="one", number__gt=0).delete()
    Insert(StampKey).row(StampKey(mark="taken", secret="s", kept_at=MOMENT))
    given = {"line": "one", "token": uuid.uuid4(), "secret": "hemlig", "kept_at": MOMENT}

    with pytest.raises(IntegrityError), transaction.atomic():
        sit_and_keep.all(**given, mark="taken")

    assert LineSeat.objects.get(line="one").token is None


def test_what_is_sealed_in_the_database_is_so_here_too() -> None:
    Insert(StampKey).row(StampKey(mark="m", secret="hemlig", kept_at=MOMENT))
    secret_of = Select(
        lambda: StampKey.objects.filter(mark=Slot.of(StampKey, "mark")).values_list("secret")
    )

    assert secret_of.first(mark="m") == ("hemlig",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM submissions_stampkey")
        assert "hemlig" not in cursor.fetchone()[0]


def test_its_queries_are_seen_like_any_other() -> None:
    everything = Select(lambda: LineSeat.objects.values_list("pk"))

    with CaptureQueriesContext(connection) as seen:
        everything.all()

    assert len(seen) == 1


def test_a_slot_without_a_value_is_a_fault_at_once() -> None:
    of_line = Select(
        lambda: LineSeat.objects.filter(line=Slot.of(LineSeat, "line")).values_list("pk")
    )

    with pytest.raises(KeyError):
        of_line.all(number=1)


def test_whole_objects_come_as_a_queryset_gives_them() -> None:
    numbered = Whole(
        lambda: (
            LineSeat.objects.filter(line=Slot.of(LineSeat, "line"))
            .annotate(next_number=F("number") + 1, asked=Slot("asked", CharField()))
            .order_by("number")
        )
    )

    found = numbered.objects(line="one", asked="?")

    assert found == list(LineSeat.objects.filter(line="one").order_by("number"))
    assert [(seat.number, seat.next_at, seat.next_number, seat.asked) for seat in found] == [
        (number, MOMENT, number + 1, "?") for number in range(3)
    ]
    found[0].number = 9
    found[0].save()
    assert [seat.number for seat in numbered.objects(line="one", asked="?")] == [1, 2, 9]


def test_what_is_no_slot_is_found_as_it_was_written_whatever_is_in_it() -> None:
    odd = "5 % av 'Åre' %s \\ _"
    LineSeat.objects.create(line=odd, number=1, until=MOMENT, next_at=MOMENT)
    of_odd = Select(
        lambda: LineSeat.objects.filter(
            line__contains="% av 'Åre' %s \\ _", number=Slot.of(LineSeat, "number")
        ).values_list("line")
    )

    assert of_odd.all(number=1) == [(odd,)]
    assert of_odd.all(number=2) == []


def test_a_statement_is_not_given_what_was_made_for_one_that_is_gone(bokare: User) -> None:
    for _ in range(50):
        Select(lambda: User.objects.values_list("date_joined")).first()
        name = Select(lambda: User.objects.values_list("username")).first()
        assert name == ("bokare",)


if connection.vendor == "postgresql":

    def test_it_is_planned_once_a_connection_with_its_constants_in_it() -> None:
        of_line = Select(
            lambda: LineSeat.objects.filter(line=Slot.of(LineSeat, "line"), number=2).values_list(
                "pk"
            )
        )

        for line in ("one", "other", "nobody"):
            of_line.all(line=line)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements"
                " WHERE statement LIKE '%offices_lineseat%'"
            )
            ((statement, times),) = cursor.fetchall()
        assert times == 3
        assert '"number" = 2' in statement
        assert '"line" = ($1)' in statement
