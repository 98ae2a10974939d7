"""A comeback from the form to Vitec, under good and bad weather. Nothing here is simulated but
Vitec itself: a web server, a worker, beat, a broker and a database run as in production.
"""

from __future__ import annotations

import concurrent.futures
import json
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests.journeys.stack import Person, Stack, running, wait_until


def code_of(url: str) -> str:
    found = re.search(r"/submissions/([0-9a-f-]{36})/", url)
    assert found, url
    return found[1]


def test_it_travels_from_the_form_to_vitec_and_is_accounted_for(
    portal: Stack, bokare: Person
) -> None:
    before = len(portal.comebacks())

    page = bokare.new_comeback(note="Vill sälja till hösten")
    assert bokare.state(page) in ("grace", "waiting", "sending", "delivered")
    bokare.wait_for(page, "delivered")

    record = portal.comebacks()[-1]
    assert len(portal.comebacks()) == before + 1
    assert json.loads(record["bodyText"])["note"] == "Vill sälja till hösten"
    text = bokare.get(f"/submissions/{code_of(page.url)}/").text
    assert record["id"] in text
    assert "Levererad" in text


def test_it_can_be_undone_while_the_grace_period_runs(tmp_path: Path) -> None:
    with running(tmp_path, hold=60) as stack:
        person = Person(stack, "bokare")
        page = person.new_comeback()
        assert person.state(page) == "grace"

        person.post(f"/submissions/{code_of(page.url)}/cancel/", page)

        assert person.state(page) == "undone"
        assert stack.comeback_requests() == []


def test_twenty_clicks_at_once_send_one_request(portal: Stack, bokare: Person) -> None:
    before = len(portal.comeback_requests())
    form, fields = bokare.comeback_form()

    def click(_: int) -> str:
        return bokare.post(
            "/meetings/comebacks/new/", form, allow_redirects=False, **fields
        ).headers["Location"]

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        targets = set(pool.map(click, range(20)))

    [target] = targets
    bokare.wait_for(bokare.get(target), "delivered")
    assert len(portal.comeback_requests()) == before + 1


def test_a_lost_answer_is_uncertain_and_never_sent_again(portal: Stack, bokare: Person) -> None:
    before = len(portal.comeback_requests())
    portal.behave("comeback", "lose_answer", times=1)

    page = bokare.new_comeback()
    bokare.wait_for(page, "uncertain")

    another = bokare.new_comeback()
    bokare.wait_for(another, "delivered")
    assert bokare.state(page) == "uncertain"
    assert len(portal.comeback_requests()) == before + 2
    assert "Osäker" in bokare.get(f"/submissions/{code_of(page.url)}/").text


def test_a_refusal_is_shown_at_the_field_corrected_and_sent(portal: Stack, bokare: Person) -> None:
    text = "Anteckningen får inte innehålla semikolon."
    portal.behave("comeback", "bad_request", shape="modelState", field="note", text=text, times=1)
    page = bokare.new_comeback(note="a; b")
    bokare.wait_for(page, "rejected")
    code = code_of(page.url)
    assert text in bokare.get(f"/submissions/{code}/").text

    form = bokare.get(f"/meetings/comebacks/new/?corrects={code}")
    assert text in form.text
    assert "a; b" in form.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.text))
    _, fields = bokare.comeback_form()
    corrected = bokare.post(
        "/meetings/comebacks/new/",
        form,
        **{**fields, "note": "a, b", "corrects": code, "form_token": hidden["form_token"]},
    )

    bokare.wait_for(corrected, "delivered")
    assert json.loads(portal.comebacks()[-1]["bodyText"])["note"] == "a, b"


def test_a_wrong_password_at_vitec_pauses_the_office(
    portal: Stack, bokare: Person, admin: Person
) -> None:
    before = len(portal.comeback_requests())
    portal.behave("comeback", "unauthorized", times=1)
    first = bokare.new_comeback()
    bokare.wait_for(first, "paused")

    others = [bokare.new_comeback() for _ in range(3)]
    for page in others:
        bokare.wait_for(page, "paused")
    assert len(portal.comeback_requests()) == before + 1

    admin.end_pauses()
    for page in [first, *others]:
        bokare.wait_for(page, "delivered")
    assert len(portal.comeback_requests()) == before + 5


