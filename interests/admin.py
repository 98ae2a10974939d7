from django.contrib import admin

from interests.models import Area, ExtraRequirement, Municipality
from offices.admin_scope import OfficeFilter, ReadOnlyAdmin


@admin.register(Area)
class AreaAdmin(ReadOnlyAdmin):
    """The copy of Vitec's areas."""

    list_display = ["name", "office", "county", "last_seen", "missing_since"]
    list_filter = [("office", OfficeFilter)]
    search_fields = ["vitec_id", "name"]
    exclude = ["polygon"]


@admin.register(Municipality)
class MunicipalityAdmin(ReadOnlyAdmin):
    """The copy of Vitec's municipalities."""

    list_display = ["name", "code", "office", "last_seen", "missing_since"]
    list_filter = [("office", OfficeFilter)]
    search_fields = ["name", "code"]


@admin.register(ExtraRequirement)
class ExtraRequirementAdmin(ReadOnlyAdmin):
    """The copy of the office's extra requirements."""

    list_display = ["text", "office", "last_seen", "missing_since"]
    list_filter = [("office", OfficeFilter)]
    search_fields = ["vitec_id", "text"]
