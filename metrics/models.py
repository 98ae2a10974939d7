"""Counts that only ever grow, made out of the audit, and how far they have come."""

from __future__ import annotations

from django.db import models

from offices.models import Office


class OutcomeCount(models.Model):
    """How many events of one sort there have been, by office and kind."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    event = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "event"], name="one_outcome_count")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind} {self.event} {self.count}"


class Since(models.TextChoices):
    """From where the time until delivery is measured."""

    ACCEPTED = "accepted"
    DUE = "due"


class DeliveryTime(models.Model):
    """How many deliveries took at most `bound` seconds and more than the bound below it.

    bound: one of `counting.BOUNDS`; the last is for whatever took longer.
    seconds: what those deliveries took together.
    """

    kind = models.CharField(max_length=60)
    since = models.CharField(max_length=10, choices=Since)
    bound = models.FloatField()
    count = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "since", "bound"], name="one_delivery_time")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since} {self.bound} {self.count}"


class Reading(models.Model):
    """How far the audit has been counted: one row.

    counted_to: id of the last event that was counted.
    seen_to, seen_at: id of the last event there was at that time. A later run counts up to it: by
        then no transaction that took an id below it is still under way.
    """

    name = models.CharField(max_length=20, primary_key=True)
    counted_to = models.BigIntegerField(default=0)
    seen_to = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.counted_to}"
