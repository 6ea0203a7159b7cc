"""Settings. What differs between machines comes from the environment, read by `env`."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.read("VAR_DIR", env.as_directory, BASE_DIR / "var")

# Where and for whom it runs
DEBUG = env.read("DEBUG", env.as_flag, False)
PROCESS = env.read("NINETY_PROCESS", env.as_process, "work")
_hosts = env.read("ALLOWED_HOSTS", env.as_hosts, [])
ALLOWED_HOSTS = _hosts or ["127.0.0.1", "localhost", "[::1]"]
BASE_URL = env.read(
    "BASE_URL", env.as_base_url, f"https://{_hosts[0]}" if _hosts else "http://127.0.0.1:8000"
)
"""What links in messages begin with; https here turns on everything that needs it."""
SECURE = urlsplit(BASE_URL).scheme == "https"
BUSINESS_TIME_ZONE = env.read("BUSINESS_TIME_ZONE", env.as_time_zone, "America/Chicago")
"""Whose calendar says which day it is."""

RETURN_ADDRESS = env.read(
    "RETURN_ADDRESS",
    str,
    "Huawei Enterprise US, Returns (sample address);1 Example Dock;Plano, TX 75024;United States",
)
"""Where faulty units are sent back to, as it is printed on return slips; `;` ends a line."""
TRUSTED_PROXIES = env.read("TRUSTED_PROXIES", env.as_count, 0)
"""How many proxies of ours write X-Forwarded-For before a request arrives here."""

# Application
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = [
    "audit",
    "partners",
    "documents",
    "notifications",
    "accounts",
    "webhooks",
    "jobs",
    "catalog",
    "warranty",
    "support",
    "doa",
    "lifecycle",
    "portal",
    "config.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.RequestSizeMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "config.middleware.SignInMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "partners.middleware.OrganizationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.navigation.navigation",
            ],
        },
    },
    {
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "config.row_templates.environment"},
    },
]

# Database, and the counters of limits, which must hold across processes
DATABASES = {"default": env.database(VAR / "ninety.sqlite3", process=PROCESS)}
EMBEDDED = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DEMO = env.read("DEMO", env.as_flag, False)
"""The demonstration: what would be secret elsewhere, its mail and its codes, is shown."""
if DEMO and not EMBEDDED:
    env.refuse("DEMO", "the demonstration runs on the embedded database only.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
    }
}

# Accounts
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.backends.MemberBackend"]
LOGIN_URL = "/accounts/sign-in/"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "partners.validators.NoHouseWords"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
"""Nobody signs up: whoever is here was invited by mail, or added by an operator."""
ACCOUNT_RATE_LIMITS = False
"""Its limits live in a cache, which forgets; ours are counted in the database."""
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False

# Security
SECRET_KEY = env.secret_key(VAR / "secret_key", may_be_made=DEBUG or EMBEDDED)
SECRET_KEY_FALLBACKS = env.read("SECRET_KEY_FALLBACKS", env.as_keys, [])
"""Keys of before, the newest first: they still open sessions, links and authenticator apps."""
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Files
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED
MEDIA_ROOT = env.read("MEDIA_ROOT", env.as_directory, VAR / "media")
"""Never served by address: a view checks who asks."""
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
LARGEST_REQUEST = 110 * 1024 * 1024
"""Bytes; a request that announces more is refused before its body is read."""

# Mail
vars().update(env.read("EMAIL_URL", env.as_mail, env.as_mail(f"filemail://{VAR / 'mail'}")))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.read("DEFAULT_FROM_EMAIL", str, "Ninety <ninety@localhost>")
EMAIL_REPLY_TO = env.read("EMAIL_REPLY_TO", str, "")
"""A mailbox that somebody reads; empty: replies go to the sender's address."""
OUTBOX_HOLD = env.read("OUTBOX_HOLD", env.as_flag, False)
"""Nothing leaves while it is true: set it before a restored backup is started."""
WEBHOOK_LOCAL_RECEIVERS = env.read("WEBHOOK_LOCAL_RECEIVERS", env.as_hosts, [])
"""As host:port: where webhooks may go beside public addresses, without https too."""

# Words, dates and numbers. One language, so Django's own format settings hold.
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "config.formats"

# API
KNOX_TOKEN_MODEL = "partners.ApiToken"  # noqa: S105 (the name of a model)
MIGRATION_MODULES = {"knox": None}  # its own token table would stand beside ours, unused
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}
API_REQUESTS_PER_MINUTE = 60
"""How much one token may ask; who has none may ask less."""
API_ANONYMOUS_REQUESTS_PER_MINUTE = 30
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["partners.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["partners.api.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["partners.api.RequestLimit"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["partners.bodies.JsonBody"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.problem_details",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ninety",
    "DESCRIPTION": "Warranty of shipped units: what is covered, from when, and why.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# Work: see config/celery.py
REDIS_URL = env.read("REDIS_URL", env.as_redis, None)
BROKER_DIR = VAR / "broker"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
