from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("token/", views.token, name="token"),
    path("back/", views.back, name="back"),
    path("go-on/", views.go_on, name="go_on"),
    path("invitation/", views.join, name="join"),
    path("invitation/<str:token>/", views.open_invitation, name="open_invitation"),
    path("people/", views.people, name="people"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<int:pk>/remove/", views.remove, name="remove"),
]
