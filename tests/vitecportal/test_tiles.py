"""The tile server is named in the Content-Security-Policy, and only when there is one."""

from __future__ import annotations

import pytest

from tests.vitecportal.environment import settings_with
from vitecportal.tiles import image_sources


@pytest.mark.parametrize(
    ("address", "sources"),
    [
        ("", []),
        ("https://tiles.example.se/{z}/{x}/{y}.png", ["https://tiles.example.se"]),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", ["https://*.tile.example.org"]),
        ("http://127.0.0.1:8080/{z}/{x}/{y}", ["http://127.0.0.1:8080"]),
    ],
)
def test_its_host_may_send_pictures(address: str, sources: list[str]) -> None:
    assert image_sources(address) == sources


@pytest.mark.parametrize(
    "address", ["tiles.example.se/{z}", "/tiles/{z}", "ftp://x/{z}", "https://{host}/{z}"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="MAP_TILE_URL"):
        image_sources(address)


def test_the_policy_names_it_for_pictures_alone(tmp_path) -> None:
    address = "https://tiles.example.se/{z}/{x}/{y}.png"

    policy = settings_with(tmp_path, "CONTENT_SECURITY_POLICY", MAP_TILE_URL=address)
    directives = policy["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    naming = [name for name, sources in directives.items() if "tiles.example.se" in str(sources)]
    assert naming == ["img-src"]
