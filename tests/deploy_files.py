"""Reading deploy/: command lines and environments as Docker Compose and systemd would make them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
UNITS = DEPLOY / "systemd"
UNIT_BIN = "/opt/vitecportal/.venv/bin/"
PROCESSES = ("migrate", "web", "deliver", "sync", "lookup", "beat")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME}`, `${NAME:-default}`, `${NAME:?}` and `$$`. KeyError for what must be given."""

    def value(found: re.Match[str]) -> str:
        name, sign, rest = found[1], found[2], found[3]
        if name is None:
            return "$"
        if variables.get(name):
            return variables[name]
        if sign == ":-":
            return rest
        raise KeyError(name)

    return re.sub(r"\$(?:\{(\w+)(?:(:[-?])([^}]*))?\}|\$)", value, text)


def compose_command(service: str, variables: Mapping[str, str]) -> list[str]:
    """The command line of a service, its program by name."""
    return shlex.split(interpolated(compose()["services"][service]["command"], variables))


def compose_environment(service: str, variables: Mapping[str, str]) -> dict[str, str]:
    named = compose()["services"][service].get("environment", {})
    return {name: interpolated(str(value), variables) for name, value in named.items()}


def unit(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with its values in order."""
    [path] = UNITS.glob(f"vitecportal-{name}*.service")
    settings: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


def unit_command(name: str, variables: Mapping[str, str], instance: str = "1") -> list[str]:
    """The command line of a unit, its program by name. Specifiers %i and %% are expanded."""
    [line] = unit(name)["ExecStart"]
    assert line.startswith(UNIT_BIN)
    expanded = re.sub(r"%(.)", lambda found: {"i": instance, "%": "%"}[found[1]], line)
    return shlex.split(interpolated(expanded.removeprefix(UNIT_BIN), variables))


def unit_environment(name: str) -> dict[str, str]:
    pairs = [value.partition("=") for value in unit(name).get("Environment", [])]
    return {key: value for key, _, value in pairs}
