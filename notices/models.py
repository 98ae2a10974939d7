"""What a person is told of: one row an incident and person, ids and figures alone."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.access import offices_for
from offices.models import Office, User
from submissions.models import Outage, Pause, State, Submission


class What(models.TextChoices):
    """What has happened."""

    REFUSED = "refused", _("Refused")
    UNCERTAIN = "uncertain", _("Uncertain")
    FAILED = "failed", _("Failed")
    DENIED = "denied", _("Access denied")
    OVER = "over", _("Vitec answers again")


# The state in which a submission still is what the notice says of it.
TROUBLE = {
    What.REFUSED: State.REJECTED,
    What.UNCERTAIN: State.UNKNOWN,
    What.FAILED: State.FAILED,
}


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_user(self, user: User | AnonymousUser) -> NoticeQuerySet:
        """The person's own, of offices that are still theirs."""
        mine = self.filter(office__in=offices_for(user))
        return mine.none() if user.is_anonymous else mine.filter(user=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def with_open_now(self) -> NoticeQuerySet:
        """Each with `open_now`: how many of its submissions are still what it says of them."""
        still = Q()
        for what, state in TROUBLE.items():
            still |= Q(what=what, items__submission__state=state)
        still &= Q(items__submission__corrections=None)
        return self.annotate(open_now=Count("items__submission", filter=still, distinct=True))

    def mark_read(self) -> int:
        """How many were unread."""
        return self.unread().update(read_at=timezone.now())


class Notice(models.Model):
    """One incident that one person is told of once.

    number: how many submissions it is about; of an outage that is over, how many of the person's
    waited for its end, and `delivered` how many of those have arrived.
    outage, pause: what it is about, where it is not about submissions.
    at: when it happened; latest_at: when it last grew. mailed_at: when a letter was taken by the
    mail server; writing_at: when somebody last began to write one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notices",
        verbose_name=_("person"),
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    number = models.PositiveIntegerField(_("number"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, null=True, related_name="+")
    pause = models.ForeignKey(Pause, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    latest_at = models.DateTimeField()
    read_at = models.DateTimeField(_("read"), null=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True)
    writing_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-latest_at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["user", "read_at", "-latest_at"], name="notice_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "outage"],
                condition=Q(outage__isnull=False),
                name="one_notice_per_outage",
            ),
            models.UniqueConstraint(
                fields=["user", "pause"],
                condition=Q(pause__isnull=False),
                name="one_notice_per_pause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what}"

    @property
    def target(self) -> str:
        """The page that is about it: the one submission, or the list of such."""
        items = list(self.items.select_related("submission")[:2])
        if len(items) == 1:
            return items[0].submission.get_absolute_url()
        if self.what == What.UNCERTAIN:
            return reverse("submissions:uncertain")
        if self.what == What.DENIED:
            return reverse("submissions:pauses")
        if self.what == What.OVER:
            return reverse("submissions:list")
        return reverse("submissions:list", query={"state": TROUBLE[What(self.what)].value})

    @property
    def is_of_trouble(self) -> bool:
        """It is about submissions that wait for a person, or have."""
        return self.what in TROUBLE

    @property
    def late(self) -> int:
        """Of those that waited for the end of an outage, how many have not arrived yet."""
        return max(0, self.number - self.delivered)


class NoticeItem(models.Model):
    """That a submission's event is part of an incident; nobody is told of the same event twice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="items")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    attempt = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "attempt"], name="one_notice_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.submission_id}"


class LetterChoice(models.Model):
    """Whether a person wants notices by e-mail, too; without a row as the setting says."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letter_choice"
    )
    wanted = models.BooleanField(_("by e-mail"))

    def __str__(self) -> str:
        return f"{self.user_id} {self.wanted}"


def wanting_letters() -> Q:
    """Of notices: those whose person wants letters, as `wants_letters` says."""
    chosen = Q(user__letter_choice__wanted=True)
    return chosen | Q(user__letter_choice=None) if settings.NOTICES_BY_MAIL else chosen


def wants_letters(user: User) -> bool:
    """By the person's own choice, else by the setting."""
    choice = LetterChoice.objects.filter(user=user).values_list("wanted", flat=True).first()
    return bool(settings.NOTICES_BY_MAIL if choice is None else choice)
