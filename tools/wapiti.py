"""An attack on a portal as in production, by wapiti: as a stranger, a booker, an administrator.

The scanner is pinned with hashes (`requirements-wapiti.txt`) and lies in an environment of its own
under `var/`. The portal is started for it, behind TLS, with demo data and a practice Vitec on this
machine, whatever the environment says: nothing that it types can reach a Vitec, a mail server or a
sign-in service, and no worker runs that would send. It comes in by the real sign-in page, the
administrator by a second step.

It fails on what is not explained in `tools/wapiti.toml`, on any page that fails, and when its
session did not last, since a scan of the sign-in page alone would find nothing.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tools.check import PRODUCTION
from tools.portal import (
    ROOT,
    Missing,
    Unfetched,
    free_port,
    make_certificate,
    own,
    prepare,
    served,
    started,
)

PINNED = ROOT / "requirements-wapiti.txt"
EXPLAINED = ROOT / "tools" / "wapiti.toml"
WORK = ROOT / "var" / "wapiti"
HOST = "127.0.0.1"
PASSWORD = "vitecportal"  # noqa: S105 - of the demo accounts
# Whom the scanner comes as, and with which demo account.
ROLES = {"stranger": "", "booker": "bokare", "administrator": "admin"}
SECOND_STEP = "administrator"
# Left out: what asks a service on the net (ssrf, xxe, log4shell, takeover), what looks for products
# that are not here (cms, wp_enum, nikto, htp, wapp, network_device, spring4shell, shellshock), what
# guesses passwords and addresses (brute_login_form, buster, backup), ldap, and ssl: the certificate
# is made for the occasion.
MODULES = (
    "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,https_redirect,methods,permanentxss,"
    "redirect,sql,timesql,upload,xss"
)
# A form without its own is refused before anything of it is read.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105
# What would end the scanner's own session or take away its account; the rest is its to break.
SPARED = (
    "sign-out/*", "account/*", "admin/logout/*", "admin/password_change/*", "admin/mfa/*",
    "admin/offices/user/", "admin/offices/user/?*", "admin/offices/user/{own}/*",
    "admin/offices/*/delete/*", "admin/offices/membership/", "admin/offices/membership/?*",
    "admin/offices/office/", "admin/offices/office/?*", "accounts/people/*/remove/*",
)  # fmt: skip
# What the spared lists would have led to.
STARTS = (
    "admin/offices/user/add/", "admin/offices/user/{other}/change/",
    "admin/offices/membership/add/", "admin/offices/membership/1/change/",
    "admin/offices/office/add/", "admin/offices/office/1/change/",
)  # fmt: skip
# Whatever the environment says: a practice Vitec here, and nobody else to talk to. The limits on
# what one person may do how often have tests of their own, and would end the scan.
ALONE = {
    **dict.fromkeys(
        (
            "EMAIL_URL", "SENTRY_DSN", "MAP_TILE_URL", "MAP_LINK_URL", "METRICS_TOKEN",
            "ENTRA_TENANT", "ENTRA_CLIENT_ID", "ENTRA_CLIENT_SECRET",
            "OIDC_SERVER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "VITEC_BASE_URL",
        ),
        "",
    ),
    **dict.fromkeys(
        ("SEARCH_LIMIT", "LIST_SEARCH_LIMIT", "REVEAL_LIMIT", "EXTRACT_LIMIT", "EXPORT_LIMIT"),
        "1000000/h",
    ),
    "SIGN_IN_LIMIT": "1000000/h/ip",
    "SIGN_IN_FAILED_LIMIT": "1000000/h/ip",
    "FLOOD_PER_MINUTE": "0",
    "REQUIRE_MFA_FOR": "administrators",
    "ALLOWED_HOSTS": HOST,
    "DEMO_PASSWORD": PASSWORD,
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "INFO",
}  # fmt: skip
APP = "account/second-step/app/"
FILL = (
    "import django; django.setup()\n"
    "from django.core.management import call_command\n"
    "from vitecportal.management.commands.run import first_sync\n"
    "call_command('demo', verbosity=0); first_sync()"
)
# Asked of the database: who the scanner is there, and somebody else.
WHO = (
    "import django; django.setup()\n"
    "from offices.models import User\n"
    "print(*[User.objects.get(username=name).pk for name in ('admin', 'maklare')])"
)


@dataclasses.dataclass(frozen=True)
class Finding:
    role: str
    category: str
    method: str
    path: str
    parameter: str
    says: str

    def __str__(self) -> str:
        where = f"{self.method} {self.path}" + (f" ({self.parameter})" if self.parameter else "")
        return f"{self.role}: {self.category}: {where}: {self.says}"


@dataclasses.dataclass(frozen=True)
class Explained:
    """A finding that is none, and why. Patterns; what is not given is any."""

    category: str
    why: str
    path: str = ".*"
    parameter: str = ".*"
    says: str = ".*"

    def covers(self, found: Finding) -> bool:
        return self.category == found.category and all(
            re.fullmatch(getattr(self, name), getattr(found, name), re.DOTALL)
            for name in ("path", "parameter", "says")
        )


def explanations() -> list[Explained]:
    said = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return [Explained(**row) for row in said.get("finding", [])]


def install() -> Path:
    """The scanner as it is pinned, fetched unless it is there already. Raises Unfetched."""
    folder, mark = WORK / "env", hashlib.sha256(PINNED.read_bytes()).hexdigest()
    done = folder / "installed"
    if not done.exists() or done.read_text() != mark:
        print("Installing wapiti …", flush=True)
        uv = str(Path(sys.executable).parent / "uv")
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"),
             "--require-hashes", "-r", str(PINNED)],
        ):  # fmt: skip
            fetched = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if fetched.returncode:
                raise Unfetched(f"it cannot be fetched from here:\n{fetched.stderr}")
        done.write_text(mark)
    return folder / "bin" / "wapiti"


# --- The portal ---------------------------------------------------------------------------------


def environment(folder: Path, sandbox_port: int) -> dict[str, str]:
    ports = {"SANDBOX_PORT": str(sandbox_port)}
    return {**os.environ, **PRODUCTION, **ALONE, **own(folder), **ports}


def run_python(code: str, env: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, env={**env, "LOG_LEVEL": "ERROR"}, text=True,
        check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return done.stdout


@contextlib.contextmanager
def practice_vitec(folder: Path, env: dict[str, str]) -> Iterator[None]:
    port = env["SANDBOX_PORT"]
    command = [sys.executable, "-m", "sandbox", "--port", port, "--state", str(folder / "vitec")]
    with started(command, env, folder / "vitec.log", int(port)):
        yield


# --- Coming in ----------------------------------------------------------------------------------


class Door:
    """The portal's own sign-in, through its pages."""

    def __init__(self, url: str, certificate: Path) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(certificate)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=60)

    def post(self, path: str, **fields: str) -> requests.Response:
        """To the page that stands at this address. Raises Missing where it has no form."""
        return self.answer(self.get(path), path, **fields)

    def answer(self, page: requests.Response, path: str, **fields: str) -> requests.Response:
        """With the token of this very page. Raises Missing."""
        token = re.search(rf'name="{TOKEN}" value="([^"]+)"', page.text)
        if not token:
            raise Missing(f"There is no form at {page.url}: {page.status_code}")
        return self.session.post(
            self.url + path, {TOKEN: token[1], **fields}, timeout=60, headers={"Referer": page.url}
        )

    def sign_in(self, username: str) -> requests.Response:
        return self.post("sign-in/", username=username, password=PASSWORD)

    def sign_in_by_two_steps(self, username: str) -> None:
        """Sets up an authenticator app as its owner would, leaves, and comes in by it."""
        self.sign_in(username)
        self.post("account/confirm/", password=PASSWORD)
        page = self.get(APP)
        found = re.search(r'<code class="secret">(\w+)</code>', page.text)
        if not found:
            raise Missing("The page of an authenticator app shows no key.")
        # An authenticator app knows no other hash.
        app = TOTP(b32decode(found[1]), 6, SHA1(), 30, enforce_key_length=False)  # noqa: S303  # nosec B303
        used = app.generate(time.time()).decode()
        self.answer(page, APP, code=used)
        self.answer(self.get("meetings/"), "sign-out/")
        self.sign_in(username)
        while app.generate(time.time()).decode() == used:
            # Each code is good once.
            time.sleep(1)
        self.post("sign-in/second-step/", code=app.generate(time.time()).decode())

    def is_in(self) -> bool:
        """Past the sign-in and past what it may ask for first."""
        return self.get("meetings/").url.startswith(f"{self.url}meetings/")

    def cookies(self) -> dict[str, Any]:
        """As wapiti reads them."""
        kept = {
            one.name: {
                "value": one.value, "expires": one.expires, "secure": True, "port": None,
                "version": 0,
            }
            for one in self.session.cookies
        }  # fmt: skip
        return {HOST: {"/": kept}}


