from celery import shared_task
from django.utils import timezone

from submissions import audit
from submissions.bell import ring
from submissions.delivery import deliver, sweep
from submissions.models import Heart
from submissions.reconcile import reconcile_due


@shared_task
def deliver_submission(submission_id: int) -> None:
    """Deliver one row if it is due; doubled and lost messages are harmless."""
    following = deliver(submission_id)
    if following is not None:
        ring(following.submission_id, following.seconds)


@shared_task
def sweep_outbox() -> None:
    """Ring for what is due and take back what a dead worker held."""
    for submission_id in sweep():
        deliver_submission.delay(submission_id)


@shared_task
def beat_heart() -> None:
    """Prove that beat, broker, worker and database work together."""
    Heart.objects.update_or_create(name="worker", defaults={"beat_at": timezone.now()})


@shared_task
def reconcile_uncertain() -> None:
    """Look at Vitec whether uncertain ones have arrived; sends nothing."""
    reconcile_due()


@shared_task
def seal_audit() -> None:
    """Write the day's checkpoint over what has been written since the last one."""
    audit.seal()
