"""Places, rights, who saw what and whom to hide, in the admin: also for an office's administrators.

Everything else in the admin goes by Django's own permissions, which superusers alone have.
"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices import choices, protected
from offices.access import administered_by
from offices.admin_scope import OfficeFilter, OfficeScopedAdmin, ReadOnlyAdmin
from offices.models import Disclosure, Membership, Office, ProtectedContact, Right, RightException
from offices.models import User as PortalUser
from offices.rights import may, offices_with
from offices.vitec_ids import no_person


class MembershipForm(forms.ModelForm):
    """Who the person is at Vitec is chosen out of the office's colleagues."""

    class Meta:
        model = Membership
        fields = ["user", "office", "role", "colleague_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            found = choices.colleagues(self.instance.office)
            offered = [("", _("Found by the name")), *((one.value, str(one)) for one in found)]
            label = self.fields["colleague_id"].label
            said = self.fields["colleague_id"].help_text
            self.fields["colleague_id"] = forms.ChoiceField(
                label=label, help_text=said, choices=offered, required=False
            )


class RightExceptionInline(admin.TabularInline):
    """Nobody gives or takes a right that they have not themselves."""

    model = RightException
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightException]:
        rows = super().get_queryset(request)
        user = cast(PortalUser, request.user)
        if user.is_superuser:
            return rows
        mine = [
            exception.pk
            for exception in rows.filter(membership__office__in=administered_by(user))
            if may(user, Right(exception.right), exception.membership.office)
        ]
        return rows.filter(pk__in=mine)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        user, office = cast(PortalUser, request.user), obj.office if obj else None
        if office is not None and not user.is_superuser:
            own = [(right.value, right.label) for right in Right if may(user, right, office)]
            field: Any = formset.form.base_fields["right"]
            field.choices = [("", "---------"), *own]
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _gives_rights(request, obj)

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


def _gives_rights(request: HttpRequest, obj: Membership | None = None) -> bool:
    """At one's own offices, and never to oneself or to who decides for the whole portal."""
    user = cast(PortalUser, request.user)
    if user.is_superuser:
        return True
    offices = administered_by(user)
    if obj is None:
        return offices.exists()
    theirs = offices.filter(pk=obj.office_id).exists()
    return theirs and obj.user_id != user.pk and not obj.user.is_superuser


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """What one person may do at one office, beside or in spite of the role."""

    form = MembershipForm
    inlines = [RightExceptionInline]
    list_display = ["user", "office", "role", "good_until"]
    list_filter = ["role", ("office", OfficeFilter)]
    search_fields = ["user__username", "user__first_name", "user__last_name", "office__name"]
    list_select_related = ["user", "office"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        others = rows.exclude(user=request.user).exclude(user__is_superuser=True)
        return others.filter(office__in=administered_by(cast(PortalUser, request.user)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if request.user.is_superuser else ["user", "office"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _gives_rights(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _gives_rights(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _gives_rights(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Others invite: a list of everybody's accounts is not theirs to see.
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


class ByRightAdmin(ReadOnlyAdmin):
    """A window for those who have `right` at an office, on the rows of that office."""

    right: Right

    def _offices(self, request: HttpRequest) -> QuerySet[Office]:
        return offices_with(cast(PortalUser, request.user), self.right)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(office__in=self._offices(request))

    def _has(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser) or self._offices(request).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._has(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if request.user.is_superuser:
            return True
        offices = self._offices(request)
        return offices.exists() if obj is None else offices.filter(pk=obj.office_id).exists()


@admin.register(Disclosure)
class DisclosureAdmin(ByRightAdmin):
    """Who saw what; the database itself refuses to change it."""

    right = Right.PRIVACY
    list_display = ["at", "user_name", "what", "subject", "office"]
    list_filter = ["what", ("office", OfficeFilter)]
    list_select_related = ["office"]
    search_fields = ["user_name", "subject"]
    fields = ["at", "user_name", "office", "what", "subject", "facts", "reason"]
    date_hierarchy = "at"
    show_full_result_count = False


class ProtectedForm(forms.ModelForm):
    """Whom to hide, by an id that somebody types."""

    def clean_contact_id(self) -> str:
        return no_person(self.cleaned_data["contact_id"])


@admin.register(ProtectedContact)
class ProtectedContactAdmin(ByRightAdmin):
    """Whom to hide, by Vitec's id; nothing is deleted, the mark ends."""

    right = Right.PROTECTED
    form = ProtectedForm
    list_display = ["contact_id", "office", "marked_at", "marked_by", "ended_at", "ended_by"]
    list_filter = [("office", OfficeFilter), ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["office", "marked_by", "ended_by"]
    search_fields = ["contact_id"]
    fields = ["office", "contact_id", "reason", "marked_at", "marked_by", "ended_at", "ended_by"]
    actions = ["show_again"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["office", "contact_id"] if obj is None else self.fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = OfficeScopedAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)
        if db_field.name == "office":
            field.queryset = self._offices(request)
        return field

    def save_model(
        self, request: HttpRequest, obj: ProtectedContact, form: Any, change: bool
    ) -> None:
        made = protected.mark(obj.office, obj.contact_id, cast(PortalUser, request.user))
        obj.pk, obj.marked_by = made.pk, made.marked_by

    @admin.action(description=gettext_lazy("Show the chosen contacts again"))
    def show_again(self, request: HttpRequest, queryset: QuerySet[ProtectedContact]) -> None:
        count = sum(protected.unmark(row, cast(PortalUser, request.user)) for row in queryset)
        messages.success(request, _("Shown again: %d") % count)
