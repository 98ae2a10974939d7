from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from submissions.append_only import protect_audit


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = _("Submissions")

    def ready(self) -> None:
        """Find every app's kinds, as the admin finds every app's admin."""
        autodiscover_modules("kinds")
        autodiscover_modules("receivers")
        # After every migrate: SQLite rebuilds a changed table and drops its triggers with it.
        post_migrate.connect(protect_audit, sender=self)
