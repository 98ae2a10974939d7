"""The portal's headers as Mozilla's HTTP Observatory grades them, of a portal as in production.

The grader is Mozilla's own, from npm, pinned with hashes (`tools/observatory/package-lock.json`);
nothing but it needs Node, and none of its install scripts is run. It asks two web processes of
deploy/ on this machine, one behind TLS with a certificate of the occasion, by the name of a portal
that is nowhere. It fails under the full score.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.check import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tools" / "observatory"
INSTALLED = ROOT / "var" / "observatory"
GRADER = INSTALLED / "node_modules" / "@mdn" / "mdn-http-observatory"
# Its install script would fetch these: who is in the browsers' list of HSTS, and which endings of
# names there are. Nothing of ours stands in them.
LISTS = {"hsts-preload.json": "{}", "tld-list.json": "[]"}
HOST = PRODUCTION["ALLOWED_HOSTS"]
FULL = 135
OLDEST_NODE = 20
START_SECONDS = 60
# So much longer than the slowest answer: the grader asks a handful of pages.
GRADE_SECONDS = 120


class Missing(Exception):
    """Something that this takes is not here; says what, in a sentence."""


class Unfetched(Exception):
    """The grader is not here and cannot be fetched, as where there is no network; says why."""


def require_node() -> None:
    """Raises Missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Missing("The grader needs Node and npm, which are not here; a portal needs neither.")
    asked = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)  # noqa: S607
    version = asked.stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise Missing(f"The grader needs Node {OLDEST_NODE} or newer, and here is {version}.")


def install() -> None:
    """Fetch the grader as it is pinned, unless it is there already. Raises Unfetched."""
    names = ("package.json", "package-lock.json")
    pinned = {name: (PINNED / name).read_bytes() for name in names}
    mark = hashlib.sha256(b"".join(pinned.values())).hexdigest()
    done = INSTALLED / "installed"
    if done.exists() and done.read_text() == mark:
        return
    print("Installing the grader …", flush=True)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name, text in pinned.items():
        (INSTALLED / name).write_bytes(text)
    fetched = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"],  # noqa: S607
        cwd=INSTALLED, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if fetched.returncode:
        raise Unfetched(f"npm cannot fetch the grader from here:\n{fetched.stderr}")
    for name, text in LISTS.items():
        (GRADER / "conf" / name).write_text(text)
    done.write_text(mark)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for `HOST` that nobody else trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said)  # noqa: S603
        try:
            wait_for(port, process, log)
            yield port
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
    raise Missing(f"The portal did not start:\n{log.read_text()}")


def grade(http: int, https: int, certificate: Path) -> dict[str, Any]:
    """What the grader says of the portal on these ports. Raises Missing."""
    env = {
        **os.environ,
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "GRADED_HOST": HOST,
        "GRADED_HTTP": str(http),
        "GRADED_HTTPS": str(https),
    }
    scan = ["node", "--require", str(PINNED / "route.cjs"), str(GRADER / "src" / "scan.js"), HOST]
    done = subprocess.run(  # noqa: S603
        scan, cwd=INSTALLED, env=env, capture_output=True, text=True, check=False,
        timeout=GRADE_SECONDS,
    )  # fmt: skip
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise Missing(f"The grader failed:\n{done.stdout}{done.stderr}") from None
    if "scan" not in said:
        raise Missing(f"The grader failed: {said.get('error')}")
    return said


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


def observe() -> dict[str, Any]:
    """Grade a portal that is started for it. Raises Missing, Unfetched."""
    require_node()
    install()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        env = {**os.environ, **PRODUCTION, **own(folder)}
        prepare(env)
        certificate, key = make_certificate(folder)
        tls = ("--certfile", str(certificate), "--keyfile", str(key))
        with (
            served(env, folder / "http.log") as http,
            served(env, folder / "https.log", *tls) as https,
        ):
            return grade(http, https, certificate)


def main() -> int:
    try:
        said = observe()
    except Unfetched as unfetched:
        print(f"--   observatory: not graded, {unfetched}")
        return 0
    except Missing as missing:
        print(f"FAIL observatory: {missing}")
        return 1
    scan = said["scan"]
    told = f"{scan['grade']}, {scan['score']} points, {scan['testsFailed']} tests failed"
    if scan["score"] >= FULL and not scan["testsFailed"]:
        print(f"ok   observatory: {told}")
        return 0
    print(f"FAIL observatory: {told}; the full score is {FULL}")
    for name, test in said["tests"].items():
        if not test["pass"] or test["scoreModifier"] < 0:
            print(f"{name}: {test['result']}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
