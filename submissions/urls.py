from django.urls import path

from submissions import views

app_name = "submissions"
urlpatterns = [
    path("", views.list_submissions, name="list"),
    path("pauses/<int:pause_id>/end/", views.end_pause, name="end_pause"),
    path("<uuid:code>/", views.detail, name="detail"),
    path("<uuid:code>/status/", views.status, name="status"),
    path("<uuid:code>/cancel/", views.cancel, name="cancel"),
    path("<uuid:code>/send-now/", views.send_now, name="send_now"),
    path("<uuid:code>/decide/", views.decide, name="decide"),
]
