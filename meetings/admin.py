from django.contrib import admin

from meetings.models import Meeting
from offices.admin_scope import OfficeFilter, ReadOnlyAdmin


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    """The copy of Vitec's meetings, without personal data."""

    list_display = ["vitec_id", "office", "meeting_date", "type", "state", "broker_name"]
    list_filter = [("office", OfficeFilter), "type", "state"]
    search_fields = ["vitec_id", "contact_id", "estate_id"]
    exclude = ["personal", "fingerprint"]
