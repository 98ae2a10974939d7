"""Run all benches, or those named, and print their figures. Ends with 1 when a bound is missed.

Each runs in a process of its own, so that none is slowed by what another left behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench.registry import BENCHES

ROOT = Path(__file__).resolve().parent.parent


def load() -> None:
    """Import every module of the package, which registers its benches."""
    for module in iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("__"):
            import_module(f"bench.{module.name}")


def main(names: list[str]) -> int:
    load()
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        return 2
    if len(names) == 1:
        return run(names[0])
    codes = [_apart(name) for name in names or BENCHES]
    return max(codes)


def run(name: str) -> int:
    """Run one here; 1 when it missed a bound."""
    print(f"== {name}: {(BENCHES[name].__doc__ or '').splitlines()[0]}", flush=True)
    figures = BENCHES[name]()
    for figure in figures:
        print(f"   {figure}", flush=True)
    return 0 if all(figure.holds for figure in figures) else 1


def _apart(name: str) -> int:
    command = [sys.executable, "-m", "bench", name]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
