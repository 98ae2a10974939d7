"""The short form of `make crash`, on the stack that the environment says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# No new run after so long; on a machine with nothing else to do it is some twenty of them.
SECONDS = 45


@pytest.mark.journey
def test_killed_workers_lose_nothing_and_double_nothing() -> None:
    env = {k: v for k, v in os.environ.items() if k != "VITECPORTAL_DATA_DIR"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--runs", "40", "--seconds", str(SECONDS)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    said = re.search(
        r"(\d+) requests at Vitec, \d+ workers started anew, (\d+) deaths", done.stdout
    )
    assert said, done.stdout
    assert int(said[1]) > 0
    assert int(said[2]) > 0


@pytest.mark.journey
def test_of_200_submissions_those_alone_are_uncertain_that_a_killed_worker_was_sending() -> None:
    env = {k: v for k, v in os.environ.items() if k != "VITECPORTAL_DATA_DIR"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.by_hand"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "by hand: 200 accepted of 4 people, a worker killed" in done.stdout
