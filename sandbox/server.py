"""Starting and stopping the practice Vitec, from the command line or inside a test."""

import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.api import Login
from sandbox.control import Control
from sandbox.demo import CUSTOMERS
from sandbox.practice import Practice
from sandbox.store import Doc
from sandbox.wire import Listener

# User name and password alike.
DEFAULT_LOGIN = "sandbox"
_NO_WAY_BACK = "Utan --control-port går lyssnandet inte att öppna igen; ange en sådan port."


class Sandbox:
    """A practice Vitec on its own threads; use it as a context manager.

    *port* and *control_port* 0 mean a free port; *control_port* None serves ``/_sandbox/`` on the
    API's port only. *customers* limits the login to some of the demo's customer ids, *logins* adds
    others. *state* is a SQLite file that keeps what was written. *today* is the sandbox's date in
    Europe/Stockholm.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        control_port: int | None = 0,
        state: Path | None = None,
        username: str = DEFAULT_LOGIN,
        password: str = DEFAULT_LOGIN,
        customers: Iterable[str] = CUSTOMERS,
        logins: Iterable[Login] = (),
        today: date | None = None,
    ) -> None:
        first = Login(username, password, frozenset(customers))
        self.practice = Practice((first, *logins), state, today)
        self._host = host
        self._port = port
        self._control_port = control_port
        self._lock = threading.Lock()
        self._api: Listener | None = None
        self._control: Listener | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base address of the API, such as ``http://127.0.0.1:8100``."""
        return f"http://{self._host}:{self._port}"

    @property
    def control_url(self) -> str:
        """The base address under which ``/_sandbox/`` is served whatever the API's port does."""
        port = self._port if self._control_port is None else self._control_port
        return f"http://{self._host}:{port}"

    def start(self) -> None:
        """Open the ports and serve; raises ``OSError`` when a port is taken."""
        try:
            self.listening(True)
            if self._control_port is not None:
                control = Control(self.practice, self.listening)
                address = (self._host, self._control_port)
                self._control = Listener(address, self.practice, control, api=False)
                self._control_port = _serve(self._control)
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close the ports and the state file; requests on their way are cut off."""
        for listener in (self._control, self._api):
            _close(listener)
        self._control = self._api = None
        self.practice.store.close()

    def listening(self, wanted: bool) -> str | None:
        """Really close the API's port, or open the same one again.

        Returns a text when that cannot be done from here, otherwise None.
        """
        with self._lock:
            if not wanted and self._control_port is None:
                return _NO_WAY_BACK
            if wanted and self._api is None:
                self._api = self._open_api()
            elif not wanted:
                _close(self._api)
                self._api = None
            return None

    def _open_api(self) -> Listener:
        # With a port of its own, control is not on the API's port: a refused connection can then
        # be refused at accept, before anybody knows what it wants.
        alone = Control(self.practice, self.listening) if self._control_port is None else None
        listener = Listener((self._host, self._port), self.practice, alone, api=True)
        self._port = _serve(listener)
        return listener

    def behave(self, endpoint: str = "*", fault: str = "latency", **options: Any) -> Doc:
        """Queue a fault; the options are those of ``POST /_sandbox/behaviour``."""
        wish = {"endpoint": endpoint, "fault": fault, **options}
        return self.practice.faults.add(wish).as_json()

    def clear(self) -> None:
        """Forget all faults."""
        self.practice.faults.clear()

    def log(self) -> list[Doc]:
        """Return every request received, oldest first."""
        return self.practice.journal.entries()

    def records(self) -> dict[str, list[Doc]]:
        """Return the comebacks, participants, interests and appointments written by calls."""
        return self.practice.records()

    def reset(self) -> None:
        """Start again: fresh data, no faults, an empty log."""
        self.practice.reset()


def _serve(listener: Listener) -> int:
    thread = threading.Thread(
        target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    port: int = listener.server_address[1]
    return port


def _close(listener: Listener | None) -> None:
    if listener is not None:
        listener.shutdown()
        listener.server_close()
        listener.close_connections()
