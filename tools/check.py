"""Everything that `make check` looks at, each with one line, and the whole output of what fails."""

from __future__ import annotations

import concurrent.futures
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TEMPLATES = ["templates", *sorted(folder.parent.name for folder in ROOT.glob("*/templates"))]

# As an operator would set it; the keys are made for the occasion.
PRODUCTION = {
    "SECRET_KEY": Fernet.generate_key().decode() + Fernet.generate_key().decode(),
    "BLIND_INDEX_KEY": Fernet.generate_key().decode(),
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "VITEC_BASE_URL": "https://vitec.example",
    "ALLOWED_HOSTS": "portal.example",
    "HTTPS": "1",
    "DEBUG": "0",
}


def checks() -> dict[str, list[str]]:
    """Name and command of every check."""
    manage = [sys.executable, "manage.py"]
    return {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(BIN / "mypy")],
        "import-linter": [str(BIN / "lint-imports"), "--no-cache"],
        "djlint": [str(BIN / "djlint"), "--check", "--lint", *TEMPLATES],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deploy": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "messages": [sys.executable, "-m", "tools.messages", "--check"],
        "vendored files": [sys.executable, "tools/vendor.py", "--check"],
    }


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, **PRODUCTION, "VITECPORTAL_DATA_DIR": folder}
        for name, done in results(env):
            print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}", flush=True)
            if done.returncode:
                failed += 1
                print(done.stdout + done.stderr)
    return 1 if failed else 0


def results(env: dict[str, str]) -> Iterator[tuple[str, subprocess.CompletedProcess[str]]]:
    """Every check with how it ended, in their order; as many run at once as there are cores."""

    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from zip(checks(), pool.map(run, checks().values()), strict=True)


if __name__ == "__main__":
    sys.exit(main())
