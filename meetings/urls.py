from django.urls import path

from meetings import dashboard, inline, views

app_name = "meetings"
urlpatterns = [
    path("", dashboard.list_meetings, name="list"),
    path("freshness/", dashboard.freshness, name="freshness"),
    path("fetch/", dashboard.fetch_now, name="fetch_now"),
    path("<int:meeting_id>/comeback/", inline.comeback, name="inline_comeback"),
    path("<int:meeting_id>/comeback/<uuid:code>/", inline.sent, name="inline_sent"),
    path("comebacks/new/", views.new_comeback, name="new_comeback"),
    path("comebacks/new/about/", views.comeback_about, name="comeback_about"),
    path("comebacks/new/reading/", views.read_day, name="read_day"),
]
