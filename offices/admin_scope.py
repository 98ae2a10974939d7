"""Admin pages that show only the offices of the person who looks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from offices.access import offices_for

MOST_YEARS = 40


class OfficeFilter(admin.RelatedFieldListFilter):
    """By office, naming only those that the person may act for."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        return [(str(office.pk), str(office)) for office in offices_for(request.user)]


class PeriodFilter(admin.SimpleListFilter):
    """The days around today unless somebody asks for a year: no page counts a million rows.

    column: the moment that counts. A child for each model.
    """

    title = _("period")
    parameter_name = "period"
    column = ""
    AROUND = dt.timedelta(days=30)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The days around today, then every year that has a row; both ends come from an index."""
        ends = model_admin.model._default_manager.aggregate(
            first=models.Min(self.column), last=models.Max(self.column)
        )
        if ends["first"] is None:
            return []
        years = range(timezone.localtime(ends["last"]).year, _year_of(ends["first"]) - 1, -1)
        return [(str(year), str(year)) for year in years][:MOST_YEARS]

    def choices(self, changelist: Any) -> Any:
        """As the parent's, but with its `All` being the days around today."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Around today")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        year = self.value()
        if year and year.isdigit() and 1900 < int(year) < 2200:
            begins = _new_year(int(year))
            ends = _new_year(int(year) + 1)
        elif request.GET.get("q"):
            # Whoever looks for an id wants it whenever it was.
            return queryset
        else:
            begins, ends = timezone.now() - self.AROUND, timezone.now() + self.AROUND
        return queryset.filter(**{f"{self.column}__gte": begins, f"{self.column}__lt": ends})


def _new_year(year: int) -> dt.datetime:
    return dt.datetime(year, 1, 1, tzinfo=timezone.get_current_timezone())


def _year_of(moment: dt.datetime) -> int:
    return timezone.localtime(moment).year


class OfficeScopedAdmin(admin.ModelAdmin):
    """Rows of a stranger's office do not exist here either. `office_path` leads to the office."""

    office_path = "office"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            # Every office: a condition that is always true only costs.
            return rows
        return rows.filter(**{f"{self.office_path}__in": offices_for(request.user)})

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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Nobody chooses anything here, as Django's own heading would have it.
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
