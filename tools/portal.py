"""A portal as in production on this machine, for tools that look at it from outside: the web
process of deploy/, behind TLS with a certificate of the occasion, in a folder of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


class Missing(Exception):
    """Something that this takes is not here; says what, in a sentence."""


class Unfetched(Exception):
    """A tool is not here and cannot be fetched, as where there is no network; says why."""


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for this name or address that nobody else trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "portal.pem", folder / "portal.key"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.touch(mode=0o600)
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own(folder: Path) -> dict[str, str]:
    """Settings by which a portal works in this folder alone, whatever else is set here."""
    return {
        "VITECPORTAL_DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "CACHE_URL": "dbcache://vitecportal_cache",
        "CELERY_BROKER_URL": "filesystem://",
        "DJANGO_SETTINGS_MODULE": "vitecportal.settings",
    }


def prepare(env: dict[str, str]) -> None:
    """A database and the static files, as a release makes them."""
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--no-input", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)  # noqa: S603


@contextlib.contextmanager
def served(env: dict[str, str], log: Path, *tls: str) -> Iterator[int]:
    """The web process of deploy/ while it answers; gives its port. tls: how it is told of it."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py",
        "--bind", f"127.0.0.1:{port}", *tls, "vitecportal.wsgi",
    ]  # fmt: skip
    with started(command, env, log, port):
        yield port


@contextlib.contextmanager
def started(command: list[str], env: dict[str, str], log: Path, port: int) -> Iterator[None]:
    """A process of ours while it answers at this port. Raises Missing where it does not."""
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said)  # noqa: S603
        try:
            wait_for(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises Missing where nothing answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise Missing(f"It did not start:\n{log.read_text()}")
