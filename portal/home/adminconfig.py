"""Apart from the site itself: Django reads this before models may be imported."""

from django.contrib.admin.apps import AdminConfig


class ParvisAdminConfig(AdminConfig):
    default_site = "portal.home.adminsite.ParvisAdminSite"
