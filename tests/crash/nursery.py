"""Brings up workers and beats by fork, at once when one dies: loading Python anew costs a second.

Reads commands line by line, `<signal> <number>`: sends the signal to the child with that number
and to everything that it has forked. Writes a line for every birth and death. Ends with its input.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import importlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings

SWEEP_SECONDS = 0.4
_PR_SET_PDEATHSIG = 1
# What each worker would load by itself, at a third of a second a time.
LOADED_ONCE = (
    "celery.apps.worker",
    "celery.concurrency.asynpool",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.concurrency.thread",
    "celery.contrib.django.task",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.control",
    "celery.worker.loops",
    "celery.worker.pidbox",
    "celery.worker.strategy",
    "billiard.pool",
    "billiard.popen_fork",
    "billiard.sharedctypes",
)


def work(number: int, pool: str) -> None:
    """One Celery worker, as an operator starts it but for the reading of its command line."""
    from tests.crash import clocks  # noqa: PLC0415 - a child loads nothing that others share
    from vitecportal.celery import app  # noqa: PLC0415

    clocks.install(number)
    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    worker = app.Worker(
        hostname=f"{queue}-{number}-{os.getpid()}@crash",
        queues=[queue],
        pool=pool,
        concurrency=4 if pool == "threads" else 2,
        loglevel="ERROR",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()


def beat() -> None:
    """Rings for the sweeper as beat does; what a broker refuses comes with the next."""
    from submissions.tasks import sweep_outbox  # noqa: PLC0415

    while True:
        try:
            # On a busy machine sweeps must not pile up before what they ring for.
            sweep_outbox.apply_async(expires=1, retry=False)
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(f"beat: {type(error).__name__}\n")
        time.sleep(SWEEP_SECONDS)


def fork(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        log = os.open(settings.DATA_DIR / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        run()
    finally:
        os._exit(1)


def prepare() -> None:
    """Load what every child needs, once."""
    django.setup()
    from tests.crash import points  # noqa: PLC0415 - needs the settings
    from vitecportal.celery import app  # noqa: PLC0415

    app.loader.import_default_modules()
    points.install()
    for name in LOADED_ONCE:
        importlib.import_module(name)
    with app.connection_for_write() as broker:
        broker.transport_cls  # noqa: B018 - asking for it loads it
    gc.collect()
    gc.freeze()


def main(pools: list[str]) -> None:
    prepare()
    jobs: list[Callable[[], None]] = [
        *(functools.partial(work, number, pool) for number, pool in enumerate(pools)),
        beat,
        beat,
    ]
    pids: dict[int, int] = {}
    for number, job in enumerate(jobs):
        bear(number, job, pids)
    tell("ready")
    heard = b""
    while True:
        readable, _, _ = select.select([0], [], [], 0.02)
        if readable:
            more = os.read(0, 1000)
            if not more:
                break
            *commands, heard = (heard + more).split(b"\n")
            for command in commands:
                obey(command.decode(), pids)
        replace_the_dead(pids, jobs)
    for pid in pids.values():
        kill_group(pid, signal.SIGKILL)


def bear(number: int, job: Callable[[], None], pids: dict[int, int]) -> None:
    pids[number] = fork(job)
    tell(f"born {number} {pids[number]}")


def replace_the_dead(pids: dict[int, int], jobs: list[Callable[[], None]]) -> None:
    for number, pid in list(pids.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            # What the dead one had forked dies with it, as systemd does it.
            kill_group(pid, signal.SIGKILL)
            tell(f"died {number}")
            bear(number, jobs[number], pids)


def obey(command: str, pids: dict[int, int]) -> None:
    name, number = command.split()
    kill_group(pids[int(number)], signal.Signals[name])


def kill_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1].split(","))
