from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.server import Sandbox
from sandbox.store import Store

TODAY = date(2026, 3, 11)
AUTH = ("sandbox", "sandbox")


def first_contact(box: Sandbox) -> dict[str, Any]:
    return box.practice.store.of("contacts", "M30011")[0]


def add_comeback(box: Sandbox) -> str:
    path = f"{box.url}/Meeting/Comeback/M30011/{first_contact(box)['id']}"
    answer = requests.post(path, json={"date": "2027-01-01"}, auth=AUTH, timeout=5)
    comeback_id: str = answer.json()
    return comeback_id


def test_what_was_written_survives_a_restart_and_ids_stay(tmp_path: Path) -> None:
    state = tmp_path / "new" / "vitec.sqlite3"
    with Sandbox(state=state, today=TODAY) as box:
        comeback_id = add_comeback(box)
        counts, records = box.practice.counts(), box.records()
    with Sandbox(state=state, today=TODAY) as box:
        assert [row["id"] for row in box.records()["comebacks"]] == [comeback_id]
        assert box.records() == records
        again = box.practice.counts()
        assert {kind: number for kind, number in counts.items() if number} == again
        box.reset()
        assert box.records()["comebacks"] == []
    with Sandbox(state=state, today=TODAY) as box:
        assert box.records()["comebacks"] == []


def test_what_was_written_is_in_the_file_before_the_answer(tmp_path: Path) -> None:
    state = tmp_path / "vitec.sqlite3"
    with Sandbox(state=state, today=TODAY) as box:
        comeback_id = add_comeback(box)
        # A second reader while the first is alive sees what a killed process would leave behind.
        other = Store(dict, state)
        assert other.get("comebacks", comeback_id) is not None
        other.close()


def test_without_a_file_a_restart_forgets() -> None:
    with Sandbox(today=TODAY) as box:
        add_comeback(box)
    with Sandbox(today=TODAY) as box:
        assert box.records()["comebacks"] == []


def test_removed_documents_are_removed_from_the_file(tmp_path: Path) -> None:
    state = tmp_path / "vitec.sqlite3"
    store = Store(lambda: {"areas": {"a": {"id": "a"}, "b": {"id": "b"}}}, state)
    with store.transaction():
        store.remove("areas", "a")
    store.close()
    again = Store(dict, state)
    assert [doc["id"] for doc in again.all("areas")] == ["b"]
    again.close()


def test_reset_forgets_records_faults_and_log() -> None:
    with Sandbox(today=TODAY) as box:
        add_comeback(box)
        box.behave("*", "unavailable")
        box.reset()
        assert box.log() == []
        assert box.practice.faults.as_json() == []
        assert box.records()["comebacks"] == []
        add_comeback(box)
        assert box.log()[0]["sequence"] == 2


def test_ids_of_the_data_are_the_same_in_another_process_life() -> None:
    with Sandbox(today=TODAY) as one, Sandbox(today=TODAY) as other:
        assert first_contact(one) == first_contact(other)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "notes.txt"
    state.write_text("inte en databas" * 100)
    with pytest.raises(Exception, match="not a database"):
        Sandbox(state=state)