def test_a_neighbour_office_finds_nothing(
    portal: Stack, bokare: Person, grannkontor: Person
) -> None:
    page = bokare.new_comeback()
    code = code_of(page.url)

    for path in (f"/submissions/{code}/", f"/submissions/{code}/status/"):
        assert bokare.get(path).status_code == 200
        assert grannkontor.get(path).status_code == 404
    assert code not in grannkontor.get("/submissions/").text
    assert grannkontor.get("/admin/submissions/submission/").status_code == 404


def test_the_form_answers_alike_however_vitec_is(portal: Stack, bokare: Person) -> None:
    """Ratios within one run: Vitec at once, Vitec after 20 s, Vitec cutting the line."""

    def median() -> float:
        times = []
        for _ in range(5):
            form, fields = bokare.comeback_form()
            begun = time.perf_counter()
            bokare.post("/meetings/comebacks/new/", form, allow_redirects=False, **fields)
            times.append(time.perf_counter() - begun)
        return statistics.median(times)

    quick = median()
    portal.behave("comeback", "latency", seconds=20)
    slow = median()
    portal.behave_well()
    portal.behave("comeback", "refuse")
    dead = median()

    assert slow < 10 * quick
    assert dead < 10 * quick


@pytest.fixture(scope="module")
def vitec() -> Iterator[Sandbox]:
    """A practice Vitec that stays when the portal falls."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def own_portal(vitec: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("own"), hold=0, vitec=vitec.url) as stack:
        yield stack


@pytest.fixture
def breakable(own_portal: Stack, vitec: Sandbox) -> Stack:
    """A portal that a test may break or stop: it is started again for the next."""
    vitec.reset()
    assert own_portal.process is not None
    if own_portal.process.poll() is not None:
        own_portal.start()
    return own_portal


def test_it_waits_while_vitec_is_away_and_is_delivered_once(
    breakable: Stack, vitec: Sandbox
) -> None:
    person = Person(breakable, "bokare")
    vitec.listening(wanted=False)
    page = person.new_comeback()
    wait_until(lambda: "Ingenting har sänts" in person.get_again(page), what="a failed try")
    assert person.state(page) == "waiting"

    vitec.listening(wanted=True)
    person.wait_for(page, "delivered", seconds=60)
    assert len(vitec.records()["comebacks"]) == 1


def test_a_worker_killed_in_the_middle_is_right_in_the_end(
    breakable: Stack, vitec: Sandbox
) -> None:
    person = Person(breakable, "bokare")
    vitec.behave("comeback", "lose_answer", times=1)
    sending = person.new_comeback()
    person.wait_for(sending, "sending")
    said = breakable.kill_child("worker")
    assert "worker ended" in said

    breakable.start()
    after = person.new_comeback()
    person.wait_for(after, "delivered")
    person.wait_for(sending, "uncertain")
    assert len(vitec.records()["comebacks"]) == 2
    assert len([row for row in vitec.log() if row["endpoint"] == "comeback"]) == 2


def test_nothing_typed_stands_in_any_file(breakable: Stack, vitec: Sandbox) -> None:
    """Database, write-ahead log, broker folder, logs: no name, phone or personal number."""
    person = Person(breakable, "bokare")
    note = "Kanariefågelsson 070-174 06 99 189001019802"
    vitec.behave("comeback", "bad_request", shape="string", text=note, times=1)
    refused = person.new_comeback(note=note)
    person.wait_for(refused, "rejected")
    delivered = person.new_comeback(note=note)
    person.wait_for(delivered, "delivered")
    breakable.stop()

    files = [path for path in breakable.folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for typed in ("Kanarief", "174 06 99", "1740699", "189001019802", "19890101"):
            assert typed.encode() not in content, path