# --- The attack ---------------------------------------------------------------------------------


# Each form once, and few of the addresses that differ only in what they ask for.
BREADTH = "paranoid"
WALK = "walk"
WALK_SECONDS = 15 * 60


def attack(role: str, door: Door, folder: Path, minutes: float, ids: dict[str, str]) -> Path:
    """Gives the file of the report."""
    jar, report = folder / "cookies.json", WORK / f"{role}.json"
    jar.write_text(json.dumps(door.cookies()))
    command = [
        str(WORK / "env" / "bin" / "wapiti"), "-u", door.url, "-m", MODULES, "-S", BREADTH,
        "-f", "json", "-o", str(report), "--flush-session", "--no-bugreport", "-t", "30",
        "--store-session", str(folder / "scan"), "--store-config", str(folder / "config"),
        "--max-scan-time", str(WALK_SECONDS), "--max-attack-time", str(minutes * 60), "-v", "1",
        # As a browser: with its cookies, and with the page from which a form was posted.
        "-c", str(jar), "-H", f"Referer: {door.url}", "--skip", TOKEN,
    ]  # fmt: skip
    for path in SPARED:
        command += ["-x", door.url + path.format(**ids)]
    if role == SECOND_STEP:
        for path in STARTS:
            command += ["-s", door.url + path.format(**ids)]
    report.unlink(missing_ok=True)
    with (WORK / f"{role}.log").open("w") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=False)  # noqa: S603
    if not report.exists():
        raise Missing(f"wapiti wrote no report:\n{(WORK / f'{role}.log').read_text()[-2000:]}")
    return report


