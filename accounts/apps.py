import importlib

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.shared_cache import make_table


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # For its receivers; allauth's signals want the models to be there.
        importlib.import_module("accounts.journal")
        post_migrate.connect(make_table, sender=self, dispatch_uid="accounts.cache_table")
