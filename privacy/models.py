"""Who is looked for, who is to be erased, what went by itself, and how far a change of keys is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import RowKeyField, Unsealable, new_row_key, seal_row, unseal_row
from offices.models import Office, Right, User
from offices.person_data import days
from offices.person_marks import Marks
from offices.rights import offices_with


@dataclasses.dataclass(frozen=True)
class Who:
    """The person whom somebody looks at.

    name: as it is shown. chosen: what only may concern them and a person has said does, each as
    `<holding>:<pk>`.
    """

    name: str
    marks: Marks
    chosen: frozenset[str] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "marks": self.marks.to_dict(), "chosen": sorted(self.chosen)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Who:
        return cls(data["name"], Marks.from_dict(data["marks"]), frozenset(data["chosen"]))


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def for_user(self, user: User | AnonymousUser) -> InquiryQuerySet:
        """The person's own, of offices where they still have the right, and not too old."""
        mine = self.filter(user=user.pk, office__in=offices_with(user, Right.PRIVACY))
        keep = days("EXPORT_DAYS")()
        return mine if keep is None else mine.filter(made_at__gt=timezone.now() - keep)


class Inquiry(models.Model):
    """A person whose data somebody looks at: what stands behind the address of the extract.

    sealed: `Who`, with the row's own key. It opens for `EXPORT_DAYS`.
    """

    code = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    key = RowKeyField()
    sealed = models.TextField()

    objects = InquiryQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.code)

    @property
    def who(self) -> Who:
        """Raises Unsealable."""
        return Who.from_dict(unseal_row(self.key, self.sealed))

    def set_who(self, who: Who) -> None:
        """Seals; the row is not saved."""
        self.key = self.key or new_row_key()
        self.sealed = seal_row(self.key, who.to_dict())


class Step(models.TextChoices):
    """Where an erasure stands."""

    ASKED = "asked", _("Waits for a second person")
    APPROVED = "approved", _("Waits for what is being sent")
    DONE = "done", _("Erased")
    DECLINED = "declined", _("Declined")


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def for_user(self, user: User | AnonymousUser) -> ErasureQuerySet:
        """Those of the offices where the person has the right."""
        return self.filter(office__in=offices_with(user, Right.PRIVACY))

    def open(self) -> ErasureQuerySet:
        """Those that somebody or something still waits for."""
        return self.filter(
            Q(step__in=[Step.ASKED, Step.APPROVED]) | Q(step=Step.DONE, cleared_at=None)
        )


class Erasure(models.Model):
    """One person to be erased, asked for by one and decided by another.

    sealed, until it is done: {"who": Who, "reason": str}; afterwards, until somebody has done it:
    {"at_vitec": [what must be done there by hand], "protected": bool}, with another key; then
    nothing. One that is carried out in several tries has both meanwhile.
    facts: how many rows of each holding went. overwritten_at: when the database's files no longer
    held what was deleted, see `storage`.
    """

    code = models.UUIDField(_("code"), unique=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    done_at = models.DateTimeField(_("erased"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("done in Vitec"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done in Vitec by"),
    )
    overwritten_at = models.DateTimeField(_("files overwritten"), null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    key = RowKeyField(blank=True)
    sealed = models.TextField(blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            # Nobody approves what they have asked for, whatever the pages let through.
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(step=Step.DECLINED) | ~Q(decided_by=F("asked_by")),
                name="erasure_by_two",
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    def get_absolute_url(self) -> str:
        return reverse("privacy:erasure", args=[self.code])

    @property
    def content(self) -> dict[str, Any]:
        """What is sealed; empty when nothing is left."""
        try:
            opened: dict[str, Any] = unseal_row(self.key, self.sealed)
        except Unsealable:
            return {}
        return opened

    @property
    def who(self) -> Who | None:
        """None when it is done, or was declined."""
        known = self.content.get("who")
        return Who.from_dict(known) if known else None


class PurgeRun(models.Model):
    """One run of the purge by age. facts: {rule: how many went, or would go when dry}.

    ahead: {rule: how many would go by a time that is announced, and not in force yet}.
    """

    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    dry = models.BooleanField(_("only counted"), default=False)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    ahead = models.JSONField(_("announced"), default=dict, blank=True)

    class Meta:
        ordering = ["-began_at", "-pk"]
        verbose_name = _("purge by age")
        verbose_name_plural = _("purges by age")

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class KeyRotation(models.Model):
    """How far one sealed column has been sealed anew with one master key.

    key_mark: stands for the master key. last_pk: the last row that was looked at.
    """

    key_mark = models.CharField(max_length=32)
    column = models.CharField(max_length=120)
    last_pk = models.CharField(max_length=64, blank=True)
    rewrapped = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of keys")
        verbose_name_plural = _("changes of keys")
        constraints = [
            models.UniqueConstraint(fields=["key_mark", "column"], name="one_rotation_per_column")
        ]

    def __str__(self) -> str:
        return f"{self.column} {self.rewrapped}"

    @property
    def took(self) -> dt.timedelta | None:
        return self.ended_at - self.began_at if self.ended_at else None
