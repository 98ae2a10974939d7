"""The portal's headers as Mozilla's HTTP Observatory grades them, of a portal as in production.

The grader is Mozilla's own, from npm, pinned with hashes (`tools/observatory/package-lock.json`);
nothing but it needs Node, and none of its install scripts is run. It asks two web processes of
deploy/ on this machine, one behind TLS with a certificate of the occasion, by the name of a portal
that is nowhere. It fails under the full score.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.check import PRODUCTION
from tools.portal import ROOT, Missing, Unfetched, make_certificate, own, prepare, served

PINNED = ROOT / "tools" / "observatory"
INSTALLED = ROOT / "var" / "observatory"
GRADER = INSTALLED / "node_modules" / "@mdn" / "mdn-http-observatory"
# Its install script would fetch these: who is in the browsers' list of HSTS, and which endings of
# names there are. Nothing of ours stands in them.
LISTS = {"hsts-preload.json": "{}", "tld-list.json": "[]"}
HOST = PRODUCTION["ALLOWED_HOSTS"]
FULL = 135
OLDEST_NODE = 20
# So much longer than the slowest answer: the grader asks a handful of pages.
GRADE_SECONDS = 120


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


def observe() -> dict[str, Any]:
    """Grade a portal that is started for it. Raises Missing, Unfetched."""
    require_node()
    install()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        env = {**os.environ, **PRODUCTION, **own(folder)}
        prepare(env)
        certificate, key = make_certificate(folder, HOST)
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
