from django.urls import path

from offices import views

app_name = "offices"
urlpatterns = [
    path("choose/", views.choose, name="choose"),
    path("contacts/find/", views.find_contacts, name="find_contacts"),
    path("contacts/known/", views.known_people, name="known_people"),
    path("search/", views.quick_search, name="quick_search"),
]
