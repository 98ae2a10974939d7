"""docs/security/asvs.md: every requirement has its row, and what a row names is there."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from accounts import passwords

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "security"
STATES = ("held", "documented", "relied on", "does not apply", "borne")


class Row(NamedTuple):
    """numbers: one, or those of a span. how: begins with its state in bold."""

    numbers: list[str]
    levels: str
    asks: str
    how: str
    tests: list[str]

    @property
    def state(self) -> str:
        return self.how.removeprefix("**").partition("**")[0]


def _span(said: str) -> list[str]:
    """`4.3.1–4.3.2` as the two of them."""
    first, _dash, last = said.partition("–")
    section, _dot, begin = first.rpartition(".")
    end = last.rpartition(".")[2] or begin
    return [f"{section}.{number}" for number in range(int(begin), int(end) + 1)]


def _rows() -> list[Row]:
    lines = (FOLDER / "asvs.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [
        Row(_span(numbers), levels, asks, how, re.findall(r"`([^`]+)`", tests))
        for numbers, levels, asks, how, tests in (row for row in cells if len(row) == 5)
        if re.match(r"\d", numbers)
    ]


def _levels() -> dict[str, int]:
    with (FOLDER / "asvs-5.0.0.csv").open() as file:
        return {row["number"]: int(row["level"]) for row in csv.DictReader(file)}


ROWS = _rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.numbers[0])


def test_every_requirement_of_the_two_levels_has_one_row() -> None:
    asked = [number for number, level in _levels().items() if level < 3]
    assert [number for row in ROWS for number in row.numbers] == asked


def test_the_list_is_whole() -> None:
    """As the standard counts itself: 70, 183 and 92, their numbers without gaps."""
    levels = _levels()
    assert Counter(levels.values()) == {1: 70, 2: 183, 3: 92}
    last: dict[str, int] = {}
    for number in levels:
        section, _dot, place = number.rpartition(".")
        assert int(place) == last.get(section, 0) + 1
        last[section] = int(place)


@each_row
def test_a_row_says_its_level_and_how_it_stands(row: Row) -> None:
    levels = _levels()
    assert row.levels == "/".join(map(str, sorted({levels[number] for number in row.numbers})))
    assert row.asks
    assert row.state in STATES
    if row.state == "does not apply":
        assert row.how.startswith("**does not apply**, because ")
        assert not row.tests
    if row.state in ("relied on", "borne"):
        assert re.match(r"\*\*[a-z ]+\*\*: \S", row.how), "why?"
    if row.state == "held":
        assert row.tests, "where is it tested?"
        assert re.match(r"\*\*held\*\*: \S", row.how), "how?"
    for file in re.findall(r"`([a-z_]+/[\w./-]+\.\w+)(?:: \w+)?`", row.how):
        assert (ROOT / file).exists(), file
    if row.state == "documented":
        assert re.search(r"\]\([a-z./]+\.md#[a-z-]+\)", row.how), "where does it stand?"


@each_row
def test_what_a_row_names_is_there(row: Row) -> None:
    assert [named for named in row.tests if not _is_there(named)] == []


def test_so_is_what_is_named_of_level_3() -> None:
    part = (FOLDER / "asvs.md").read_text().partition("## Of level 3")[2]
    named = re.findall(r"`([^`]+::[^`]+)`", part)
    assert named
    assert [each for each in named if not _is_there(each)] == []


def _is_there(named: str) -> bool:
    """`folder/test_file.py::test_name` under tests/, or `rule:name` of the scanner's."""
    kind, _colon, rule = named.partition(":")
    if kind == "rule":
        return f"- id: {rule}\n" in (ROOT / ".semgrep" / "rules.yml").read_text()
    path, _colons, name = named.partition("::")
    file = ROOT / "tests" / path
    return file.is_file() and name in _tests_of(file)


@cache
def _tests_of(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return {name for name in names if name.startswith("test_")}


@pytest.mark.parametrize(
    "named", ["test_asvs.py::test_of_nothing", "nowhere.py::test_it", "rule:of-nothing", "test_it"]
)
def test_what_is_nowhere_is_noticed(named: str) -> None:
    assert not _is_there(named)
    with pytest.raises(AssertionError):
        test_what_a_row_names_is_there(ROWS[0]._replace(tests=[named]))


@pytest.mark.parametrize("name", ["asvs.md", "policies.md", "../security.md"])
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    text = (FOLDER / name).read_text()
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _hash, heading = target.partition("#")
        file = ((FOLDER / name).parent / path) if path else FOLDER / name
        assert file.exists(), target
        if heading:
            assert heading in _headings(file.resolve()), target


@cache
def _headings(file: Path) -> set[str]:
    """As they are written in a link."""
    found = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


def test_its_figures_are_those_of_its_rows() -> None:
    text = (FOLDER / "asvs.md").read_text()
    figures = re.findall(r"^\| \*\*(.+?)\*\* \| (\d+) \|", text, re.MULTILINE)
    said = {state: int(count) for state, count in figures}
    counted = Counter(row.state for row in ROWS for _number in row.numbers)
    assert said == {state: counted[state] for state in STATES}


def test_the_words_that_are_written_down_are_those_that_are_refused() -> None:
    text = (FOLDER / "policies.md").read_text()
    part = text.partition("### Words that no password leans on\n")[2].partition("\n### ")[0]
    listed = part.rpartition("and the like:")[2].partition(";")[0]
    assert {word.strip() for word in listed.split(",")} == set(passwords.WORDS)
