"""Offices, people and the directories behind the pickers.

A directory row is a copy of something Vitec owns. Ids from Vitec are opaque text. A row that
vanishes at Vitec is kept and marked, since submissions and meetings still name it.
"""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField
from offices import veil

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

    @property
    def credential(self) -> Credential:
        """The login for all that has none of its own. Raises Credential.DoesNotExist."""
        return self.credentials.get(group="")


class FunctionGroup(models.TextChoices):
    """What of Vitec a login of its own is for; see `logins` for which calls these are.

    The division is ours: Vitec sells function groups whose names and borders it does not publish.
    """

    CRM = "crm", _("Meetings, comebacks, calendar, contacts and staff")
    VIEWINGS = "viewings", _("Viewings")
    INTERESTS = "interests", _("Interests, areas and municipalities")
    ESTATES = "estates", _("Properties")


class Credential(models.Model):
    """A login with which an office reaches Vitec. The password is sealed and never shown.

    group: one of FunctionGroup; "" is the office's own, for all that has no login of its own.
    """

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="credentials", verbose_name=_("office")
    )
    group = models.CharField(
        _("for"),
        max_length=20,
        choices=[("", _("Everything without a login of its own")), *FunctionGroup.choices],
        blank=True,
        default="",
    )
    username = models.CharField(_("username"), max_length=100)
    password = SealedJSONField(_("password"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        "User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("Vitec login")
        verbose_name_plural = _("Vitec logins")
        constraints = [
            models.UniqueConstraint(fields=["office", "group"], name="one_login_per_group")
        ]

    def __str__(self) -> str:
        return f"{self.username} · {self.office}"


class Role(models.TextChoices):
    """What a person is at an office."""

    BOOKER = "booker", _("Booker")
    ASSISTANT = "assistant", _("Assistant")
    BROKER = "broker", _("Broker")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


def standing(of: str = "") -> Q:
    """A condition: places that hold now, and are not waiting for a sign-in to confirm them.

    of: what leads to the memberships, such as `memberships__`; ask in the same `filter` as whose.
    """
    return Q(**{f"{of}good_until": None}) | Q(**{f"{of}good_until__gt": Now()})


class MembershipQuerySet(models.QuerySet["Membership"]):
    def standing(self) -> MembershipQuerySet:
        """Those that hold now, see `standing`."""
        return self.filter(standing())


class Membership(models.Model):
    """One person may act for one office, in one role.

    good_until: then it rests, with all its rights, until it is confirmed; None: it needs no
    confirming.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("portal user")
    )
    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("office")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.BOOKER)
    colleague_id = models.CharField(
        _("user at Vitec"),
        max_length=64,
        blank=True,
        help_text=_("Who the person is among the office's colleagues. Empty: found by the name."),
    )
    good_until = models.DateTimeField(_("good until"), null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "office"], name="one_membership_per_office")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"

    @property
    def rests(self) -> bool:
        """Does it wait for a sign-in to confirm it?"""
        return self.good_until is not None and self.good_until <= timezone.now()


class Right(models.TextChoices):
    """What not everybody at an office may do; see `rights` for what each role brings."""

    FIGURES = "figures", _("See figures of the office's work")
    AMOUNTS = "amounts", _("See amounts and commissions")
    MASKED = "masked", _("See masked values, such as personal numbers")
    EXPORT = "export", _("Export lists to files")
    SHARED_VIEWS = "shared_views", _("Save views for the whole office")
    ON_BEHALF = "on_behalf", _("Send in the name of others")
    PROTECTED = "protected", _("See contacts with protected identity")
    PRIVACY = "privacy", _("Extract and erase persons, and read who saw what")
    INVITE = "invite", _("Invite people")


class RightException(models.Model):
    """A right that a membership has beside those of its role, or has not in spite of it."""

    membership = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="exceptions",
        verbose_name=_("membership"),
    )
    right = models.CharField(_("right"), max_length=20, choices=Right)
    granted = models.BooleanField(
        _("granted"), default=True, help_text=_("Otherwise it is taken away from the role.")
    )

    class Meta:
        verbose_name = _("right of its own")
        verbose_name_plural = _("rights of their own")
        constraints = [
            models.UniqueConstraint(fields=["membership", "right"], name="one_exception_per_right")
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()}: {self.granted}"


class Disclosure(models.Model):
    """Who saw what of persons: one look, one export. Facts only, nothing of the person.

    Append-only: the database refuses UPDATE and DELETE. subject: what was looked at, `app.model:id`
    or an address's name; person: keyed hash of the contact it concerned, "" for many or none.
    facts: counts and formats. reason: sealed.
    """

    class What(models.TextChoices):
        VIEWED = "viewed", _("Viewed")
        REVEALED = "revealed", _("Masked value revealed")
        EXPORTED = "exported", _("Exported")
        SEARCHED = "searched", _("Searched by personal number")
        EXTRACTED = "extracted", _("Register extract")
        ERASED = "erased", _("Erased")

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    # The row stays as it is when the user's goes: the database refuses to change it.
    user = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("portal user"),
    )
    user_name = models.CharField(_("user name"), max_length=150)
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office")
    )
    what = models.CharField(_("what"), max_length=20, choices=What)
    subject = models.CharField(_("about"), max_length=100, blank=True)
    person = models.CharField(_("person"), max_length=32, blank=True, db_index=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    reason = SealedJSONField(_("reason"), null=True, blank=True)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["office", "-at"], name="disclosure_by_office")]

    def __str__(self) -> str:
        return f"{self.user_name} · {self.get_what_display()} · {self.subject}"


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

    # Under the veil: the details are a mask, which must never be stored.
    is_veiled = False

    class Meta(DirectoryRow.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.vitec_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Veiled for a mask."""
        if self.is_veiled:
            raise veil.Veiled
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        if "details" in row.__dict__ and veil.hides(row.office_id, row.vitec_id):
            row.details = {"name": str(veil.MASK), "phones": [], "email": "", "address": ""}
            row.is_veiled = True
        return row

    @property
    def name(self) -> str:
        return str(self.details["name"]) or self.vitec_id

    @property
    def reach(self) -> str:
        """Phone, else e-mail, and address: what tells two people of one name apart."""
        details = self.details
        channel = details["phones"][0] if details["phones"] else details["email"]
        return " · ".join(part for part in (channel, details["address"]) if part)


class ProtectedContactQuerySet(models.QuerySet["ProtectedContact"]):
    def open(self) -> ProtectedContactQuerySet:
        """Those that are hidden now."""
        return self.filter(ended_at=None)


class ProtectedContact(models.Model):
    """A contact with protected identity (skyddad identitet), by Vitec's id: see `protected`.

    marked_by: None when Vitec's own data says so. ended_at: shown again from then on.
    """

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    contact_id = models.CharField(_("contact id"), max_length=64)
    marked_at = models.DateTimeField(_("marked"), default=timezone.now, editable=False)
    marked_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked by"),
    )
    reason = SealedJSONField(_("reason"), null=True, blank=True)
    ended_at = models.DateTimeField(_("shown again"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shown again by"),
    )

    objects = ProtectedContactQuerySet.as_manager()

    class Meta:
        ordering = ["-marked_at", "-pk"]
        verbose_name = _("contact with protected identity")
        verbose_name_plural = _("contacts with protected identity")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "contact_id"],
                condition=models.Q(ended_at=None),
                name="protected_once",
            )
        ]

    def __str__(self) -> str:
        # Without the id: the admin's history keeps it for ever.
        return f"{self.office} · {timezone.localtime(self.marked_at):%Y-%m-%d %H:%M}"


