import importlib

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules


class VitecportalConfig(AppConfig):
    name = "vitecportal"

    def ready(self) -> None:
        autodiscover_modules("checks")
        if settings.SENTRY_DSN:
            # By name, since its package need not be installed where nobody asked for it.
            reports = importlib.import_module("vitecportal.error_reports")
            reports.start(settings.SENTRY_DSN, f"vitecportal@{settings.VERSION}")
