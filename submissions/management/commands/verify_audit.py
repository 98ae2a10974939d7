"""Is the audit as it was written?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from submissions import audit


class Command(BaseCommand):
    help = (
        "Walk the whole audit and name the first event or checkpoint that is not as it was "
        "written. Exit code 1 when there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        checked = audit.verify()
        walked = (
            f"{checked.events} events of {checked.submissions} submissions "
            f"and {checked.checkpoints} checkpoints"
        )
        if checked.broken:
            raise CommandError(f"The audit is broken, found after {walked}: {checked.broken}")
        self.stdout.write(f"The audit is as it was written: {walked}.")
