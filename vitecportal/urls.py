"""Addresses: one include() per app."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from accounts import door
from metrics.views import metrics
from vitecportal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("", include(door)),
    path("accounts/", include("accounts.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("offices/", include("offices.urls")),
    path("submissions/", include("submissions.urls")),
    path("meetings/", include("meetings.urls")),
    path("calendar/", include("calendar_app.urls")),
    path("viewings/", include("viewings.urls")),
    path("notices/", include("notices.urls")),
    path("interests/", include("interests.urls")),
    path("privacy/", include("privacy.urls")),
    path("admin/", admin.site.urls),
]
