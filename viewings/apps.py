from django.apps import AppConfig


class ViewingsConfig(AppConfig):
    name = "viewings"
