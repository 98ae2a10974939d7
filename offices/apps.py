from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = _("Offices")

    def ready(self) -> None:
        """Find every app's look-ups, sheets, what it has in the calendar and holds of people."""
        for name in ("lookups", "sheets", "agenda", "personal"):
            autodiscover_modules(name)
