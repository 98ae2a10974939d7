"""The shape of the code base, as tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    "accounts", "connect", "lib", "offices", "submissions", "meetings", "viewings", "interests",
    "calendar_app", "metrics", "notices", "privacy", "sandbox", "vitecportal",
]  # fmt: skip
MODULES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]


def test_imports_run_in_one_direction() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text())
    hidden = [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


# What starts a program, runs text as code, or makes objects of bytes; and parsers that have been
# talked into reading files. What needs one says here why.
DANGEROUS = {
    "subprocess", "pickle", "marshal", "shelve", "dill", "yaml", "code", "codeop", "ctypes", "pty",
    "xml.etree", "xml.dom", "xml.parsers", "xml.sax.expatreader", "lxml", "ldap", "ldap3",
    "zipfile", "tarfile",
}  # fmt: skip
ALLOWED = {
    # Starts the portal's own processes, and has them die with it.
    "vitecportal/supervisor.py": {"subprocess", "ctypes"},
    "vitecportal/management/commands/run.py": {"subprocess"},
    # Writes a workbook.
    "lib/xlsx_stream.py": {"zipfile"},
}
RUN = {"eval", "exec", "compile", "__import__", "from_string", "Template", "system", "popen"}


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if "sandbox" not in path.parts],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_nothing_that_is_typed_can_be_run_or_parsed_as_more_than_text(path: Path) -> None:
    """No program is started, no text run, no template made of text, no XML or archive read."""
    name = str(path.relative_to(ROOT))
    tree = ast.parse(path.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                for alias in node.names}  # fmt: skip
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found = {word for word in imported for bad in DANGEROUS if (f"{word}.").startswith(f"{bad}.")}
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        and not (isinstance(node.func, ast.Attribute) and node.func.attr == "compile")
    }  # fmt: skip

    assert found <= ALLOWED.get(name, set())
    assert not called & RUN


def test_there_is_no_junk_drawer() -> None:
    names = {path.stem for path in MODULES}

    assert not names & {"utils", "helpers", "common", "misc", "core"}
