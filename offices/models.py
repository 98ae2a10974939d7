"""Offices, people and the directories behind the pickers.

A directory row is a copy of something Vitec owns. Ids from Vitec are opaque text. A row that
vanishes at Vitec is kept and marked, since submissions and meetings still name it.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField

# Vitec's ids of the statuses that mean sold; an office can have others of the same name.
SOLD = frozenset({"4", "10"})


class User(AbstractUser):
    """A person who signs in to the portal."""

    class Meta(AbstractUser.Meta):
        verbose_name = _("portal user")  # type: ignore[assignment]
        verbose_name_plural = _("portal users")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Office(models.Model):
    """One office (kontor): one customer id at Vitec."""

    name = models.CharField(_("name"), max_length=100)
    customer_id = models.CharField(_("customer id"), max_length=40, unique=True)
    vitec_office_id = models.CharField(
        _("office id at Vitec"),
        max_length=40,
        blank=True,
        help_text=_("Another id than the customer id. Filled in by the sync."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """The login with which an office reaches Vitec. The password is sealed and never shown."""

    office = models.OneToOneField(
        Office, on_delete=models.CASCADE, related_name="credential", verbose_name=_("office")
    )
    username = models.CharField(_("username"), max_length=100)
    password = SealedJSONField(_("password"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("Vitec login")
        verbose_name_plural = _("Vitec logins")

    def __str__(self) -> str:
        return f"{self.username} · {self.office}"


class Role(models.TextChoices):
    """What a person is at an office."""

    BOOKER = "booker", _("Booker")
    ASSISTANT = "assistant", _("Assistant")
    BROKER = "broker", _("Broker")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    """One person may act for one office, in one role."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("portal user")
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("office")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.BOOKER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "office"], name="one_membership_per_office")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"


class DirectoryRow(models.Model):
    """What every copy of a Vitec row has: where from, which id, seen when."""

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    vitec_id = models.CharField(_("id at Vitec"), max_length=64)
    first_seen = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen = models.DateTimeField(_("last seen"))
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    listed = models.BooleanField(
        _("listed"),
        default=False,
        help_text=_("Vitec's own list has named it; others we know from meetings alone."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["office", "vitec_id"], name="%(app_label)s_%(class)s_once_per_office"
            )
        ]


class Colleague(DirectoryRow):
    """A person with a user at Vitec: broker, assistant or booker of the office."""

    name = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("title"), max_length=200, blank=True)
    public = models.BooleanField(
        _("public"), default=True, help_text=_("Shown to customers; assistants often are not.")
    )

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")

    def __str__(self) -> str:
        return self.name


class UserGroup(DirectoryRow):
    """A user group (användargrupp) of the office at Vitec. members: Vitec's ids of its users."""

    name = models.CharField(_("name"), max_length=200)
    members = models.JSONField(_("members"), default=list, blank=True)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("user group")
        verbose_name_plural = _("user groups")

    def __str__(self) -> str:
        return self.name


class Contact(DirectoryRow):
    """A person the office knows: customer, seller, speculator. Everything personal is sealed.

    details: {"name": str, "phones": [str], "email": str, "address": str}, any of them may be "".
    fingerprints: {source: keyed hash of what it last said}, so that no news costs no write.
    """

    details = SealedJSONField(_("details"))
    fingerprints = models.JSONField(default=dict)

    class Meta(DirectoryRow.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.vitec_id

    @property
    def name(self) -> str:
        return str(self.details["name"]) or self.vitec_id

    @property
    def reach(self) -> str:
        """Phone, else e-mail, and address: what tells two people of one name apart."""
        details = self.details
        channel = details["phones"][0] if details["phones"] else details["email"]
        return " · ".join(part for part in (channel, details["address"]) if part)


class ContactCategory(DirectoryRow):
    """A category (kategori) that a contact can be put into.

    read_only: Vitec sets it by itself, so no form offers it.
    """

    name = models.CharField(_("name"), max_length=200)
    read_only = models.BooleanField(_("read only"), default=False)
    of_companies = models.BooleanField(_("of companies"), default=False)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("contact category")
        verbose_name_plural = _("contact categories")

    def __str__(self) -> str:
        return self.name


class PredefinedTask(DirectoryRow):
    """A task (fördefinierad uppgift) that a write can hand out about a contact."""

    name = models.CharField(_("name"), max_length=200)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("predefined task")
        verbose_name_plural = _("predefined tasks")

    def __str__(self) -> str:
        return self.name


class IntakeSource(DirectoryRow):
    """Where an assignment came from (intagskälla)."""

    name = models.CharField(_("name"), max_length=200)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("intake source")
        verbose_name_plural = _("intake sources")

    def __str__(self) -> str:
        return self.name


class CustomField(DirectoryRow):
    """A field that the office has made for itself (egendefinierat fält). vitec_id: its name.

    kind, valid_for: Vitec's own words, such as `Boolean` and [`Person`].
    """

    label = models.CharField(_("label"), max_length=200)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    valid_for = models.JSONField(_("valid for"), default=list, blank=True)

    class Meta(DirectoryRow.Meta):
        ordering = ["label"]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")

    def __str__(self) -> str:
        return self.label


class Estate(DirectoryRow):
    """A home (objekt), known by its address. Of one that is not for sale it is somebody's own.

    status_id, status: Vitec's own. viewing_starts: ISO 8601, when its viewings begin, as far as
    Vitec's list tells.
    """

    address = SealedJSONField(_("address"), default="")
    area = models.CharField(_("area"), max_length=200, blank=True)
    number = models.CharField(_("object number"), max_length=60, blank=True)
    status_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=100, blank=True)
    viewing_starts = models.JSONField(default=list, blank=True)

    class Meta(DirectoryRow.Meta):
        verbose_name = _("property")
        verbose_name_plural = _("properties")

    def __str__(self) -> str:
        return self.vitec_id

    @property
    def where(self) -> str:
        """The address by which staff know the home."""
        return str(self.address) or self.vitec_id

    @property
    def is_sold(self) -> bool:
        return self.status_id in SOLD or self.status.casefold().startswith("såld")


