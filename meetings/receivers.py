"""What the offices of a page tell of their meetings."""

from django.db.models import OuterRef, Subquery

from meetings.models import Meeting, OfficeSync
from offices.access import tell_of_offices

_latest = Meeting.objects.filter(office=OuterRef("pk")).order_by("-observed_from")
_plan = OfficeSync.objects.filter(office=OuterRef("pk")).order_by()
tell_of_offices(
    meetings_changed_at=Subquery(_latest.values("observed_from")[:1]),
    meeting_interval=Subquery(_plan.values("interval")),
    meetings_wanted_at=Subquery(_plan.values("wanted_at")),
)