class ErasedContact(models.Model):
    """A contact that was erased here, as a keyed hash of its id; see `erased`.

    protected: they had protected identity, and have it again when they come back.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    protected = models.BooleanField(default=False)
    erased_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "digest"], name="erased_contact_once")
        ]

    def __str__(self) -> str:
        return self.digest


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

    # Very many rows, written by every sync: each index beside those below would cost as much again.
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="terms", db_index=False
    )
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+", db_index=False)
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
    """One of the calls that a login may have on their way at once; see `pace`.

    token: who sits, until when at the longest. holder: the submission that it is taken for; it
    sits for as long as that is on its way. next_at: when the seat may be taken the next time.
    """

    line = models.CharField(max_length=32)
    number = models.PositiveSmallIntegerField()
    token = models.UUIDField(null=True)
    holder = models.BigIntegerField(null=True)
    until = models.DateTimeField()
    next_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="one_seat_a_number")]

    def __str__(self) -> str:
        return f"{self.line} {self.number}"


class LineStart(models.Model):
    """When the next delivery that finds no seat of its login may come back; see `pace.line_up`."""

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


class Retention(models.Model):
    """How long one rule of the purge keeps, as it is in force; see `offices.retention`.

    rule: the key of a `person_data.Rule`. in_force: None while nothing goes by it yet.
    announced: a shorter time, or the first one; counted: how many would go by it, when it was
    counted last. takes_from: when it comes into force. confirmed_by: who wanted it sooner.
    """

    rule = models.CharField(_("rule"), max_length=60, unique=True)
    in_force = models.DurationField(_("in force"), null=True, blank=True)
    announced = models.DurationField(_("announced"), null=True, blank=True)
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    counted = models.PositiveIntegerField(_("would go"), default=0)
    takes_from = models.DateTimeField(_("takes from"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        ordering = ["rule"]
        verbose_name = _("time of keeping")
        verbose_name_plural = _("times of keeping")

    def __str__(self) -> str:
        return self.rule
