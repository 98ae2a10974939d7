from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.list_notices, name="list"),
    path("read/", views.read, name="read"),
    path("letters/", views.letters, name="letters"),
    path("<int:notice_id>/open/", views.open_notice, name="open"),
]
