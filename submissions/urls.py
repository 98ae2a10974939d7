from django.urls import path

from submissions import batch_views, pause_views, sent_views, uncertain_views, views

app_name = "submissions"
urlpatterns = [
    path("", sent_views.list_submissions, name="list"),
    path("uncertain/", uncertain_views.uncertain, name="uncertain"),
    path("uncertain/look/", uncertain_views.look, name="look_at_vitec"),
    path("uncertain/decide/", uncertain_views.decide, name="decide_many"),
    path("look/<str:key>/", views.look, name="look"),
    path("drafts/<uuid:code>/forget/", views.forget_draft, name="forget_draft"),
    path("batches/<uuid:code>/", batch_views.batch, name="batch"),
    path("batches/<uuid:code>/status/", batch_views.status, name="batch_status"),
    path("batches/<uuid:code>/<slug:what>/", batch_views.act, name="batch_act"),
    path("pauses/", pause_views.standstill, name="pauses"),
    path("pauses/<int:pause_id>/end/", pause_views.end_pause, name="end_pause"),
    path("<uuid:code>/", sent_views.detail, name="detail"),
    path("<uuid:code>/status/", sent_views.status, name="status"),
    path("<uuid:code>/cancel/", sent_views.cancel, name="cancel"),
    path("<uuid:code>/send-now/", sent_views.send_now, name="send_now"),
    path("<uuid:code>/decide/", sent_views.decide, name="decide"),
    path("<uuid:code>/reveal/", sent_views.reveal, name="reveal"),
]
