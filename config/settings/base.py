"""What holds everywhere."""

from typing import Any, Final
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from django.utils import timezone

from carestation.kernel import clock
from carestation.kernel.postgres import GIVEN_UP
from config.environment import environment

django_stubs_ext.monkeypatch()
# Ours, Django's own and that of packages: one time for all nodes (docs/decisions/0153).
timezone.now = clock.now
ENVIRONMENT: Final = environment()


def database(url: str) -> dict[str, Any]:
    """Return Django's entry for a `postgresql://` URL; a socket folder stands in `?host=`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    options: dict[str, Any] = {
        "server_side_binding": True,
        # Planning a hot statement costs more than running it: from the second time on it is ready.
        "prepare_threshold": 1,
        "application_name": "carestation",
        **GIVEN_UP,
    }
    # The rest is libpq's own: sslmode, options, target_session_attrs.
    options |= {name: unquote(said) for name, said in query.items() if name not in {"host", "port"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": unquote(query.get("port", "")) or parts.port or "",
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


PRODUCT_NAME = "ケアステーション"
SECRET_KEY = ENVIRONMENT.secret_key
SITE_URL = ENVIRONMENT.site_url
KEY_URL = ENVIRONMENT.key_url
KEY_URL_NEXT = ENVIRONMENT.key_url_next
BUS_URL = ENVIRONMENT.bus_url
BUS_KEY_URL = ENVIRONMENT.bus_key_url
KEY_TOKEN_FILE = ENVIRONMENT.key_token_file
ERASED_URL = ENVIRONMENT.erased_url
KEYS_KEPT_SECONDS = ENVIRONMENT.keys_kept_seconds
BLOB_URL = ENVIRONMENT.blob_url
BLOB_URL_BEFORE = ENVIRONMENT.blob_url_before
MAIL_DIR = ENVIRONMENT.mail_dir
# Who may say from where a request comes, besides a proxy on this machine.
PROXIES = ENVIRONMENT.proxies
# While it lies there, this process answers that it is not ready (`carestation leave`).
LEAVING = ENVIRONMENT.leaving
# The newest checkpoint of the log, beside the database: who puts back older tables leaves it.
CHECKPOINT_FILE = ENVIRONMENT.data / "checkpoint.txt"
IS_PRODUCTION = ENVIRONMENT.is_production
DEBUG = False
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "127.0.0.1", "127.0.0.1", "[::1]", "localhost"]
DATABASES = {"default": database(ENVIRONMENT.database_url)}
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CONTEXTS = (
    "ui",
    "factlog",
    "vault",
    "live",
    "accounts",
    "facilities",
    "support",
    "groups",
    "patients",
    "timeline",
    "audit",
    "search",
    "api",
    "exports",
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_linear_migrations",
    "carestation.accounts.apps.UnusedAccountConfig",
    "allauth.mfa",
    "procrastinate.contrib.django",
    *(f"carestation.{context}" for context in CONTEXTS),
]
MIDDLEWARE = [
    "carestation.kernel.http.EdgeMiddleware",
    "carestation.accounts.gate.middleware.GateMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "carestation.ui.environment.environment"},
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "config.static.HashedStatic"},
}
LOGIN_URL = "accounts:sign_in"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "ja"
USE_I18N = True
PASSWORD_HASHERS = ["carestation.accounts.gate.hasher.PepperedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Whom the sign-in page of a demo fills in (accounts.queries.demo.DemoPerson); nobody elsewhere.
DEMO_PEOPLE: tuple[Any, ...] = ()
# A facility that registers itself takes part when the operator has approved it.
FACILITIES_WAIT_FOR_APPROVAL = True
SESSION_ENGINE = "carestation.accounts.gate.store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_NAME = "__Host-session" if SESSION_COOKIE_SECURE else "session"
DEVICE_COOKIE_NAME = "__Host-device" if SESSION_COOKIE_SECURE else "device"
CSRF_COOKIE_NAME = "__Host-csrf" if SESSION_COOKIE_SECURE else "csrf"
# Nothing is kept in a cache: what must hold (a spent code, a brake) is a row.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
# Of allauth only the table of authenticators; the tables of its accounts are never made.
MFA_ADAPTER = "carestation.accounts.gate.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MIGRATION_MODULES = {"account": None}
CSRF_FAILURE_VIEW = "carestation.kernel.problems.csrf_failed"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# The proxy speaks TLS, we do not: by what reaches us the site's own page would be another one's.
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# Uploads are held in memory, never as plain text in a temporary file; larger ones are refused.
FILE_UPLOAD_HANDLERS = ["carestation.kernel.uploads.BoundedUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 60_000_000
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "carestation.kernel.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        # They write ids of keys and arguments of jobs into their messages.
        "fido2": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        # It minds that the worker is the main module; no job is defined there.
        "procrastinate.blueprints": {"level": "ERROR"},
    },
}
EMAIL_BACKEND = "carestation.kernel.mail.FileBackend"
DEFAULT_FROM_EMAIL = f"{PRODUCT_NAME} <no-reply@{urlsplit(SITE_URL).hostname}>"
