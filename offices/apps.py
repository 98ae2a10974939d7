from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = _("Offices")

    def ready(self) -> None:
        """Find every app's look-ups, sheets, and what it has in the calendar."""
        for name in ("lookups", "sheets", "agenda"):
            autodiscover_modules(name)
