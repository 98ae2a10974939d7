from celery import shared_task

from offices.models import Office
from viewings.sync import sync_office


@shared_task
def sync_viewings() -> None:
    """Refresh the viewings of every office."""
    for office in Office.objects.all():
        sync_office(office)
