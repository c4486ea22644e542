"""Django settings of Parvis, the same modules in development, tests, demonstration and production.

What differs between them comes from the environment (`portal/settings/env.py`, docs/production.md).
"""

from datetime import timedelta
from email.headerregistry import Address

from csp.constants import NONE, SELF

from portal.captcha.conf import *  # noqa: F403  (CAPTCHA_… of django-simple-captcha)
from portal.settings import env as _env

ENV = _env.read()

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
PUBLIC_URL = ENV.public_url
CSRF_TRUSTED_ORIGINS = [ENV.public_url]

INSTALLED_APPS = [
    "portal.kernel",
    "portal.audit",
    "portal.ui",
    "portal.pdf",
    "portal.notifications",
    "portal.captcha",
    "accounts",
    "demarches",
    "portal.home",
    "portal.dashboard",
    "captcha",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "portal.home.adminconfig.ParvisAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "portal.kernel.address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.LoginRequired",
    "accounts.middleware.ConditionsAAccepter",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        # Residents' pages, mails and components.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_env.ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "portal.ui.environment.environment",
            "context_processors": [
                "portal.ui.context.page",
            ],
        },
    },
    {
        # Django admin only.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_env.ROOT / "templates" / "admin"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# A resident's page that waits longer than this will not be waited for; imports and migrations may.
_TIMEOUTS = {"web": ("15s", "5s"), "worker": ("60s", "10s"), "command": ("0", "60s")}
_statement, _lock = _TIMEOUTS[ENV.process]
DATABASES = {
    "default": ENV.database
    | {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": ENV.database["OPTIONS"]
        | {
            "options": f"-c statement_timeout={_statement} -c lock_timeout={_lock}"
            " -c idle_in_transaction_session_timeout=60s",
        },
        "ATOMIC_REQUESTS": False,  # the transaction is where the reader sees it: in the service
    }
}
if ENV.process != "command":
    # At least as many connections as threads, or a thread waits for another's page.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}

# Sessions live in the database: with Redis down, cached sessions answered 100 % errors when tried.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if ENV.is_https else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would log residents out on their way back from the bank
SESSION_COOKIE_SECURE = ENV.is_https
# A browser known to accounts, whose attempts are counted apart (accounts.services.appareils).
APPAREIL_COOKIE_NAME = "__Host-appareil" if ENV.is_https else "appareil"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.is_https else "csrf"
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.ui.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

AUTH_USER_MODEL = "accounts.Compte"
AUTHENTICATION_BACKENDS = ["accounts.backends.CompteBackend"]
LOGIN_URL = "accounts:connexion"
LOGIN_REDIRECT_URL = "dashboard:tableau"
PASSWORD_HASHERS = ["accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "portal.ui.mots_de_passe.MotDePasseCourantValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("identifiant", "courriel")},
    },
]

# Security headers. The proxy in front says whether the resident came by https.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ENV.is_https and ENV.trusted_proxies else None
)
# Without a proxy that says so, nothing tells https from http: a redirect would never end.
SECURE_SSL_REDIRECT = ENV.is_https and ENV.trusted_proxies > 0
SECURE_REDIRECT_EXEMPT = [r"^sante/"]  # asked over http, from inside, by the machine that watches
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the town's other sites are not ours to decide
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Forms are text; files come with their own handler. The limit leaves room for 200 long answers.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True  # Django's own words (admin, validators) in French
USE_TZ = True
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
STATICFILES_DIRS = [_env.ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.ui.storage.StaticStorage"},
}

EMAIL_BACKEND = ENV.email.backend
DEFAULT_FROM_EMAIL = str(Address(ENV.town_name, addr_spec=ENV.email_from))
SERVER_EMAIL = ENV.email_from
globals().update(ENV.email.settings)
# The page that shows queued and sent mails: only where no mail can leave.
DEMO_MAILBOX = ENV.email.is_demo

TOWN = {
    "nom": ENV.town_name,
    "courriel": ENV.town_email,
    "telephone": ENV.town_phone,
    "adresse": ENV.town_address,
    "source_url": ENV.source_url,
}
# Named by the pages « Mentions légales » and « Confidentialité ».
DIRECTEUR_PUBLICATION = ENV.publisher
HEBERGEUR = ENV.hosting
DPO_COURRIEL = ENV.dpo_email
TRUSTED_PROXIES = ENV.trusted_proxies

# What a town decides about accounts and homes.
VALIDATION_AUTOMATIQUE = ENV.validation == "automatique"
DELAI_VALIDATION_JOURS_OUVRES = ENV.validation_days
JOURS_FERIES_ZONE = ENV.holidays
# Kinds of member a validated resident adds without a clerk: adulte, enfant, contact.
AJOUT_DIRECT = frozenset(ENV.household_add)
SECOND_FACTEUR_REQUIS = ENV.second_factor_required
# What an authenticator application calls us.
OTP_TOTP_ISSUER = f"Mairie de {ENV.town_name}"
# A code of the step before or after is taken, never further: a clock left to drift would widen it.
OTP_TOTP_SYNC = False
# Wrong codes are slowed down once, by accounts.views.second_facteur: the library's own wait refused
# the right code typed just after a wrong one.
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_STATIC_THROTTLE_FACTOR = 0
# The national address base, or a copy of it; empty: nothing is asked of anyone.
ADRESSES_URL = ENV.address_url

# Durations, once (architecture.md).
DUREE_BROUILLON_SANS_COMPTE = timedelta(hours=24)
DUREE_BROUILLON_AVEC_COMPTE = timedelta(days=30)
DUREE_CAPTCHA_SUR_BROUILLON = timedelta(minutes=30)
DUREE_LIEN_DE_SUIVI = timedelta(days=180)
DUREE_SESSION_RESIDENT = timedelta(hours=2)
DUREE_SESSION_AGENT = timedelta(minutes=30)
DUREE_ACTIVATION = timedelta(hours=48)
DUREE_COMPTE_JAMAIS_ACTIVE = timedelta(days=30)
DUREE_REINITIALISATION = timedelta(hours=1)
DUREE_INVITATION = timedelta(days=7)
DUREE_CLE = timedelta(days=90)
DUREE_AVANT_FERMETURE = timedelta(days=30)
DUREE_APPAREIL_CONNU = timedelta(days=180)
SESSION_COOKIE_AGE = int(DUREE_SESSION_RESIDENT.total_seconds())

# Redis is the broker and nothing else: results, locks and memory of jobs are rows.
CELERY_BROKER_URL = ENV.celery_broker_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A broker that hangs is noticed and left; the defaults wait for ever.
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "health_check_interval": 10,
    "retry_on_timeout": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "parvis"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.kernel.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Said once by Django with the whole request in `extra`; our formatter keeps the safe part.
        "django": {"level": "INFO"},
        "django.server": {"handlers": [], "propagate": True},
        # A line for each look at the outbox, every two seconds, would hide what matters.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
