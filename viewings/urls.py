from django.urls import path

from viewings import afterwards_views, desk_views, list_views, views

app_name = "viewings"
urlpatterns = [
    path("", views.list_viewings, name="list"),
    path("participants/new/", views.new_participant, name="new_participant"),
    path("<int:pk>/", views.show_viewing, name="show"),
    path("<int:pk>/afterwards/", afterwards_views.afterwards, name="afterwards"),
    path("<int:pk>/living/", views.living, name="living"),
    path("<int:pk>/undo/<uuid:code>/", views.undo, name="undo"),
    path("slots/<int:slot_pk>/list/", list_views.visitor_list, name="visitor_list"),
    path("slots/<int:slot_pk>/register/", desk_views.register, name="register"),
    path("slots/<int:slot_pk>/known/", desk_views.known_people, name="known_people"),
    path("slots/<int:slot_pk>/take-back/<uuid:code>/", desk_views.take_back, name="take_back"),
    path("slots/<int:slot_pk>/impression/", afterwards_views.impress, name="impress"),
    path("slots/<int:slot_pk>/many/", afterwards_views.send_to_many, name="send_to_many"),
]
