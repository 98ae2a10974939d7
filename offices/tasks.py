import datetime as dt

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from offices import fetching
from offices.models import ImportDraft, Office, SyncRun
from offices.sync import sync_office

KEPT = dt.timedelta(days=30)
DRAFTS_KEPT = dt.timedelta(hours=1)
KEPT_WITHOUT_NEWS = dt.timedelta(days=2)


@shared_task
def sync_directories() -> None:
    """Refresh the directories of every office."""
    for office in Office.objects.all():
        sync_office(office)


@shared_task
def fetch_wanted() -> None:
    """Fetch at once what an administrator has asked for."""
    fetching.fulfil()


@shared_task
def forget_files() -> None:
    """Forget files that were looked at and not imported."""
    ImportDraft.objects.filter(created_at__lt=timezone.now() - DRAFTS_KEPT).delete()


@shared_task
def tidy() -> None:
    """Forget sync runs of more than a month ago, dull ones sooner, and sessions that have ended."""
    now = timezone.now()
    SyncRun.objects.filter(started_at__lt=now - KEPT).delete()
    dull = SyncRun.objects.filter(error="", changed=0, missing=0, span="")
    dull.filter(started_at__lt=now - KEPT_WITHOUT_NEWS).delete()
    call_command("clearsessions")
