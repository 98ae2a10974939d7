"""What has become old is forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offices.person_data import Rule, all_rules
from privacy import erasing, purging
from privacy.models import PurgeRun


class Command(BaseCommand):
    help = (
        "Forget what the settings say has become old, and record the run. The timetable does it "
        "every night; --dry-run only counts what would go. A new or shorter time takes nothing "
        "before a run has counted what it takes and PURGE_NOTICE_DAYS have passed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument(
            "--confirm",
            action="store_true",
            help="wait no longer for what an earlier run has counted by these very settings",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        if options["confirm"] and not dry:
            for rule in all_rules():
                purging.confirm(rule, None)
        run = purging.run(dry=dry)
        for rule in all_rules():
            self.stdout.write(f"{rule.key}: {_told(rule, run)}")
        if dry:
            self.stdout.write("Nothing was taken away.")
        elif not erasing.overwrite():
            self.stdout.write("The database is busy: its files are overwritten tonight.")


def _told(rule: Rule, run: PurgeRun) -> str:
    before = purging.oldest_kept(rule)
    if before is None:
        return "0 (kept for ever)"
    age = f"older than {before:%Y-%m-%d %H:%M}"
    if rule.key in run.ahead:
        return f"{run.ahead[rule.key]} would go ({age}), announced, not in force yet"
    return f"{run.facts.get(rule.key, 0)} ({age})"
