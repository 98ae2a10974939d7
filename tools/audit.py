"""What we install: a list of it (SBOM, CycloneDX), and whether any of it has known holes.

The list is made offline. The holes are asked for at a service on the net; where it cannot be
reached that is said, and fails nothing: whoever releases does so from where there is a network.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent.parent / "scan" / "bin"
LOCKED = "requirements.txt"
SBOM = ROOT / "var" / "sbom.json"
UNREACHABLE = ("ConnectionError", "Max retries", "NameResolution", "ServiceError", "timed out")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )


def main() -> int:
    SBOM.parent.mkdir(exist_ok=True)
    listed = run("cyclonedx-py", "requirements", LOCKED, "-o", str(SBOM))
    print(f"{'FAIL' if listed.returncode else 'ok  '} list of parts: {SBOM.relative_to(ROOT)}")
    if listed.returncode:
        print(listed.stderr)
    asked = run(
        "pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner=off", "-r", LOCKED
    )
    said = asked.stdout + asked.stderr
    if asked.returncode and any(word in said for word in UNREACHABLE):
        print(
            "--   known holes: not asked, the service that knows them cannot be reached from here"
        )
        return int(bool(listed.returncode))
    print(f"{'FAIL' if asked.returncode else 'ok  '} known holes")
    if asked.returncode:
        print(said)
    return int(bool(listed.returncode or asked.returncode))


if __name__ == "__main__":
    sys.exit(main())
