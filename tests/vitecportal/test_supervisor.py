"""Children that live and die together with whoever started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.vitecportal.environment import ROOT
from vitecportal import supervisor as module
from vitecportal.supervisor import ChildDied, Supervisor, port_is_free

DEADLINE = 60

# Calls the test, and lives until the test hangs up.
CALLER = (
    "import socket, sys;"
    "line = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"
    "line.sendall(b'here'); line.recv(1)"
)
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + CALLER
PARENT = """
import sys
from pathlib import Path
from vitecportal.supervisor import Supervisor
with Supervisor(Path(sys.argv[1])) as supervisor:
    supervisor.start("child", [sys.executable, "-c", sys.argv[2], sys.argv[3]])
    supervisor.watch()
"""


@pytest.fixture
def supervisor(tmp_path):
    """Gives back the signal handlers that a supervisor takes."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield Supervisor(tmp_path / "log")
    for number, handler in before.items():
        signal.signal(number, handler)


class Phone:
    """Where children call; silence at the other end means that the child is gone."""

    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(DEADLINE)
        self.port = str(self.server.getsockname()[1])
        return self

    def __exit__(self, *_):
        self.server.close()

    def answer(self):
        line, _ = self.server.accept()
        line.settimeout(DEADLINE)
        assert line.recv(4) == b"here"
        return line


def _gone(line) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def _start(supervisor, name, code, *arguments):
    supervisor.start(name, [sys.executable, "-c", code, *arguments])


def test_it_reports_a_child_that_died_with_its_last_lines(supervisor):
    code = "import sys; print('\\n'.join(f'line {n}.' for n in range(50))); sys.exit(3)"
    with supervisor:
        _start(supervisor, "web", code)
        with pytest.raises(ChildDied) as death:
            supervisor.watch()
    report = str(death.value)
    assert report.startswith("web ended with code 3.")
    assert "line 49." in report
    assert "line 29." not in report


def test_it_reports_what_a_child_complained_of(supervisor):
    with supervisor:
        _start(supervisor, "worker", "raise RuntimeError('no room')")
        with pytest.raises(ChildDied, match="RuntimeError: no room"):
            supervisor.watch()


def test_it_reports_a_child_that_was_killed(supervisor):
    with Phone() as phone, supervisor:
        _start(supervisor, "web", CALLER, phone.port)
        line = phone.answer()
        supervisor.children[0].process.kill()
        with pytest.raises(ChildDied, match="web ended with code -9"):
            supervisor.watch()
        line.close()


def test_it_stops_every_child_when_it_is_left(supervisor):
    with Phone() as phone:
        with supervisor:
            for name in ("web", "worker"):
                _start(supervisor, name, CALLER, phone.port)
            lines = [phone.answer(), phone.answer()]
        assert all(_gone(line) for line in lines)
    assert all(child.process.returncode == -signal.SIGTERM for child in supervisor.children)


def test_it_stops_the_others_when_one_has_died(supervisor):
    with Phone() as phone:
        with supervisor:
            _start(supervisor, "web", CALLER, phone.port)
            line = phone.answer()
            _start(supervisor, "beat", "")
            with pytest.raises(ChildDied, match="beat ended"):
                supervisor.watch()
        assert _gone(line)


def test_it_kills_a_child_that_does_not_want_to_stop(supervisor, monkeypatch):
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    with Phone() as phone:
        with supervisor:
            _start(supervisor, "web", STUBBORN, phone.port)
            line = phone.answer()
        assert supervisor.children[0].process.returncode == -signal.SIGKILL
        assert _gone(line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_asked_to(supervisor, number):
    with supervisor:
        os.kill(os.getpid(), number)
        assert supervisor.watch() is True


def test_it_watches_for_a_while(supervisor):
    with supervisor:
        assert supervisor.watch(0.01) is False


def test_it_keeps_the_log_of_the_run_before(supervisor):
    with supervisor:
        _start(supervisor, "web", "print('first')")
        supervisor.children[0].process.wait(DEADLINE)
        _start(supervisor, "web", "print('second')")
        supervisor.children[1].process.wait(DEADLINE)
    assert (supervisor.log_dir / "web.log").read_text() == "second\n"
    assert (supervisor.log_dir / "web.log.old").read_text() == "first\n"


def test_it_keeps_ctrl_c_from_its_children(supervisor):
    with Phone() as phone, supervisor:
        _start(supervisor, "web", CALLER, phone.port)
        line = phone.answer()
        pid = supervisor.children[0].process.pid
        assert os.getsid(pid) == pid != os.getsid(0)
        line.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of it")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_its_children_die_with_it_however_it_goes(tmp_path, number):
    with Phone() as phone:
        command = [sys.executable, "-c", PARENT, str(tmp_path), CALLER, phone.port]
        with subprocess.Popen(command, cwd=ROOT) as parent:
            line = phone.answer()
            parent.send_signal(number)
            parent.wait(DEADLINE)
        assert _gone(line)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of it")
def test_it_starts_no_child_for_a_parent_that_is_already_gone():
    somebody_else = os.getppid()
    child = os.fork()
    if child == 0:
        module._die_with_parent(somebody_else)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_it_knows_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)
