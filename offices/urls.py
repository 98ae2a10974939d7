from django.urls import path

from offices import disclosure_views, protected_views, views

app_name = "offices"
urlpatterns = [
    path("choose/", views.choose, name="choose"),
    path("contacts/find/", views.find_contacts, name="find_contacts"),
    path("contacts/known/", views.known_people, name="known_people"),
    path("search/", views.quick_search, name="quick_search"),
    path("disclosures/", disclosure_views.disclosures, name="disclosures"),
    path("protected/", protected_views.protected_contacts, name="protected"),
    path("protected/<int:pk>/show/", protected_views.show_again, name="show_again"),
]
