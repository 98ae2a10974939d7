from django.urls import path

from meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.list_meetings, name="list"),
    path("comebacks/new/", views.new_comeback, name="new_comeback"),
    path("comebacks/new/about/", views.comeback_about, name="comeback_about"),
    path("comebacks/new/reading/", views.read_day, name="read_day"),
]
