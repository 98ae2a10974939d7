from celery import shared_task

from meetings.sync import sync_office
from offices.models import Office


@shared_task
def sync_meetings() -> None:
    """Refresh the meetings of every office."""
    for office in Office.objects.all():
        sync_office(office)