class ContactTerm(models.Model):
    """A keyed hash of the beginning of one word of a contact: the search over sealed rows."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="terms")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["office", "digest"], name="contact_term_lookup")]
        constraints = [
            models.UniqueConstraint(fields=["contact", "digest"], name="contact_term_once")
        ]

    def __str__(self) -> str:
        return self.digest


class Capability(models.Model):
    """May the office's login make this call? Learned by making it; refused ones rest for a day."""

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="capabilities", verbose_name=_("office")
    )
    name = models.CharField(_("call"), max_length=60)
    allowed = models.BooleanField(_("allowed"))
    checked_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")
        constraints = [
            models.UniqueConstraint(fields=["office", "name"], name="one_word_per_capability")
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.name}"


class RecentChoice(models.Model):
    """What a person chose in a picker, so that it stands first the next time. Ids alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    recall = models.CharField(max_length=40)
    value = models.CharField(max_length=100)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "recall", "value"], name="recent_choice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recall} · {self.value}"


class ImportDraft(models.Model):
    """A file between its preview and its being imported; for an hour, sealed."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    sheet = models.CharField(max_length=40)
    text = SealedJSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sheet} · {self.office}"


class LineSeat(models.Model):
    """One of the calls that a login may have on their way at once. token: who sits; see `pace`."""

    line = models.CharField(max_length=32)
    number = models.PositiveSmallIntegerField()
    token = models.UUIDField(null=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="one_seat_a_number")]

    def __str__(self) -> str:
        return f"{self.line} {self.number}"


class LineStart(models.Model):
    """When a login may begin its next call."""

    line = models.CharField(max_length=32, unique=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.line


class SyncRun(models.Model):
    """One run of one job for one office.

    slot: makes a second beat harmless. Of one job and office a single run is open at a time, and
    `beat_at` tells whether it still lives. changed: rows that were new or had changed; created:
    those of them that were new. window: the days that were asked for, both inclusive.
    """

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="sync_runs", verbose_name=_("office")
    )
    job = models.CharField(_("job"), max_length=40)
    span = models.CharField(_("span"), max_length=20, blank=True)
    slot = models.BigIntegerField(
        _("slot"), help_text=_("Number of the interval since 1970; one run per job, office, slot.")
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    beat_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    window_from = models.DateField(_("from"), null=True, blank=True)
    window_to = models.DateField(_("to"), null=True, blank=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    fetched = models.PositiveIntegerField(_("fetched"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("new or changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    detail = models.CharField(_("what failed"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sync run")
        verbose_name_plural = _("sync runs")
        indexes = [
            models.Index(fields=["job", "office", "-finished_at"], name="sync_run_latest"),
            models.Index(fields=["job", "office", "-started_at"], name="sync_run_newest"),
            models.Index(fields=["-started_at"], name="sync_run_by_moment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "span", "office", "slot"], name="one_sync_per_slot"
            ),
            models.UniqueConstraint(
                fields=["job", "office"],
                condition=models.Q(finished_at=None),
                name="one_open_sync_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} · {self.office} · {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        if self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds(), 1)
