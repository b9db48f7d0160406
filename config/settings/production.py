"""With real people's data."""

from urllib.parse import unquote, urlsplit

from config.settings.base import *  # noqa: F403 - Django's way
from config.settings.base import ENVIRONMENT

_SMTP = urlsplit(ENVIRONMENT.smtp_url)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _SMTP.hostname or ""
# With TLS from the first byte, or after STARTTLS (RFC 8314, 3.3).
EMAIL_PORT = _SMTP.port or (465 if _SMTP.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_SMTP.username or "")
EMAIL_HOST_PASSWORD = unquote(_SMTP.password or "")
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = _SMTP.scheme == "smtp"
# Who says nothing for so long is asked again later: the worker does one thing at a time.
EMAIL_TIMEOUT = 30
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
