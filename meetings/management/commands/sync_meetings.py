"""The meetings of any days, also of ten years, window by window."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from meetings.sync import history_left, plan_history, sync_history
from offices.models import Office, SyncRun

# While the office's own sync is at it, the history waits for its turn.
WAIT_SECONDS = 2
LONGEST_WAIT = 15 * 60


class Command(BaseCommand):
    help = (
        "Fetch the meetings of an office between two days. Stopped or failed, the same command "
        "goes on where it stood."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="customer id, such as M30011")
        for name in ("--from", "--to"):
            parser.add_argument(
                name, required=True, type=dt.date.fromisoformat, help="YYYY-MM-DD, included"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["from"], options["to"]
        if first > last:
            raise CommandError("The last day comes before the first.")
        try:
            office = Office.objects.get(customer_id=options["office"])
        except Office.DoesNotExist as error:
            raise CommandError(f"There is no office {options['office']}.") from error
        plan = plan_history(office, first, last)
        if plan.history_next != first:
            self.stdout.write(f"Going on from {plan.history_next}.")
        self._fetch(office, first, last)
        self.stdout.write(self.style.SUCCESS(f"All of {first} to {last} is here."))

    def _fetch(self, office: Office, first: dt.date, last: dt.date) -> None:
        until = time.monotonic() + LONGEST_WAIT
        while history_left(office):
            run = sync_history(office, lambda run: self._say(office, run, first, last))
            if run is not None and run.error:
                raise CommandError(
                    f"Stopped: {run.error} {run.detail}. The same command goes on from there."
                )
            if run is None:
                if time.monotonic() > until:
                    raise CommandError("Another run has the office. Try again later.")
                time.sleep(WAIT_SECONDS)

    def _say(self, office: Office, run: SyncRun, first: dt.date, last: dt.date) -> None:
        after = last + dt.timedelta(days=1)
        done = ((history_left(office) or after) - first).days / (after - first).days
        self.stdout.write(
            f"{run.window_from} to {run.window_to}: {run.fetched} fetched, {run.created} new, "
            f"{run.changed - run.created} changed, {run.missing} missing, {run.seconds} s "
            f"({done:.0%})"
        )
        self.stdout.flush()
