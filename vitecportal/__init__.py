"""Settings, addresses, timetable: the wires between the apps. Imported by nobody."""

from vitecportal.celery import app as celery_app

__all__ = ["celery_app"]
