from django.urls import path

from meetings import (
    dashboard,
    export,
    figures,
    freshness,
    inline,
    many_pages,
    panel,
    saved_pages,
    seen,
    views,
)

app_name = "meetings"
urlpatterns = [
    path("", dashboard.list_meetings, name="list"),
    path("freshness/", freshness.freshness, name="freshness"),
    path("fetch/", freshness.fetch_now, name="fetch_now"),
    path("figures/", figures.figures, name="figures"),
    path("export/", export.export, name="export"),
    path("seen/", seen.seen, name="seen"),
    path("<int:meeting_id>/", panel.show, name="meeting"),
    path("<int:meeting_id>/versions/", panel.compare, name="compare"),
    path("views/", saved_pages.list_views, name="views"),
    path("views/new/", saved_pages.new_view, name="new_view"),
    path("views/start/", saved_pages.start_with, name="start_with"),
    path("views/<int:pk>/", saved_pages.change_view, name="change_view"),
    path("columns/", saved_pages.own_columns, name="columns"),
    path("many/", many_pages.send, name="many"),
    path("<int:meeting_id>/comeback/", inline.comeback, name="inline_comeback"),
    path("<int:meeting_id>/comeback/<uuid:code>/", inline.sent, name="inline_sent"),
    path("comebacks/new/", views.new_comeback, name="new_comeback"),
    path("comebacks/new/about/", views.comeback_about, name="comeback_about"),
    path("comebacks/new/reading/", views.read_day, name="read_day"),
]