def findings(role: str, report: Path) -> list[Finding]:
    said = json.loads(report.read_text(encoding="utf-8"))
    return [
        Finding(role, category, row["method"], row["path"], row["parameter"] or "", row["info"])
        for part in ("vulnerabilities", "anomalies", "additionals")
        for category, rows in said[part].items()
        for row in rows
    ]


def cut_short(role: str) -> list[str]:
    """Which kinds of attack ran out of time; `WALK` where already the walk did."""
    log = (WORK / f"{role}.log").read_text(encoding="utf-8", errors="replace")
    modules = re.findall(r"Max attack time was reached for module (\w+)", log)
    if "Max scan time was reached" in log:
        modules.insert(0, WALK)
    return modules


def reached(log: Path) -> dict[str, collections.Counter[int]]:
    """How often each page answered what, by the portal's own log."""
    pages: dict[str, collections.Counter[int]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError, LookupError, TypeError):
            said = json.loads(line)
            page = f"{said['method']} {said['page']}"
            pages.setdefault(page, collections.Counter())[said["status"]] += 1
    return pages


def scan(role: str, prepared: Path, sandbox_port: int, minutes: float) -> list[Finding]:
    """What is found as this role, in a portal that is as nobody has touched it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "portal"
        shutil.copytree(prepared, folder)
        env = environment(folder, sandbox_port)
        own_id, other_id = run_python(WHO, env).split()
        certificate, key = make_certificate(folder, HOST)
        log = WORK / f"{role}-portal.log"
        with served(env, log, "--certfile", str(certificate), "--keyfile", str(key)) as port:
            door = Door(f"https://{HOST}:{port}/", certificate)
            if role == SECOND_STEP:
                door.sign_in_by_two_steps(ROLES[role])
            elif ROLES[role]:
                door.sign_in(ROLES[role])
            if door.is_in() != bool(ROLES[role]):
                raise Missing(f"The sign-in as {role} did not work.")
            report = attack(role, door, Path(made), minutes, {"own": own_id, "other": other_id})
            lasted = door.is_in() == bool(ROLES[role])
    found = findings(role, report)
    pages = reached(log)
    (WORK / f"{role}-reached.json").write_text(json.dumps(pages, indent=1, sort_keys=True))
    for page, answers in pages.items():
        if failed := sum(count for status, count in answers.items() if status >= 500):
            found.append(Finding(role, "A page that fails", "", page, "", f"{failed} times"))
    late = cut_short(role)
    if WALK in late:
        found.append(Finding(role, "Walk cut short", "", "/", "", "what it did not see is untried"))
    if not lasted:
        found.append(Finding(role, "Session lost", "", "/", "", "what came after it saw nothing"))
    asked = sum(answers.total() for answers in pages.values())
    told = f"; out of time: {', '.join(late)}" if late else ""
    print(f"     {role}: {asked} requests to {len(pages)} pages{told}", flush=True)
    return found


def scan_as(roles: list[str], minutes: float) -> list[Finding]:
    """Raises Missing, Unfetched."""
    WORK.mkdir(parents=True, exist_ok=True)
    install()
    found = []
    with tempfile.TemporaryDirectory() as made:
        prepared = Path(made) / "portal"
        prepared.mkdir()
        port = free_port()
        env = environment(prepared, port)
        prepare(env)
        with practice_vitec(Path(made), env):
            run_python(FILL, env)
            for role in roles:
                found += scan(role, prepared, port, minutes)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make wapiti")
    parser.add_argument("role", nargs="*", choices=[*ROLES, []], help="all without")
    parser.add_argument(
        "--minutes", type=float, default=10, help="longest for each kind of attack, as each role"
    )
    options = parser.parse_args(arguments)
    try:
        found = scan_as(options.role or list(ROLES), options.minutes)
    except Unfetched as unfetched:
        print(f"--   wapiti: nothing was attacked, {unfetched}")
        return 0
    except Missing as missing:
        print(f"FAIL wapiti: {missing}")
        return 1
    return tell(found, explanations())


def tell(found: list[Finding], explained: list[Explained]) -> int:
    """Print what is left when what is explained is taken away; 1 if anything is."""
    left = [one for one in found if not any(known.covers(one) for known in explained)]
    told = f"{len(found)} findings, {len(found) - len(left)} of them explained"
    print(f"{'FAIL' if left else 'ok  '} wapiti: {told}; the reports lie in {WORK}")
    for one in left:
        print(one)
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
