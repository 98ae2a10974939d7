from celery import shared_task

from offices.models import Office
from offices.sync import sync_office


@shared_task
def sync_directories() -> None:
    """Refresh the directories of every office."""
    for office in Office.objects.all():
        sync_office(office)
