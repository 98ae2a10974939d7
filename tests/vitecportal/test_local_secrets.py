"""Secrets made once and kept where only their owner can read them."""

from __future__ import annotations

import itertools
import multiprocessing
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from vitecportal.local_secrets import kept_secret, require_writable

DEADLINE = 60
FORK = multiprocessing.get_context("fork")


def _keep(path, number, start, found):
    start.wait(DEADLINE)
    found.put(kept_secret(path, lambda: f"secret-{number}"))


def test_it_makes_a_secret_once(tmp_path):
    numbers = itertools.count()
    path = tmp_path / "secrets" / "key"
    assert kept_secret(path, lambda: f"secret-{next(numbers)}") == "secret-0"
    assert kept_secret(path, lambda: f"secret-{next(numbers)}") == "secret-0"


def test_it_lets_only_the_owner_read(tmp_path):
    path = tmp_path / "secrets" / "key"
    kept_secret(path, lambda: "secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_leaves_nothing_beside_the_secret(tmp_path):
    kept_secret(tmp_path / "key", lambda: "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_it_reads_a_secret_that_a_person_put_there(tmp_path):
    (tmp_path / "key").write_text("of my own\n")
    assert kept_secret(tmp_path / "key", lambda: "secret") == "of my own"


def test_it_agrees_between_processes_that_start_together(tmp_path):
    start, found = FORK.Barrier(8), FORK.Queue()
    path = tmp_path / "secrets" / "key"
    processes = [FORK.Process(target=_keep, args=(path, n, start, found)) for n in range(8)]
    for process in processes:
        process.start()
    secrets = {found.get(timeout=DEADLINE) for _ in processes}
    for process in processes:
        process.join(DEADLINE)
    assert secrets == {path.read_text()}
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_it_makes_a_folder_that_can_be_written(tmp_path):
    require_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("below", [".", "below", "far/below"])
def test_it_says_what_to_do_about_a_folder_that_is_a_file(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"cannot be written.*VITECPORTAL_DATA_DIR"):
        require_writable(tmp_path / "file" / below)
