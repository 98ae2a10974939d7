"""Secrets for a portal that was given none: made once, kept in a folder only its owner can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def require_writable(folder: Path) -> None:
    """Raises ImproperlyConfigured, in a sentence, when nothing can be kept in the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_uid == os.getuid():
            # Sessions, names and meetings lie here; other users of the machine have no business.
            folder.chmod(0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {folder} cannot be written ({error.strerror}). "
            "Set VITECPORTAL_DATA_DIR to one that can."
        ) from error


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in `path`, made by `make` and written with mode 600 if there is none yet.

    Two processes that start together agree: the first to link its file in place wins.
    Raises OSError when the folder cannot be written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
            file.flush()
            # What it seals would be lost with it.
            os.fsync(descriptor)
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()
