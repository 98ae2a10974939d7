"""What the offices of a page tell of their meetings."""

from django.db.models import OuterRef, Subquery

from meetings.models import OfficeSync
from offices.access import tell_of_offices

_plan = OfficeSync.objects.filter(office=OuterRef("pk"))
tell_of_offices(
    meeting_interval=Subquery(_plan.values("interval")),
    meetings_wanted_at=Subquery(_plan.values("wanted_at")),
)
