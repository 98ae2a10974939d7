"""Offices, people and directories in the admin. Passwords go in and are never shown again."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from offices import registry
from offices.admin_directories import (
    ContactForm,
    CustomFieldForm,
    DirectoryAdmin,
    EstateForm,
)
from offices.admin_guards import MembershipAdmin
from offices.admin_import import ImportPages
from offices.admin_scope import OfficeFilter, OfficeScopedAdmin, ReadOnlyAdmin
from offices.admin_vitec import VitecPages
from offices.directory import put_contacts
from offices.models import (
    Capability,
    Colleague,
    Contact,
    ContactCategory,
    Credential,
    CustomField,
    Estate,
    IntakeSource,
    Membership,
    Office,
    PredefinedTask,
    SyncRun,
    User,
    UserGroup,
)

__all__ = ["MembershipAdmin"]


class SuperuserAdmin(admin.ModelAdmin):
    """For superusers alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(User)
class PortalUserAdmin(SuperuserAdmin, UserAdmin):
    """People of every office, and who may do everything: for superusers alone."""

    inlines = [MembershipInline]
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff"]


class CredentialForm(forms.ModelForm):
    """An empty password keeps the one that is stored."""

    new_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Never shown again. Leave empty to keep the stored one."),
    )

    class Meta:
        model = Credential
        fields = ["office", "group", "username"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if ":" in username:
            raise forms.ValidationError(_("A user name for Vitec holds no colon."))
        return username

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is None and not self.cleaned_data.get("new_password"):
            self.add_error("new_password", _("A new login needs a password."))
        return cleaned

    def save(self, commit: bool = True) -> Credential:
        if password := self.cleaned_data["new_password"]:
            self.instance.password = password
        return super().save(commit)


@admin.register(Office)
class OfficeAdmin(VitecPages, ImportPages, OfficeScopedAdmin):
    office_path = "pk"
    list_display = ["name", "customer_id", "vitec_office_id", "vitec"]

    @admin.display(description=_("Vitec"))
    def vitec(self, office: Office) -> str:
        url = reverse("admin:offices_office_vitec", args=[office.pk])
        return format_html('<a href="{}">{}</a>', url, _("Lists and access"))

    search_fields = ["name", "customer_id"]


@admin.register(Credential)
class CredentialAdmin(OfficeScopedAdmin):
    """Who changed a login and when stands beside it, and every change in the history."""

    form = CredentialForm
    list_display = ["office", "group", "username", "changed_at", "changed_by"]
    list_filter = [("office", OfficeFilter), "group"]
    list_select_related = ["office", "changed_by"]
    fields = ["office", "group", "username", "new_password", "changed_at", "changed_by"]
    readonly_fields = ["changed_at", "changed_by"]

    def save_model(self, request: HttpRequest, obj: Credential, form: Any, change: bool) -> None:
        obj.changed_by = cast(User, request.user)
        super().save_model(request, obj, form, change)


@admin.register(Colleague)
class ColleagueAdmin(DirectoryAdmin):
    list_display = ["name", "title", "office", "last_seen", "missing_since"]
    search_fields = ["name", "vitec_id"]
    values = ["name", "title", "public"]


@admin.register(UserGroup, PredefinedTask, IntakeSource)
class NamedAdmin(DirectoryAdmin):
    list_display = ["name", "office", "last_seen", "missing_since"]
    search_fields = ["name", "vitec_id"]
    values = ["name"]


@admin.register(ContactCategory)
class ContactCategoryAdmin(DirectoryAdmin):
    list_display = ["name", "read_only", "of_companies", "office", "last_seen", "missing_since"]
    search_fields = ["name", "vitec_id"]
    values = ["name", "read_only", "of_companies"]


@admin.register(CustomField)
class CustomFieldAdmin(DirectoryAdmin):
    form = CustomFieldForm
    list_display = ["label", "vitec_id", "kind", "office", "last_seen", "missing_since"]
    search_fields = ["label", "vitec_id"]
    values = ["label", "kind", "valid_for_text"]


@admin.register(Estate)
class EstateAdmin(DirectoryAdmin):
    """Ids in the list: the addresses are sealed."""

    form = EstateForm
    list_display = ["vitec_id", "number", "status", "office", "last_seen", "missing_since"]
    list_filter = [("office", OfficeFilter), "status"]
    search_fields = ["vitec_id", "number"]
    values = ["street_address", "area", "number", "status"]


@admin.register(Contact)
class ContactAdmin(DirectoryAdmin):
    """Ids in the list; a person's details are sealed and stand in the person's own form alone."""

    form = ContactForm
    list_display = ["vitec_id", "office", "last_seen", "missing_since"]
    search_fields = ["vitec_id"]
    values = ["name", "phones", "email", "address"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mask must not be stored over what it hides."""
        veiled = obj is not None and obj.is_veiled
        return not veiled and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        """Stored where the search finds it; the row's key is needed for the history."""
        put_contacts(obj.office, {obj.vitec_id: form.details()})
        stored = Contact.objects.get(office=obj.office, vitec_id=obj.vitec_id)
        Contact.objects.filter(pk=stored.pk).update(missing_since=obj.missing_since)
        obj.pk = stored.pk


@admin.register(Capability)
class CapabilityAdmin(ReadOnlyAdmin):
    """Which calls each office's login may make, as the calls themselves have taught."""

    list_display = ["call", "office", "allowed", "checked_at"]
    list_filter = [("office", OfficeFilter), "allowed"]

    @admin.display(description=_("call"), ordering="name")
    def call(self, capability: Capability) -> str:
        return registry.said(capability.name)


class JobFilter(admin.SimpleListFilter):
    """By job; those that there are follow from the timetable, not from a million rows."""

    title = _("job")
    parameter_name = "job"
    JOBS = ("meetings", "viewings", "lead_sources", "colleagues", "user_groups", "office")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(job, registry.said(job)) for job in self.JOBS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
        return queryset.filter(job=self.value()) if self.value() else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """What went wrong is asked for more often than which."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("good", _("Went well")), ("failed", _("Failed")), ("open", _("Still running"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
        if self.value() == "open":
            return queryset.filter(finished_at=None)
        if self.value() == "good":
            return queryset.filter(error="", finished_at__isnull=False)
        return queryset.exclude(error="") if self.value() == "failed" else queryset


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """What each fetch asked for, what came and what went wrong."""

    list_display = [
        "fetched_what", "span", "office", "started_at", "took", "window_from", "window_to", "calls",
        "fetched", "created", "changed", "unchanged", "missing", "error", "detail",
    ]  # fmt: skip
    list_filter = [OutcomeFilter, ("office", OfficeFilter), JobFilter]
    search_fields = ["office__name", "=office__customer_id", "=error"]
    search_help_text = _("Office, customer id or error")
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-pk"]
    list_select_related = ["office"]
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description=_("job"), ordering="job")
    def fetched_what(self, run: SyncRun) -> str:
        return registry.said(run.job)

    @admin.display(description=_("seconds"))
    def took(self, run: SyncRun) -> float | None:
        return run.seconds
