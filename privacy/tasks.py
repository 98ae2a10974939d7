from celery import shared_task
from django.db import connection

from privacy import erasing, purging
from privacy.models import Erasure, Step


@shared_task
def carry_out_erasures() -> None:
    """Carry out what had to wait, and leave nothing of it in a small database's file."""
    erasing.go_on()
    left = Erasure.objects.filter(step=Step.DONE, overwritten_at=None)
    if connection.vendor == "sqlite" and left.exists():
        erasing.overwrite()


@shared_task
def purge_by_age() -> None:
    """Forget what has become old; then the tables are written anew, while nobody works."""
    purging.run()
    erasing.overwrite()
