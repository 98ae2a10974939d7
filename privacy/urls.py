from django.urls import path

from privacy import keeping_views, views

app_name = "privacy"
urlpatterns = [
    path("", views.people, name="people"),
    path("keeping/", keeping_views.keeping, name="keeping"),
    path("keeping/confirm/", keeping_views.confirm, name="confirm"),
    path("open/", views.open_person, name="open"),
    path("lift/", views.lift, name="lift"),
    path("persons/<uuid:code>/", views.person, name="person"),
    path("persons/<uuid:code>/json/", views.as_json, name="json"),
    path("persons/<uuid:code>/erase/", views.ask, name="ask"),
    path("erasures/<uuid:code>/", views.erasure, name="erasure"),
    path("erasures/<uuid:code>/decide/", views.decide, name="decide"),
]
