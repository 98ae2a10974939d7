"""The tile server of the maps, as the Content-Security-Policy must name it."""

from __future__ import annotations

from urllib.parse import urlsplit


def image_sources(tile_url: str) -> list[str]:
    """`https://tiles.example.se` for an address of tiles; `{s}.` becomes `*.`; none for none.

    Raises ValueError for what is no address of a host.
    """
    if not tile_url:
        return []
    parts = urlsplit(tile_url.replace("{s}", "*"))
    if parts.scheme not in ("http", "https") or not parts.netloc or "{" in parts.netloc:
        raise ValueError("MAP_TILE_URL must be like https://tiles.example.se/{z}/{x}/{y}.png")
    return [f"{parts.scheme}://{parts.netloc}"]
