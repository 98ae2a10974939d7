"""``python -m sandbox``: the practice Vitec as a process of its own."""

import argparse
import logging
import signal
import sqlite3
import sys
import threading
from datetime import date
from pathlib import Path

from sandbox.api import Login
from sandbox.demo import CUSTOMERS
from sandbox.server import DEFAULT_LOGIN, Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return 2 when a port or the state file cannot be opened."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        box = _box(options)
        box.start()
    except sqlite3.Error as error:
        return _refuse(f"cannot use {options.state} as a state file: {error}")
    except OSError as error:
        ports = " or ".join(str(port) for port in (options.port, options.control_port) if port)
        return _refuse(f"cannot listen on {options.host} port {ports}: {error.strerror or error}")
    sys.stdout.write(f"sandbox: {box.url}\n")
    if box.control_url != box.url:
        sys.stdout.write(f"sandbox control: {box.control_url}/_sandbox/\n")
    sys.stdout.flush()
    stop.wait()
    box.stop()
    return 0


def _box(options: argparse.Namespace) -> Sandbox:
    return Sandbox(
        host=options.host,
        port=options.port,
        control_port=options.control_port,
        state=options.state,
        username=options.username,
        password=options.password,
        customers=options.customers,
        logins=options.login,
        today=options.today,
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"sandbox: {sentence}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100, help="0 means a free port")
    parser.add_argument(
        "--control-port", type=int, help="a port for /_sandbox/ alone; needed to close the API's"
    )
    parser.add_argument("--state", type=Path, help="SQLite file that keeps what was written")
    parser.add_argument("--username", default=DEFAULT_LOGIN)
    parser.add_argument("--password", default=DEFAULT_LOGIN)
    parser.add_argument(
        "--customers", type=_customers, default=CUSTOMERS, help="customer ids, with commas between"
    )
    parser.add_argument(
        "--login",
        type=_login,
        action="append",
        default=[],
        metavar="USER:PASSWORD:CUSTOMERS",
        help="another login; may be given several times",
    )
    parser.add_argument("--today", type=date.fromisoformat, help="the sandbox's date, YYYY-MM-DD")
    return parser


def _customers(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _login(text: str) -> Login:
    username, password, customers = text.split(":")
    return Login(username, password, frozenset(_customers(customers)))


if __name__ == "__main__":
    sys.exit(main())
