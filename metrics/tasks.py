from celery import shared_task

from metrics.counting import count_events


@shared_task
def count_audit() -> None:
    """Bring the counters up to date; how many events there were shows in the counters."""
    count_events()
