"""bandit and our own semgrep rules over the code, each with one line, and the output of what fails.

Every rule of ours is tried first on what it must find: a rule that finds nothing guards nothing.
The scanners lie in an environment of their own (`make scan` makes it). Nothing leaves the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent.parent / "scan" / "bin"
RULES = ROOT / ".semgrep" / "rules.yml"
# Every app, and what is none; `bandit` looks at nothing else.
CODE = [*sorted(file.parent.name for file in ROOT.glob("*/apps.py")), "connect", "lib", "tools"]
SEMGREP = [
    str(BIN / "semgrep"), "scan", "--metrics=off", "--disable-version-check", "--quiet",
    "--config", str(RULES),
]  # fmt: skip
# What each rule must find: where it lies, and what it says.
BAD = {
    "http-outside-connect": ("meetings/a.py", "import requests\nrequests.get(url)\n"),
    "certificate-not-checked": ("connect/b.py", "session.get(url, verify=False)\n"),
    "task-rung-outside-the-bell": ("meetings/c.py", "deliver.delay(1)\n"),
    "task-that-repeats-itself": ("meetings/d.py", "self.retry()\n"),
    "state-changed-past-move": (
        "meetings/e.py", "Submission.objects.filter(pk=1).update(state='x')\n"
    ),
    "row-of-a-stranger": ("meetings/views.py", "get_object_or_404(Submission, code=code)\n"),
    "veil-lifted-in-a-page": ("offices/views.py", "with veil.lifted():\n    pass\n"),
    "personal-data-in-a-log": ("meetings/f.py", "log.info('%s', contact.details)\n"),
    "markup-made-of-text": ("meetings/g.py", "mark_safe(text)\n"),
    "form-without-its-token": ("meetings/h.py", "page = csrf_exempt(page)\n"),
    "sql-by-hand": ("meetings/i.py", "cursor.execute(f'SELECT {name}')\n"),
    "template-trusts-text": ("meetings/templates/a.html", "<p>{{ note|safe }}</p>\n"),
    "browser-keeps-what-it-should-not": (
        "static/js/b.js",
        "window.sessionStorage.setItem('page', text);\n",
    ),
    "script-makes-markup": ("static/js/a.js", "node.innerHTML = text;\n"),
}  # fmt: skip


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        # semgrep looks for its own core there.
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "SEMGREP_SEND_METRICS": "off",
    }
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def blind_rules() -> list[str]:
    """Rules that do not find what they are for, and rules that nobody has tried."""
    written = {
        line.partition("id:")[2].strip()
        for line in RULES.read_text().splitlines()
        if line.strip().startswith("- id:")
    }
    with tempfile.TemporaryDirectory() as folder:
        for path, text in BAD.values():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = run([*SEMGREP, "--no-git-ignore", "--json", "."], Path(folder))
    found = {row["check_id"].rpartition(".")[2] for row in json.loads(done.stdout)["results"]}
    return sorted((written | set(BAD)) - found)


def main() -> int:
    failed = 0
    blind = blind_rules()
    print(f"{'FAIL' if blind else 'ok  '} semgrep: every rule finds what it is for")
    if blind:
        failed += 1
        print("\n".join(blind))
    checks = {
        "bandit": [str(BIN / "bandit"), "-q", "-ll", "-r", *CODE],
        "semgrep": [*SEMGREP, "--error", "."],
    }
    for name, command in checks.items():
        done = run(command, ROOT)
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout + done.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
