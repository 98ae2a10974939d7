"""Scripts and styles with the hash of what they must be, so that nothing else runs in their place.

Written into the finished page, so that the admin's and other packages' own templates have it, too.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

# A script, or a link to a style; what has a hash already is left as it is.
_TAG = re.compile(rb'<(?:script|link)\b(?![^>]*\sintegrity=)[^>]*?\s(?:src|href)="([^"]+)"[^>]*>')
_STYLE = re.compile(rb'\srel="stylesheet"')


def integrity(get_response: Callable[[HttpRequest], HttpResponse]):
    """Add `integrity` to every script and style of ours in a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if html and not response.streaming:
            response.content = _TAG.sub(_with_hash, response.content)
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _with_hash(found: re.Match[bytes]) -> bytes:
    tag = found[0]
    if tag.startswith(b"<link") and not _STYLE.search(tag):
        return tag
    path = _file(found[1].decode())
    if path is None:
        return tag
    digest = hash_of(path, path.stat().st_mtime_ns)
    return tag[:-1] + f' integrity="{digest}">'.encode()


def _file(address: str) -> Path | None:
    """The file behind an address of ours; None for anything else."""
    address = address.partition("?")[0]
    if not address.startswith(settings.STATIC_URL):
        return None
    name = unquote(address.removeprefix(settings.STATIC_URL))
    collected = Path(settings.STATIC_ROOT) / name
    # Collected files carry their hash in their name; while developing they lie where they are made.
    found = str(collected) if collected.is_file() else finders.find(name)
    return Path(str(found)) if found else None


@functools.lru_cache(maxsize=1000)
def hash_of(path: Path, changed: int) -> str:
    """As the attribute has it. changed: when the file was, so that another is read anew."""
    digest = hashlib.sha384(path.read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode()
