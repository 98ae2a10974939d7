from celery import shared_task

from notices import incidents, letters


@shared_task
def tell_people() -> None:
    """Find what people must be told of, and have it mailed to those who want that."""
    incidents.look_around()
    for notice_id in letters.due():
        mail_notice.delay(notice_id)


@shared_task
def mail_notice(notice_id: int) -> None:
    """Write one letter, if it is wanted and was not written."""
    letters.write(notice_id)


@shared_task
def tidy_notices() -> None:
    """Forget what is older than three months."""
    incidents.tidy()
