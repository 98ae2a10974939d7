"""The cache that all processes share: limits must count alike in each of them."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command


def make_table(**_: Any) -> None:
    """Make the database cache's table where one is configured; it is in no migration."""
    call_command("createcachetable", verbosity=0)
