"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.home.urls")),
    path("", include("portal.dashboard.urls")),
    path("", include("accounts.urls")),
    path("", include("demarches.urls")),
    path("captcha/", include("portal.captcha.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO_MAILBOX:
    urlpatterns.append(path("courriers-de-demonstration/", include("portal.notifications.urls")))

handler400 = "portal.ui.errors.bad_request"
handler403 = "portal.ui.errors.permission_denied"
handler404 = "portal.ui.errors.not_found"
handler500 = "portal.ui.errors.server_error"
