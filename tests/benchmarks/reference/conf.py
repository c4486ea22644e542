"""What a plain Django project sets differently from Parvis.

Read by `tests.benchmarks.settings`, and laid over ours by `reference_project` where both run in
one process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tests.benchmarks.reference",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.benchmarks.reference.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # with DEBUG off, Django caches the compiled templates
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AUTH_USER_MODEL = "reference.Usager"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/connexion/"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@contextmanager
def reference_project() -> Iterator[None]:
    """Make this process the reference project for the time of a block."""
    from django.conf import settings
    from django.test.utils import override_settings

    values = vars(sys.modules[__name__])
    rest = {name: values[name] for name in values if name.isupper() and name != "INSTALLED_APPS"}
    # The user model can be changed only once its app is there, beside that of the old one.
    with (
        override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, INSTALLED_APPS[-1]]),
        override_settings(**rest),
    ):
        yield
