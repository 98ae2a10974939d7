from celery import shared_task

from accounts import resets


@shared_task
def write_resets() -> None:
    """Mail the links to new passwords that were asked for."""
    resets.write_due()
