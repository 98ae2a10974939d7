from django.urls import path

from interests import views

app_name = "interests"
urlpatterns = [
    path("new/", views.new_interest, name="new_interest"),
    path("profiles/", views.change_profiles, name="change_profiles"),
    path("areas/", views.show_areas, name="areas"),
    path("wishes/", views.read_back, name="read_back"),
]
