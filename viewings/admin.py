from django.contrib import admin

from offices.admin_scope import OfficeFilter, ReadOnlyAdmin
from viewings.models import Viewing


@admin.register(Viewing)
class ViewingAdmin(ReadOnlyAdmin):
    """The copy of Vitec's viewings."""

    list_display = ["vitec_id", "office", "address", "starts_at", "places", "missing_since"]
    list_filter = [("office", OfficeFilter)]
    search_fields = ["vitec_id", "estate_id", "address"]
    exclude = ["commentary"]
