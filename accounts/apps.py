from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts import journal
from accounts.shared_cache import make_table


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    # Imported for its receivers.
    journal = journal

    def ready(self) -> None:
        post_migrate.connect(make_table, sender=self, dispatch_uid="accounts.cache_table")
