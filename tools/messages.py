"""The Swedish texts: collect what is to be translated, compile it, or check that both are done.

    python -m tools.messages            update locale/sv from the code and compile it
    python -m tools.messages --check    fail when it is not up to date or a text lacks its Swedish

Needs GNU gettext (Debian: apt-get install gettext).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "sv" / "LC_MESSAGES" / "django.po"
IGNORED = [".venv", "var", "node_modules", "tests", "static", "sandbox"]


def main() -> int:
    if shutil.which("msgfmt") is None:
        print("GNU gettext is missing; on Debian: apt-get install gettext")
        return 1
    return check() if "--check" in sys.argv else update()


def update() -> int:
    collect()
    PO.with_suffix(".mo").write_bytes(compiled(PO))
    lacking = untranslated(PO)
    print("\n".join(lacking) or "Every text has its Swedish.")
    return 0


def check() -> int:
    """Collects in place, compares, and puts the file back as it was."""
    before = PO.read_bytes()
    try:
        collect()
        fresh = PO.read_text(encoding="utf-8")
    finally:
        PO.write_bytes(before)
    faults = untranslated(PO)
    if texts(fresh) != texts(before.decode()):
        faults.append("locale/sv is not up to date with the code: run make messages")
    if compiled(PO) != PO.with_suffix(".mo").read_bytes():
        faults.append("locale/sv is not compiled: run make messages")
    print("\n".join(faults))
    return 1 if faults else 0


def collect() -> None:
    """Django's makemessages, quietly."""
    ignored = [part for name in IGNORED for part in ("--ignore", f"{name}/*")]
    command = [sys.executable, "manage.py", "makemessages", "-l", "sv", "--no-obsolete"]
    subprocess.run(  # noqa: S603
        [*command, "--add-location", "file", *ignored], cwd=ROOT, check=True, capture_output=True
    )


def texts(po: str) -> str:
    """The file without what changes by itself: the date of collecting, the places in the code."""
    return re.sub(r'^("POT-Creation-Date.*"|#:.*)\n', "", po, flags=re.MULTILINE)


def compiled(po: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "django.mo"
        command = ["msgfmt", "--check", "--no-hash", "-o", str(target), str(po)]
        subprocess.run(command, check=True)  # noqa: S603
        return target.read_bytes()


def untranslated(po: Path) -> list[str]:
    """Texts without Swedish, or with one that the collector only guessed."""
    found = []
    for flag in ("--untranslated", "--only-fuzzy"):
        done = subprocess.run(  # noqa: S603
            ["msgattrib", flag, "--no-wrap", str(po)],  # noqa: S607
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found += re.findall(r'^msgid "(.+)"$', done.stdout, re.MULTILINE)
    return [f"no Swedish for: {text}" for text in found]


if __name__ == "__main__":
    sys.exit(main())
