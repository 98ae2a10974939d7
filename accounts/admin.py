"""Invitations and second steps in the admin; of allauth's own tables nothing else is shown."""

from __future__ import annotations

import logging
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import invitations
from accounts.forms import InviteForm, refuse_higher_role
from accounts.mail import send_invitation, tell_of_change
from accounts.models import Invitation, SecondStep
from offices.admin import PortalUserAdmin
from offices.admin_scope import OfficeFilter, OfficeScopedAdmin
from offices.models import Right, User
from offices.rights import offices_with

logger = logging.getLogger(__name__)

for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    # Their pages would show addresses, secrets and keys; what an operator needs is below.
    if admin.site.is_registered(model):
        admin.site.unregister(model)


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(PortalUserAdmin):
    """As the offices' own, and whoever gets a new password here is told.

    Who is shut out, or signed out by the action, has no session left that could come to life again.
    """

    actions = ["sign_out_everywhere"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_sessions([obj])

    @admin.action(description=gettext_lazy("Sign out the chosen accounts everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, queryset: Any) -> None:
        people = list(queryset)
        ended = end_sessions(people)
        for user in people:
            self.log_change(request, user, _("Signed out everywhere."))
        messages.success(request, _("Sessions ended: %d") % ended)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        user = self.get_object(request, id)
        answer = super().user_change_password(request, id, form_url)
        if user and User.objects.filter(pk=user.pk).exclude(password=user.password).exists():
            tell_of_change(user, "admin/password_changed")
        return answer


def end_sessions(people: list[User]) -> int:
    """Of everybody named, in every browser; how many there were."""
    sessions = list(UserSession.objects.filter(user__in=people))
    for session in sessions:
        session.end()
    for user in people:
        logger.info("all sessions of account %s were ended by an administrator", user.pk)
    return len(sessions)


class InvitationForm(forms.ModelForm):
    """The office and the role; who it is for is sealed in the row."""

    inviter: User
    name = InviteForm.base_fields["name"]
    email = InviteForm.base_fields["email"]

    class Meta:
        model = Invitation
        fields = ["office", "role"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        refuse_higher_role(self, self.inviter)
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(OfficeScopedAdmin):
    """A new one shows its link once. Nothing is changed afterwards, only withdrawn."""

    form = InvitationForm
    fields = ["office", "role", "name", "email"]
    list_display = ["office", "role", "invited_by", "created_at", "expires_at", "state"]
    list_filter = [("office", OfficeFilter), "role"]
    actions = ["withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows = super().get_queryset(request)
        return rows.filter(office__in=offices_with(cast(User, request.user), Right.INVITE))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "office":
            field.queryset = offices_with(cast(User, request.user), Right.INVITE)
        return field

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.inviter = request.user
        return form

    @admin.display(description=gettext_lazy("state"))
    def state(self, invitation: Invitation) -> str:
        if invitation.used_at:
            return _("taken")
        if invitation.withdrawn_at:
            return _("withdrawn")
        return _("open") if Invitation.objects.open().filter(pk=invitation.pk) else _("run out")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        given = form.cleaned_data
        place = invitations.Place(
            given["office"], given["role"], given["name"] or "", given["email"] or ""
        )
        made, token = invitations.invite(cast(User, request.user), place)
        obj.pk, obj.recipient, obj.token_hash = made.pk, made.recipient, made.token_hash
        obj.expires_at, obj.invited_by = made.expires_at, made.invited_by
        link = request.build_absolute_uri(reverse("accounts:open_invitation", args=[token]))
        if send_invitation(made, link):
            messages.success(request, _("The invitation is sent by e-mail."))
        messages.info(request, _("The link, shown this once: %s") % link)

    @admin.action(description=gettext_lazy("Withdraw the chosen invitations"))
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        count = sum(invitations.withdraw(invitation) for invitation in queryset)
        messages.success(request, _("Withdrawn invitations: %d") % count)


class KindFilter(admin.SimpleListFilter):
    """By what it is, in our words."""

    title = gettext_lazy("kind")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.value, said) for kind, said in SecondStep.KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SecondStep]) -> Any:
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(SecondStep)
class SecondStepAdmin(admin.ModelAdmin):
    """For superusers: take away the second step of somebody who has lost theirs."""

    list_display = ["person", "what", "since", "used"]
    list_filter = [KindFilter]
    list_select_related = ["user"]
    fields = ["person", "what", "since", "used"]

    @admin.display(description=gettext_lazy("portal user"), ordering="user__username")
    def person(self, step: SecondStep) -> User:
        return cast(User, step.user)

    @admin.display(description=gettext_lazy("kind"), ordering="type")
    def what(self, step: SecondStep) -> str:
        return step.kind

    @admin.display(description=gettext_lazy("set up"), ordering="created_at")
    def since(self, step: SecondStep) -> Any:
        return step.created_at

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def used(self, step: SecondStep) -> Any:
        return step.last_used_at

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: SecondStep) -> None:
        super().delete_model(request, obj)
        delete_dangling_recovery_codes(obj.user)
        tell_of_change(obj.user, "admin/second_step_removed")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        people = {authenticator.user for authenticator in queryset.select_related("user")}
        super().delete_queryset(request, queryset)
        for user in people:
            delete_dangling_recovery_codes(user)
            tell_of_change(user, "admin/second_step_removed")
