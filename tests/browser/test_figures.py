"""S8: the manager on Friday. How did the week go, and out to Excel: by three clicks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_pages import faults
from tests.journeys.stack import ROOT, Stack

RISKY = ("=", "+", "-", "@")
COLOURS = """() => {
  const canvas = document.querySelector("canvas[data-chart=week]");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data).size > 20;
}"""
PHONE = re.compile(r"0[\d -]{6,}")


@pytest.fixture
def chef(context: BrowserContext, portal: Stack, complaints: list[str]) -> Page:
    in_good_order(portal)
    page = context.new_page()
    sign_in(page, "chef", portal.url)
    return page


class Clicks:
    """Counts what a person presses."""

    def __init__(self) -> None:
        self.count = 0

    def press(self, target: Locator) -> None:
        self.count += 1
        target.click()


def to_the_week(page: Page, clicks: Clicks) -> int:
    """The figures of this week by two clicks; how many meetings they say there are."""
    clicks.press(page.get_by_role("link", name=re.compile("Denna vecka")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Denna vecka")
    clicks.press(page.get_by_role("link", name="Siffror"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Siffror")
    return int(tile(page, "Bokade"))


def tile(page: Page, name: str) -> str:
    value = page.locator(".tiles > div", has=page.get_by_text(name, exact=True)).locator("dd")
    return value.inner_text().split("\n")[0].replace("\xa0", "")


def downloaded(page: Page, clicks: Clicks, name: str, folder: Path) -> Path:
    with page.expect_download() as download:
        clicks.press(page.get_by_role("button", name=name))
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_two_clicks_to_the_week_and_one_to_excel(chef: Page, tmp_path: Path) -> None:
    clicks = Clicks()
    number = to_the_week(chef, clicks)
    assert number > 0
    assert clicks.count == 2

    path = downloaded(chef, clicks, "Exportera till Excel", tmp_path)
    assert clicks.count == 3
    assert re.fullmatch(r"möten_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.xlsx", path.name)

    heading, *rows = load_workbook(path).active.iter_rows()
    assert len(rows) == number
    names = [cell.value for cell in heading]
    assert "Provision exkl. moms" in names
    for row in rows:
        cells = dict(zip(names, row, strict=True))
        assert isinstance(cells["Mötesdatum"].value, dt.datetime)
        assert cells["Mötesdatum"].is_date
        phone = cells["Telefon"]
        if phone.value:
            assert (phone.data_type, phone.number_format) == ("s", "@")
            assert PHONE.fullmatch(phone.value)
        assert not [cell for cell in row if is_open(cell)]
    assert [cells for cells in rows if any(letter in str(cells[3].value) for letter in "åäöÅÄÖ")]


def is_open(cell: Any) -> bool:
    """Would a spreadsheet reckon with it?"""
    text = str(cell.value or "")
    return cell.data_type == "f" or (text.startswith(RISKY) and not cell.quotePrefix)


def at_the_database(portal: Stack, code: str) -> str:
    """What the code prints in the running portal's database."""
    said = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=portal.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


LAST = """
from offices.models import Disclosure
row = Disclosure.objects.first()
print(row.user_name, row.office.customer_id, row.what, row.facts["format"], row.facts["rows"])
"""
AMOUNTS = """
from offices.models import Membership, RightException
mine = Membership.objects.get(user__username="chef")
RightException.objects.filter(membership=mine).delete()
if not {may}:
    RightException.objects.create(membership=mine, right="amounts", granted=False)
"""


def test_the_export_is_on_record_and_without_the_right_it_has_no_amounts(
    chef: Page, portal: Stack, tmp_path: Path
) -> None:
    at_the_database(portal, AMOUNTS.format(may=False))
    try:
        number = to_the_week(chef, Clicks())
        path = downloaded(chef, Clicks(), "Exportera till Excel", tmp_path)
        expect(chef.get_by_text("Provision")).to_have_count(0)
    finally:
        at_the_database(portal, AMOUNTS.format(may=True))
    heading, *_rows = load_workbook(path).active.iter_rows(values_only=True)
    assert "Telefon" in heading
    assert not [name for name in heading if "Provision" in name]
    assert at_the_database(portal, LAST) == f"chef M30011 exported xlsx {number}"


def test_the_csv_file_opens_in_a_swedish_excel(chef: Page, tmp_path: Path) -> None:
    chef.goto("/meetings/figures/?date_from=2020-01-01&date_to=2199-12-31")
    number = int(tile(chef, "Bokade"))
    path = downloaded(chef, Clicks(), "Exportera som CSV-fil", tmp_path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) == number
    assert {letter for letter in text if letter in "åäö"} == set("åäö")
    amounts = [row["Provision exkl. moms"] for row in rows if row["Provision exkl. moms"]]
    assert amounts
    assert all(re.fullmatch(r"\d+,\d\d", amount) for amount in amounts)
    for row in rows:
        dt.datetime.strptime(row["Mötesdatum"], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - wall clock
        assert not row["Telefon"] or PHONE.fullmatch(row["Telefon"])
        assert not [cell for cell in row.values() if cell.startswith(RISKY)]


def test_the_file_has_what_is_filtered_and_no_more(chef: Page, tmp_path: Path) -> None:
    chef.goto("/meetings/?date_from=2020-01-01&date_to=2199-12-31")
    chef.get_by_label("Status", exact=True).select_option(label="Uppföljd")
    expect(chef.locator(".active-filters")).to_contain_text("Uppföljd")
    shown = chef.locator(".list-foot").inner_text()
    path = downloaded(chef, Clicks(), "Exportera som CSV-fil", tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    assert f"av {len(rows)}" in shown
    assert {row["Status"] for row in rows} == {"Uppföljd"}


def test_charts_and_tables_stand_in_the_page_without_a_fault(chef: Page) -> None:
    chef.goto("/meetings/figures/?date_from=2020-01-01&date_to=2199-12-31")
    canvas = chef.locator("canvas[data-chart=week]")
    expect(canvas).to_be_visible()
    chef.wait_for_function(COLOURS)
    expect(chef.get_by_role("table")).to_have_count(4)
    assert faults(chef) == []


def test_a_booker_finds_no_way_there(bokare: Page) -> None:
    expect(bokare.get_by_role("link", name="Siffror")).to_have_count(0)
    expect(bokare.get_by_role("button", name="Exportera till Excel")).to_have_count(0)
    answer = bokare.goto("/meetings/figures/")
    assert answer is not None
    assert answer.status == 403
