"""After a restore or a lagging failover: nothing may be sent by what old rows say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from submissions.outbox import quarantine


class Command(BaseCommand):
    help = (
        "Make every submission that is not settled uncertain. Run it after a restore from a "
        "backup or a failover to a replica that lagged, before any worker starts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Set aside for a person: {quarantine()}")
