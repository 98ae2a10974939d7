"""Which admin site the portal has; the site itself needs the models, which are not there yet."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "vitecportal.admin_site.PortalAdminSite"
