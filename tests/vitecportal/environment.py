"""Running the portal's own Python with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 120

PRODUCTION = {
    "SECRET_KEY": "k7#vQ2!mZp9x" * 6,
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "BLIND_INDEX_KEY": "a-key-of-its-own",
    "ALLOWED_HOSTS": "portal.example.se",
    "HTTPS": "on",
    "VITEC_BASE_URL": "https://connect.example.se",
}


def run_python(
    arguments: list[str], data_dir: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Python in the repository's root, knowing these variables and no others of the portal's."""
    environment = {
        "PATH": os.environ["PATH"],
        "VITECPORTAL_DATA_DIR": str(data_dir),
        **variables,
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def settings_with(data_dir: Path, *names: str, **variables: str) -> dict[str, Any]:
    """The settings of these names as they come out of an environment."""
    code = (
        "import json, sys; from vitecportal import settings;"
        "print(json.dumps({n: getattr(settings, n, None) for n in sys.argv[1:]}, default=str))"
    )
    done = run_python(["-c", code, *names], data_dir, **variables)
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values
