"""Everything sealed anew with the newest master key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import rotation


class Command(BaseCommand):
    help = (
        "Seal everything anew with the first of FIELD_ENCRYPTION_KEYS, while the portal works. "
        "Stopped or killed, the same command goes on. Exit code 1 while the other keys are needed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count what is left")
        parser.add_argument(
            "--batch", type=int, default=rotation.BATCH, help="so many values in one transaction"
        )
        parser.add_argument("--again", action="store_true", help="look at everything anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            rotation.start_again()
        if not options["check"]:
            tell = self.stdout.write if options["verbosity"] > 1 else str
            done = rotation.rotate(tell, options["batch"])
            self.stdout.write(f"Looked at {done.looked_at} values, sealed {done.rewrapped} anew.")
        left = rotation.left()
        if left:
            told = ", ".join(f"{name}: {count}" for name, count in left.items())
            raise CommandError(
                f"The older keys are still needed, or lost: {told}. If processes that know only "
                "the old key still ran, restart them and run this with --again."
            )
        self.stdout.write("The newest key opens everything. The older ones can be taken away.")
