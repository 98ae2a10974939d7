"""What grades the portal's headers is pinned, and fails whatever is not the full score."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools import observe


def scored(score: int, failed: int = 0) -> dict[str, Any]:
    bad = {"pass": False, "scoreModifier": -20, "result": "hsts-not-implemented"}
    tests = {"strict-transport-security": bad} if failed else {}
    return {"scan": {"grade": "A", "score": score, "testsFailed": failed}, "tests": tests}


def test_every_part_is_pinned_by_its_sum_and_by_no_address() -> None:
    text = (observe.PINNED / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    wanted = json.loads((observe.PINNED / "package.json").read_text())["dependencies"]
    assert packages.pop("")["dependencies"] == wanted
    assert packages
    assert all(part["integrity"].startswith("sha512-") for part in packages.values())
    assert "://" not in text


@pytest.mark.parametrize(
    ("score", "failed", "code"), [(140, 0, 0), (135, 0, 0), (130, 0, 1), (135, 1, 1)]
)
def test_less_than_the_full_score_fails(
    score: int,
    failed: int,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(observe, "observe", lambda: scored(score, failed))
    assert observe.main() == code
    assert ("hsts-not-implemented" in capsys.readouterr().out) == bool(failed)


def test_without_node_it_says_so_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert observe.main() == 1
    assert "needs Node and npm" in capsys.readouterr().out
