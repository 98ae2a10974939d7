from celery import shared_task

from interests.sync import sync_office
from offices.models import Office


@shared_task
def sync_interests() -> None:
    """Refresh what search profiles may name, of every office."""
    for office in Office.objects.all():
        sync_office(office)
