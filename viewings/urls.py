from django.urls import path

from viewings import views

app_name = "viewings"
urlpatterns = [
    path("", views.list_viewings, name="list"),
    path("participants/new/", views.new_participant, name="new_participant"),
]
