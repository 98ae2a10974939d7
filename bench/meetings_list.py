"""How fast the list of meetings answers among a million, beside what else could show them.

All sides of a ratio take turns in one run; each figure is the median. Nothing else may run.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bench.many_meetings import FIRST, NOW, ROWS, kept_portal
from bench.registry import Figure, bench

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
MOST_QUERIES = 12
LIST = "/meetings/"
Work = Callable[[], Any]


@bench
def list_sqlite() -> list[Figure]:
    """The list of meetings among very many: SQLite."""
    return _measured(postgres=False)


@bench
def list_postgresql() -> list[Figure]:
    """The list of meetings among very many: PostgreSQL."""
    return _measured(postgres=True)


def _measured(*, postgres: bool) -> list[Figure]:
    with kept_portal(postgres=postgres), override_settings(ROOT_URLCONF="bench.sides.meetings"):
        return [*_month(), *_everywhere(), *_text()]


def _month() -> list[Figure]:
    """One office, thirty days, one type."""
    client, everybody = _manager(), _superuser()
    days = {"date_from": _day(29), "date_to": _day(0), "type": "Assignment"}
    page = f"{LIST}?{urlencode(days)}"
    same = {
        "type": "Assignment",
        "meeting_date__gte": _midnight(29),
        "meeting_date__lt": _midnight(-1),
    }
    office = import_module("offices.models").Office.objects.get(customer_id="M00000")
    bare = f"/bare/?{urlencode({**same, 'office_id': office.pk})}"
    stock = f"/stock/meetings/meeting/?{urlencode({**same, 'office__id__exact': office.pk})}"
    times = _turns(
        page=lambda: _got(client, page),
        fragment=lambda: _got(client, page, {"HX-Request": "true"}),
        bare=lambda: _got(client, bare),
        stock=lambda: _got(everybody, stock),
    )
    rows, count = _shown(client.get(page))
    _must(rows == 50 and f"<p>{count}</p>" in client.get(bare).content.decode())
    _must(f"{count} " in everybody.get(stock).content.decode())
    return [
        Figure(f"rows in all, a page of {rows} of {count}", ROWS, ""),
        Figure("bare view of the same rows", times["bare"], "ms"),
        Figure("stock admin on the same filter", times["stock"], "ms"),
        Figure("whole page", times["page"], "ms"),
        Figure("its fragment", times["fragment"], "ms"),
        Figure("page, of the stock admin", times["page"] / times["stock"], "", 0.1),
        Figure("fragment, of the stock admin", times["fragment"] / times["stock"], "", 0.05),
        Figure("page, times the bare view", times["page"] / times["bare"], "", 3),
        Figure("queries of the page", _queries(client, page), "", MOST_QUERIES),
    ]


def _everywhere() -> list[Figure]:
    """All offices, one type, all time: little more than the database needs for it."""
    client = _superuser()
    page = f"{LIST}?{urlencode({'office': 'all', 'type': 'Assignment', 'date_from': '2000-01-01'})}"
    rows = import_module("meetings.models").Meeting.objects.filter(
        type="Assignment", meeting_date__gte=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    )

    def sql() -> None:
        rows.count()
        list(rows.order_by("meeting_date", "pk").values_list("pk")[:50])

    times = _turns(page=lambda: _got(client, page), sql=sql)
    _must(_shown(client.get(page)) == (50, rows.count()))
    return [
        Figure("all offices, all time: count and keys alone", times["sql"], "ms"),
        Figure("all offices, all time: whole page", times["page"], "ms"),
        Figure("page, times its SQL", times["page"] / times["sql"], "", 2),
        Figure("queries of the page", _queries(client, page), "", MOST_QUERIES),
    ]


def _text() -> list[Figure]:
    """Free text over all meetings of an office, beside the same without a text."""
    client = _manager()
    asked = {"date_from": "2000-01-01", "date_to": "2100-01-01"}
    plain = f"{LIST}?{urlencode(asked)}"

    def text() -> Any:
        return _posted(client, {**asked, "q": "efternamn7"})

    times = _turns(plain=lambda: _got(client, plain), text=text)
    _must(0 < _shown(text())[1] < FIRST)
    with CaptureQueriesContext(connection) as asked_for:
        text()
    return [
        Figure("an office's meetings, all time", times["plain"], "ms"),
        Figure("the same with a free text", times["text"], "ms"),
        Figure("text, times the plain filter", times["text"] / times["plain"], "", 3),
        Figure("queries with a text", len(asked_for), "", MOST_QUERIES),
    ]


def _manager() -> Client:
    """A manager of the first office, who is shown most, signed in."""
    models = import_module("offices.models")
    user, _made = models.User.objects.get_or_create(username="manager")
    office = models.Office.objects.get(customer_id="M00000")
    models.Membership.objects.get_or_create(user=user, office=office, role="manager")
    return signed_in(user)


def _superuser() -> Client:
    """Who may act for every office; the stock admin lets nobody else in."""
    users = import_module("offices.models").User.objects
    return signed_in(users.get_or_create(username="all", is_superuser=True, is_staff=True)[0])


def signed_in(user: Any) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _got(client: Client, address: str, headers: dict[str, str] | None = None) -> Any:
    answer = client.get(address, headers=headers)
    _must(answer.status_code == 200)
    return answer


def _posted(client: Client, data: dict[str, str]) -> Any:
    answer = client.post(LIST, data)
    _must(answer.status_code == 200)
    return answer


def _shown(answer: Any) -> tuple[int, int]:
    """The rows of the page, and how many there are in all."""
    text = answer.content.decode()
    said = re.search(r"–\d+ av (\d+)", text)
    return text.count("data-row>"), int(said[1]) if said else 0


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        _got(client, address)
    return len(asked)


def _turns(**sides: Work) -> dict[str, float]:
    """Each in turn, round after round; milliseconds, the median. The first round only warms up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for round_ in range(ROUNDS + 1):
        for name, work in sides.items():
            began = time.perf_counter()
            work()
            if round_:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def _day(ago: int) -> str:
    return f"{(NOW - dt.timedelta(days=ago)).date()}"


def _midnight(ago: int) -> str:
    """Of that day in Stockholm, in winter."""
    return f"{_day(ago)}T00:00:00+01:00"


def _must(true: bool) -> None:
    """What is measured must be right, too."""
    if not true:
        raise AssertionError
