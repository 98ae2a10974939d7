import logging
import threading

from celery import shared_task

from meetings import sync
from offices.models import Office
from offices.syncing import side_by_side

log = logging.getLogger(__name__)


@shared_task
def sync_meetings() -> None:
    """Refresh the near days of every office whose turn it is."""
    side_by_side(Office.objects.all(), sync.take_turn)


@shared_task
def sync_meetings_widely() -> None:
    """Refresh the far days of every office, once a night."""
    side_by_side(Office.objects.all(), sync.sync_widely)


@shared_task
def fetch_meetings(office_id: int) -> None:
    """Refresh the near days of one office, if somebody has asked and nobody has begun."""
    sync.take_turn(Office.objects.get(pk=office_id))


def ring(office: Office) -> None:
    """Have a worker look at the office soon. Nobody waits for a broker: the timetable looks too."""
    threading.Thread(target=_publish, args=(office.pk,), name="ring", daemon=True).start()


def _publish(office_id: int) -> None:
    try:
        fetch_meetings.apply_async((office_id,), retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - whatever a broker raises, the timetable makes good
        log.warning("could not ring office=%s cause=%s", office_id, type(error).__name__)
