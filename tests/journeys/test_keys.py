"""The master key is changed while real workers deliver, killed in the middle and taken up again."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from sandbox.server import Sandbox
from tests.journeys.stack import ROOT, Person, Stack, running, wait_until
from tests.journeys.traces import TOKEN, dump

# In the middle: what comes before it is sealed anew by then, what comes after is not.
MIDDLE = "submissions.Submission.key"


class Sender(threading.Thread):
    """Somebody who sends one comeback after the other until told to stop."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.sent: dict[str, str] = {}
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.5):
            note = f"Under nyckelbytet {len(self.sent)}"
            self.sent[note] = self.person.new_comeback(note=note).url


@contextlib.contextmanager
def sending(person: Person) -> Iterator[dict[str, str]]:
    """{note: address of the page} of what is sent meanwhile."""
    sender = Sender(person)
    sender.start()
    try:
        yield sender.sent
    finally:
        sender.enough.set()
        sender.join(60)
        assert not sender.is_alive()


def restart(stack: Stack, *keys: str) -> None:
    """Every process with these master keys, the newest first."""
    stack.stop()
    stack.env["FIELD_ENCRYPTION_KEYS"] = ",".join(keys)
    stack.start()


def command(stack: Stack, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", "rotate_keys", *arguments],
        cwd=ROOT, env=stack.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def killed_in_the_middle(stack: Stack) -> list[str]:
    """The columns that a change of keys came to before it was killed."""
    process = command(stack, "--batch", "1", "--verbosity", "2")
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line.partition(":")[0])
        if seen[-1] == MIDDLE:
            process.kill()
            break
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, seen[-3:]
    return list(dict.fromkeys(seen))


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    text, _ = process.communicate(timeout=300)
    return process.returncode, text


def tokens_of(stack: Stack, key: str) -> int:
    """How many sealed texts of the database this key opens by itself."""
    opens, count = Fernet(key), 0
    for token in set(TOKEN.findall(dump(stack))):
        with contextlib.suppress(InvalidToken):
            opens.decrypt(token.encode())
            count += 1
    return count


def test_everything_is_delivered_and_the_old_key_can_be_taken_away(tmp_path: Path) -> None:
    new = Fernet.generate_key().decode()
    with Sandbox() as vitec, running(tmp_path, hold=0, vitec=vitec.url) as stack:
        old = (tmp_path / "secrets" / "field_encryption_key").read_text().strip()
        bokare = Person(stack, "bokare")
        # Sealed with the old key, and still to be delivered when the change begins.
        vitec.listening(wanted=False)
        pages = {f"Före {number}": "" for number in range(3)}
        for note in pages:
            pages[note] = bokare.new_comeback(note=note).url
        restart(stack, old, new)
        restart(stack, new, old)
        vitec.listening(wanted=True)
        # Every write is on its way for a while: some always are.
        vitec.behave("comeback", "latency", seconds=0.4)
        with sending(bokare) as sent:
            came_to = killed_in_the_middle(stack)
            assert MIDDLE in came_to
            code, text = said(command(stack, "--check"))
            assert code == 1, text
            code, text = said(command(stack, "--verbosity", "2"))
            assert code == 0, text
            assert "The newest key opens everything" in text
            # What was done with before the kill is not looked at again.
            assert not re.search(rf"^{re.escape(came_to[0])}:", text, re.MULTILINE)
        pages |= sent
        assert len(sent) >= 2
        assert tokens_of(stack, old) == 0

        restart(stack, new)

        # Asked at Vitec, which costs the portal nothing.
        wait_until(
            lambda: len(vitec.records()["comebacks"]) >= len(pages), 240, "all of them arrive"
        )
        for note, url in pages.items():
            page = bokare.session.get(url, timeout=30)
            bokare.wait_for(page, "delivered", seconds=120)
            assert note in bokare.get_again(page)
        bodies = [record["bodyText"] for record in vitec.records()["comebacks"]]
        for note in pages:
            assert sum(f'"{note}"' in body for body in bodies) == 1, note
        assert len(bodies) == len(pages)
        after = bokare.new_comeback(note="Efter nyckelbytet")
        bokare.wait_for(after, "delivered")
        assert said(command(stack, "--check"))[0] == 0
        verified = subprocess.run(
            [sys.executable, "manage.py", "verify_audit"],
            cwd=ROOT, env=stack.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert verified.returncode == 0, verified.stdout + verified.stderr
