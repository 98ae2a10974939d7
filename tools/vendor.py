"""The front-end that others wrote: fetch it at pinned versions, and check what lies here.

    python tools/vendor.py           fetch with npm, write the files and their manifest
    python tools/vendor.py --check   compare the files with the manifest; needs no network

A tarball whose sha512 is not the pinned one is refused. Node is needed to fetch, never to run.
An icon is added by writing its name into ICONS and running `make vendor`.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "VENDOR.json"
SPRITE = "static/vendor/icons.svg"
LICENCES = "static/vendor/LICENCES.txt"


@dataclasses.dataclass(frozen=True)
class Package:
    """One package at one version.

    integrity: sha512 of the tarball as npm writes it.
    files: path in the tarball -> path in the repository.
    licence_file: path in the tarball, "" when the package carries none.
    """

    name: str
    version: str
    licence: str
    integrity: str
    files: dict[str, str]
    licence_file: str = "package/LICENSE"


PACKAGES = [
    Package(
        name="@tabler/core",
        version="1.6.1",
        licence="MIT",
        integrity="sha512-lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMgh"
        "hIV04QUuW3pqDsIg==",
        files={"package/dist/css/tabler.min.css": "static/vendor/tabler.min.css"},
        licence_file="",
    ),
    Package(
        name="@tabler/icons",
        version="3.51.0",
        licence="MIT",
        integrity="sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNG"
        "n8xsBr+zKaRGdA/g==",
        files={},
    ),
    Package(
        name="htmx.org",
        version="4.0.1",
        licence="0BSD",
        integrity="sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYU"
        "G5SDW1R60mdkdqGg==",
        files={"package/dist/htmx.min.js": "static/vendor/htmx.min.js"},
    ),
    Package(
        name="leaflet",
        version="1.9.4",
        licence="BSD-2-Clause",
        integrity="sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQ"
        "ixURb+FA74PA==",
        files={
            "package/dist/leaflet.js": "static/vendor/leaflet/leaflet.js",
            "package/dist/leaflet.css": "static/vendor/leaflet/leaflet.css",
            "package/dist/images/layers.png": "static/vendor/leaflet/images/layers.png",
            "package/dist/images/layers-2x.png": "static/vendor/leaflet/images/layers-2x.png",
            "package/dist/images/marker-icon.png": "static/vendor/leaflet/images/marker-icon.png",
        },
    ),
    Package(
        name="@geoman-io/leaflet-geoman-free",
        version="2.20.2",
        licence="MIT",
        integrity="sha512-KQpSe0VKyuVCudq/08rMjJW1vvIwFldTwBny2wZ7ABcyyUAP7/eoFo967hCu9yRqAAHb4QOxC6"
        "gY5dGqttY68g==",
        files={
            "package/dist/leaflet-geoman.min.js": "static/vendor/leaflet/leaflet-geoman.min.js",
            "package/dist/leaflet-geoman.css": "static/vendor/leaflet/leaflet-geoman.css",
        },
    ),
    Package(
        name="chart.js",
        version="4.6.1",
        licence="MIT",
        integrity="sha512-hJyniucsFmq//EvXYvJ6c6mahPoI3kaxdjVH8awTaJ/fDNWeSqqqArixMJWkWNN6fcYvPU3Hn"
        "eSANFNYtRi61g==",
        files={"package/dist/chart.umd.min.js": "static/vendor/chart.umd.min.js"},
        licence_file="package/LICENSE.md",
    ),
    # For the tests only; it lies outside static/ and never reaches a browser of the staff.
    Package(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuF"
        "ooJpZe37OgudVGtQ==",
        files={
            "package/axe.min.js": "tests/browser/vendor/axe.min.js",
            "package/LICENSE": "tests/browser/vendor/LICENSE",
        },
        licence_file="",
    ),
]

ICONS = """
adjustments-horizontal alert-circle alert-triangle arrow-back-up arrow-right ban bell building-store
calendar calendar-down calendar-event calendar-off calendar-plus chart-bar check chevron-down
chevron-left chevron-right circle-check circle-x clock clock-pause cloud-off cloud-search copy
device-mobile dots download eye file-spreadsheet fingerprint help-circle history home hourglass-high
inbox info-circle key keyboard language link list list-check logout mail map-search menu-2 message
pencil phone phone-call player-pause player-play plus refresh repeat school search send settings
shield-lock sun user user-plus user-question users x
"""


class Unexpected(Exception):
    """What was fetched or lies here is not what it should be."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Fetch or check the vendored front-end.")
    parser.add_argument("--check", action="store_true", help="only compare files and manifest")
    try:
        if parser.parse_args(arguments).check:
            check()
        else:
            fetch()
    except Unexpected as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    return 0


