from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class VitecportalConfig(AppConfig):
    name = "vitecportal"

    def ready(self) -> None:
        autodiscover_modules("checks")
