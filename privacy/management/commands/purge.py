"""What has become old is forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offices.person_data import all_rules
from privacy import erasing, purging


class Command(BaseCommand):
    help = (
        "Forget what the settings say has become old, and record the run. The timetable does it "
        "every night; --dry-run only counts what would go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        run = purging.run(dry=dry)
        for rule in all_rules():
            before = purging.oldest_kept(rule)
            age = f"older than {before:%Y-%m-%d %H:%M}" if before else "kept for ever"
            self.stdout.write(f"{rule.key}: {run.facts.get(rule.key, 0)} ({age})")
        if dry:
            self.stdout.write("Nothing was taken away.")
        elif not erasing.overwrite():
            self.stdout.write("The database is busy: its files are overwritten tonight.")
