from django.urls import path

from calendar_app import views

app_name = "calendar_app"
urlpatterns = [
    path("", views.show, name="calendar"),
    path("events/<uuid:code>.ics", views.event_file, name="event_file"),
    path("appointments/new/", views.new_appointment, name="new_appointment"),
    path("appointments/new/preview/", views.preview_appointment, name="preview_appointment"),
]
