"""Admin pages that show only the offices of the person who looks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from offices.access import offices_for


class OfficeFilter(admin.RelatedFieldListFilter):
    """By office, naming only those that the person may act for."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        return [(str(office.pk), str(office)) for office in offices_for(request.user)]


class OfficeScopedAdmin(admin.ModelAdmin):
    """Rows of a stranger's office do not exist here either. `office_path` leads to the office."""

    office_path = "office"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        offices = offices_for(request.user)
        return super().get_queryset(request).filter(**{f"{self.office_path}__in": offices})

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "office":
            kwargs["queryset"] = offices_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ReadOnlyAdmin(OfficeScopedAdmin):
    """A window, not a back door: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