# --- Checking ----------------------------------------------------------------------------------


def check() -> None:
    """Raises Unexpected unless every file is as the manifest says, and none is beside it."""
    if not MANIFEST.exists():
        raise Unexpected(f"{_relative(MANIFEST)} is missing; run `make vendor`")
    listed = dict(_listed(json.loads(MANIFEST.read_text())))
    for path, wanted in listed.items():
        file = ROOT / path
        if not file.exists():
            raise Unexpected(f"{path} is missing; run `make vendor`")
        if _sha256(file.read_bytes()) != wanted:
            raise Unexpected(f"{path} was changed; it is written by `make vendor` only")
    for file in sorted(_lying()):
        if _relative(file) not in listed:
            raise Unexpected(f"{_relative(file)} is in no package of the manifest")
    print(f"vendor: {len(listed)} files are as fetched")


def _listed(manifest: dict[str, list[dict[str, dict[str, str]]]]) -> Iterator[tuple[str, str]]:
    for package in manifest["packages"]:
        yield from package["files"].items()


def _lying() -> Iterator[Path]:
    for folder in {(ROOT / path).parent for path in _written_paths()}:
        yield from (file for file in folder.iterdir() if file.is_file() and file != MANIFEST)


def _written_paths() -> list[str]:
    paths = [path for package in PACKAGES for path in package.files.values()]
    return [*paths, SPRITE, LICENCES]


# --- Fetching ----------------------------------------------------------------------------------


def fetch() -> None:
    """Fetch every package, write its files, then the manifest."""
    entries, licences = [], []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            with tarfile.open(_tarball(package, Path(folder))) as tarball:
                files = {path: _prepared(_member(tarball, member), path)
                         for member, path in package.files.items()}  # fmt: skip
                if package.name == "@tabler/icons":
                    files[SPRITE] = _sprite(tarball)
                licences.append(_licence(package, tarball))
            entries.append(_entry(package, files))
    files = {LICENCES: "\n\n".join(licences).encode() + b"\n"}
    entries.append(_entry(Package("licence texts", "", "", "", {}), files))
    MANIFEST.write_text(json.dumps({"packages": entries}, indent=2) + "\n")
    check()


def _entry(package: Package, files: dict[str, bytes]) -> dict[str, object]:
    for path, content in files.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    about = {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "integrity": package.integrity,
    }
    known = {key: value for key, value in about.items() if value}
    return {**known, "files": {path: _sha256(content) for path, content in files.items()}}


def _tarball(package: Package, folder: Path) -> Path:
    specification = f"{package.name}@{package.version}"
    command = ["npm", "pack", specification, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Unexpected(f"npm could not fetch {specification}: {done.stderr.strip()}")
    file = folder / done.stdout.strip().splitlines()[-1]
    digest = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise Unexpected(f"{specification} is not the pinned one: sha512-{digest}")
    return file


def _member(tarball: tarfile.TarFile, path: str) -> bytes:
    try:
        file = tarball.extractfile(path)
    except KeyError:
        file = None
    if file is None:
        raise Unexpected(f"there is no {path} in the tarball")
    return file.read()


def _prepared(content: bytes, path: str) -> bytes:
    """Without the pointer to a source map that is not shipped, with one line end at the end."""
    if path.endswith((".css", ".js")):
        content = re.sub(rb"(/\*|//)# sourceMappingURL=\S+( \*/)?", b"", content).rstrip() + b"\n"
    return content


def _sprite(tarball: tarfile.TarFile) -> bytes:
    """One SVG with a <symbol> for every icon in ICONS."""
    symbols = []
    for name in sorted(ICONS.split()):
        source = _member(tarball, f"package/icons/outline/{name}.svg").decode()
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline)[^>]*/>", source)
        drawn = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    return "\n".join([head, *symbols, "</svg>", ""]).encode()


def _licence(package: Package, tarball: tarfile.TarFile) -> str:
    head = f"{package.name} {package.version}: {package.licence}"
    if not package.licence_file:
        return f"{head} (its notice stands in the file itself or beside it)"
    return f"{head}\n\n{_member(tarball, package.licence_file).decode().strip()}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
