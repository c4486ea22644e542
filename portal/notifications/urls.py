"""The demonstration's mail page; included only where no mail leaves (`DEMO_MAILBOX`)."""

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.courriers, name="courriers"),
    path("<uuid:uuid>/", views.courrier, name="courrier"),
]
