"""Deployment settings: from the environment only. Library policy is data (organisation.Policy), never a setting."""

from __future__ import annotations

import ipaddress
import os
import secrets
import urllib.parse
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"KITABXANA_{name}", default)


def env_secret(name: str) -> str:
    """KITABXANA_<name>, or what the file named by KITABXANA_<name>_FILE holds; fails loudly when it is not there."""
    file = env(f"{name}_FILE")
    if not file:
        return env(name)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"KITABXANA_{name}_FILE: {file}: {error.strerror}") from error


def env_flag(name: str) -> bool:
    return env(name).lower() in {"1", "true", "yes", "on"}


PACKAGE = Path(__file__).resolve().parent
DATA_DIR = Path(env("DATA_DIR", "./data")).resolve()
DEBUG = env_flag("DEBUG")


def kept_key(configured: str, name: str) -> str:
    """The configured key, or one made at first use and kept in the data directory, readable by its owner only."""
    if configured:
        return configured
    file = DATA_DIR / name
    if not file.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        try:
            os.link(fresh, file)  # two first starts at once must end with one key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """A PostgreSQL URL as Django's dictionary; a Unix socket comes as ?host=/directory."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("KITABXANA_DATABASE_URL must begin with postgresql://")
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.lstrip("/")) or "kitabxana",
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


SECRET_KEY = kept_key(env_secret("SECRET_KEY"), "secret_key")
# Encrypts national numbers. Lost, they are lost; changed, they can't be read any more: keep it apart from backups.
PERSONAL_KEY = kept_key(env_secret("PERSONAL_KEY"), "personal_key")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
BEHIND_PROXY = env_flag("BEHIND_PROXY")
ON_LOOPBACK = set(ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}

# Searches a minute and network by whoever is not signed in; 0: without measure.
SEARCHES_PER_MINUTE = int(env("SEARCHES_PER_MINUTE", "0" if ON_LOOPBACK else "120"))

# Networks of its own that the house may ask all the same (other catalogues, say): "10.1.0.0/16,192.168.7.5".
OUTGOING_INSIDE = [ipaddress.ip_network(text.strip()) for text in env("OUTGOING_INSIDE").split(",") if text.strip()]

# Letters by mail: without a host none are sent. Messages to telephones: without an address none are sent.
EMAIL_HOST = env("EMAIL_HOST")
EMAIL_PORT = int(env("EMAIL_PORT", "587"))
EMAIL_HOST_USER = env("EMAIL_USER")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_PASSWORD")
EMAIL_SECURITY = env("EMAIL_SECURITY", "starttls")
if EMAIL_SECURITY not in {"starttls", "tls", "none"}:
    raise ImproperlyConfigured("KITABXANA_EMAIL_SECURITY must be starttls, tls or none")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "kitabxana@localhost")
SMS_GATEWAY = {
    "url": env("SMS_URL"),
    "method": env("SMS_METHOD", "POST"),
    "body": env("SMS_BODY", "form"),
    "to_field": env("SMS_TO_FIELD", "to"),
    "text_field": env("SMS_TEXT_FIELD", "text"),
    "reference_field": env("SMS_REFERENCE_FIELD"),
    "fields": env("SMS_FIELDS"),
    "authorization": env_secret("SMS_AUTHORIZATION"),
}

# The command line starts the embedded server and sets this before Django is set up.
DATABASES = {"default": database(env("DATABASE_URL", "postgresql://postgres@/kitabxana?host=/nonexistent"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "kitabxana.base",
    "kitabxana.organisation",
    "kitabxana.catalogue",
    "kitabxana.patrons",
    "kitabxana.holdings",
    "kitabxana.charges",
    "kitabxana.circulation",
    "kitabxana.search",
    "kitabxana.exchange",
    "kitabxana.notices",
    "kitabxana.labels",
    "kitabxana.fronts.opac",
    "kitabxana.fronts.desk",
    "kitabxana.fronts.rest",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "js_lib_bootstrap5",
]
MIDDLEWARE = [
    "kitabxana.base.proxy.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kitabxana.base.access.AccessMiddleware",
]
ROOT_URLCONF = "kitabxana.urls"
WSGI_APPLICATION = "kitabxana.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["kitabxana.base.templatetags.addresses"],
            "libraries": {"lucide": "kitabxana.base.templatetags.icons"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kitabxana.base.shell.shell",
            ],
        },
    },
]

AUTH_USER_MODEL = "base.User"
AUTHENTICATION_BACKENDS = ["kitabxana.base.login.ThrottledBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "desk:login"

LANGUAGE_CODE = "az"
LANGUAGES = [("az", "Azərbaycanca"), ("tr", "Türkçe"), ("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Baku"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "kitabxana.base.statics.HouseStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long record sent as a form has one for every subfield
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SESSION_ENGINE = "kitabxana.base.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not ON_LOOPBACK:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "kitabxana": {"level": env("LOG_LEVEL", "INFO")},
        # A refused client is an answer, not an event of the server: no path, no reader's search in the log.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
