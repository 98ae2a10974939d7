"""Who is erased leaves nothing in the files, on the database of this run, PostgreSQL or SQLite."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys import traces
from tests.journeys.stack import ROOT, Person, Stack, running, wait_until


def manage(stack: Stack, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=stack.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def erase_her(stack: Stack) -> set[str]:
    """By two; returns every sealed text that told of her."""
    sealed = traces.sealed_of_her(stack)
    ombud, admin = Person(stack, "ombud"), Person(stack, "admin")
    found = ombud.post("/privacy/", ombud.get("/privacy/"), person=traces.PHONE)
    [who] = set(re.findall(r'name="who" value="([^"]+)"', found.text))
    extract = ombud.post("/privacy/open/", found, who=who)
    assert traces.NUMBER in extract.text
    where = urlsplit(extract.url).path
    reason = f"{traces.NAME} har bett om det"
    asked = urlsplit(ombud.post(f"{where}erase/", extract, reason=reason).url).path
    assert "/privacy/erasures/" in asked
    sealed |= traces.sealed_of_her(stack)
    page = admin.get(asked)
    assert traces.NAME in page.text
    admin.post(f"{asked}decide/", page, action="approve")
    wait_until(lambda: "Återstår att göra i Vitec" in admin.get(asked).text, 60, "she is erased")
    cleared = admin.post(f"{asked}decide/", admin.get(asked), action="clear")
    assert "Återstår att göra i Vitec" not in cleared.text
    return sealed


def test_after_an_erasure_nothing_is_left_in_the_database_s_files(tmp_path: Path) -> None:
    with running(tmp_path, hold=0) as stack:
        traces.register_her(stack)
        contact_id = traces.mark_her(stack)
        traces.count_values(stack)

        sealed = erase_her(stack)

        # The search finds what was hers before the files are written anew, so that its silence
        # means something.
        assert len(sealed) >= 4
        assert len(traces.pieces_left(stack, sealed)) > 20
        # What the night does.
        assert "The database is busy" not in manage(stack, "purge")
        assert traces.leaks(stack) == []
        assert traces.pieces_left(stack, sealed) == []
        assert not traces.is_named(stack, contact_id)
        assert "as it was written" in manage(stack, "verify_audit")
