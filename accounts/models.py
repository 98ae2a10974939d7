"""Who is invited, which places a person has by a group of their single sign-on, and with what
people sign in besides the password.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.sealing import SealedJSONField
from offices.models import Membership, Office, Right, Role, User
from offices.rights import offices_with


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Not used, not withdrawn, not run out."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def for_inviter(self, user: User) -> InvitationQuerySet:
        """Those to the offices at which a person may invite."""
        return self.filter(office__in=offices_with(user, Right.INVITE))


class Invitation(models.Model):
    """A place at an office, waiting for the person it is meant for.

    Only the hash of the link's token is kept. recipient: {"name": str, "email": str}, may be "".
    """

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.BOOKER)
    recipient = SealedJSONField(_("for"))
    token_hash = models.CharField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("taken"), null=True, blank=True)
    used_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.office} · {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:people")


class SecondStep(Authenticator):
    """allauth's row in our words, which it has in English alone."""

    Type = Authenticator.Type
    KINDS = {
        Type.TOTP: _("Authenticator app"),
        Type.WEBAUTHN: _("Passkey"),
        Type.RECOVERY_CODES: _("Recovery codes"),
    }

    class Meta:
        proxy = True
        verbose_name = _("second step")
        verbose_name_plural = _("second steps")

    def __str__(self) -> str:
        return f"{self.user} · {self.kind}"

    @property
    def kind(self) -> str:
        return str(self.KINDS[self.Type(self.type)])


class AskedResetQuerySet(models.QuerySet["AskedReset"]):
    def due(self) -> AskedResetQuerySet:
        """Whose letter is to be written now."""
        return self.filter(next_at__lte=timezone.now())


class AskedReset(models.Model):
    """Somebody has forgotten a password, of an account that there may be or not.

    typed: {"address": as it was typed, "site": where they asked, "language": code}. next_at: when
    the letter is written, or tried again. Gone as soon as it is written.
    """

    typed = SealedJSONField()
    asked_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = AskedResetQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.asked_at)


class GroupPlace(models.Model):
    """This membership was given by a group at the sign-in service, and goes with it.

    confirmed_at: when the service last said that the person is in the group; None: before that was
    written down.
    """

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="by_group")
    provider = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} · {self.membership_id}"
