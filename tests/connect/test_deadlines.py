"""What is to happen when time is up happens then, in order, and not when it was lifted."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time

from connect.deadlines import Deadline, watch

PATIENCE = 30


def test_the_one_whose_time_is_up_first_comes_first() -> None:
    came: queue.Queue[str] = queue.Queue()
    now = time.monotonic()

    watch(Deadline(now + 0.1, lambda: came.put("late")))
    watch(Deadline(now + 0.05, lambda: came.put("early")))
    watch(Deadline(now - 1, lambda: came.put("at once")))

    assert [came.get(timeout=PATIENCE) for _ in range(3)] == ["at once", "early", "late"]
    assert time.monotonic() >= now + 0.1


def test_one_that_was_lifted_does_nothing_and_holds_nothing_back() -> None:
    came: queue.Queue[str] = queue.Queue()
    now = time.monotonic()
    lifted = Deadline(now + 0.02, lambda: came.put("lifted"))
    watch(lifted)
    watch(Deadline(now + 0.04, lambda: came.put("kept")))

    lifted.lift()

    assert came.get(timeout=PATIENCE) == "kept"
    assert came.empty()


def test_many_threads_at_once_are_all_served_by_one() -> None:
    came: queue.Queue[int] = queue.Queue()
    serving: set[str] = set()

    def expect(number: int) -> None:
        def action() -> None:
            serving.add(threading.current_thread().name)
            came.put(number)

        watch(Deadline(time.monotonic() + number / 10_000, action))

    threads = [threading.Thread(target=expect, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {came.get(timeout=PATIENCE) for _ in range(50)} == set(range(50))
    assert serving == {"deadlines"}


def test_a_forked_child_has_a_thread_of_its_own() -> None:
    came: queue.Queue[str] = queue.Queue()
    watch(Deadline(time.monotonic(), lambda: came.put("here")))
    assert came.get(timeout=PATIENCE) == "here"
    context = multiprocessing.get_context("fork")
    told, end = context.Pipe(duplex=False)

    def child() -> None:
        done = threading.Event()
        watch(Deadline(time.monotonic(), done.set))
        end.send(done.wait(PATIENCE))

    process = context.Process(target=child)
    process.start()

    assert told.poll(PATIENCE)
    assert told.recv() is True
    process.join()
