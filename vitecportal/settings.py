"""All settings, read top to bottom. The only place that reads the environment.

Every variable stands in .env.example and in the README's table. With none set the portal runs on
SQLite and a folder as broker, all under `var/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from vitecportal.local_secrets import kept_secret, require_writable
from vitecportal.schedule import TIMETABLE
from vitecportal.sign_in_services import sign_in_services
from vitecportal.tiles import image_sources

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

VERSION = "0.1.0"
DATA_DIR = Path(env.str("VITECPORTAL_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
WEB_HOST = env.str("WEB_HOST", default="127.0.0.1")
require_writable(DATA_DIR)

# --- Secrets -----------------------------------------------------------------------------------

SECRET_KEY_GIVEN = bool(env.str("SECRET_KEY", default=""))
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(
    DATA_DIR / "secrets" / "secret_key", get_random_secret_key
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Newest first; every key in the list still opens what it once sealed.
FIELD_ENCRYPTION_KEYS_GIVEN = bool(env.list("FIELD_ENCRYPTION_KEYS", default=[]))
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[]) or [
    kept_secret(
        DATA_DIR / "secrets" / "field_encryption_key", lambda: Fernet.generate_key().decode()
    )
]

# Keys the hashes by which sealed rows are found again. Losing it loses the search, not the data.
BLIND_INDEX_KEY_GIVEN = bool(env.str("BLIND_INDEX_KEY", default=""))
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", default="") or kept_secret(
    DATA_DIR / "secrets" / "blind_index_key", get_random_secret_key
)

# --- Site --------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# On when the portal is reached over HTTPS, which is behind a proxy that says so.
HTTPS = env.bool("HTTPS", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ROOT_URLCONF = "vitecportal.urls"
WSGI_APPLICATION = "vitecportal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "vitecportal.admin.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "vitecportal",
    "accounts",
    "offices",
    "submissions",
    "meetings",
    "viewings",
    "interests",
    "calendar_app",
    "notices",
    "metrics",
    "privacy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "vitecportal.middleware.for_this_site_alone",
    "vitecportal.integrity.integrity",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vitecportal.middleware.request_id",
    "vitecportal.middleware.known_methods_alone",
    "vitecportal.middleware.not_too_large",
    "vitecportal.middleware.plain_text_only",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "vitecportal.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "vitecportal.middleware.session_by_last_use",
    "vitecportal.middleware.private_pages",
    "offices.middleware.contacts_veiled",
    "offices.middleware.active_office",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignInRequired",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.remember_whose_browser",
    "accounts.middleware.carry_what_was_posted",
    "accounts.middleware.SecondStep",
    "accounts.middleware.Limits",
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
                "vitecportal.context.house",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "vitecportal.jinja.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ----------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'vitecportal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads before it writes otherwise fails at once as "locked".
    # FULL: a mark "sending" that a power cut undoes would become a second send.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # What every delivery asks is planned once a connection. Not behind a pooler that hands out
    # another connection for each transaction and does not know prepared statements.
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = (
        0 if env.bool("DATABASE_PREPARED_STATEMENTS", default=True) else None
    )

# Shared by all processes, since limits are counted in it: a table of the database, or Redis.
CACHES = {
    "default": env.cache_url("CACHE_URL", default="dbcache://vitecportal_cache"),
    # What each process may know for itself: asking for it costs no query.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# --- Celery ------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
BROKER_DIR = DATA_DIR / "broker"
if CELERY_BROKER_URL.startswith("filesystem:"):
    (BROKER_DIR / "control").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # What a killed worker had taken is found in the tables, sooner than it would come back.
        "ack_emulation": False,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "quorum"
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="vitecportal")
# A sync that hangs must not hold up what somebody has just sent, nor the short look-ups.
SYNC_QUEUE = f"{CELERY_TASK_DEFAULT_QUEUE}-sync"
LOOKUP_QUEUE = f"{CELERY_TASK_DEFAULT_QUEUE}-lookup"
CELERY_TASK_ROUTES = {
    "submissions.tasks.reconcile_uncertain": {"queue": LOOKUP_QUEUE},
    "offices.tasks.*": {"queue": LOOKUP_QUEUE},
    "submissions.tasks.seal_audit": {"queue": LOOKUP_QUEUE},
    "accounts.tasks.*": {"queue": LOOKUP_QUEUE},
    "notices.tasks.*": {"queue": LOOKUP_QUEUE},
    "metrics.tasks.*": {"queue": LOOKUP_QUEUE},
    "privacy.tasks.*": {"queue": LOOKUP_QUEUE},
    "meetings.tasks.*": {"queue": SYNC_QUEUE},
    "viewings.tasks.*": {"queue": SYNC_QUEUE},
    "interests.tasks.*": {"queue": SYNC_QUEUE},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "Europe/Stockholm"
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# --- Vitec -------------------------------------------------------------------------------------

VITEC_BASE_URL = env.str("VITEC_BASE_URL", default="")
VITEC_USERNAME = env.str("VITEC_USERNAME", default="sandbox")
VITEC_PASSWORD = env.str("VITEC_PASSWORD", default="sandbox")
SANDBOX_PORT = env.int("SANDBOX_PORT", default=PORT + 1)
if not VITEC_BASE_URL:
    VITEC_BASE_URL = f"http://127.0.0.1:{SANDBOX_PORT}"
    PRACTICE = True
else:
    PRACTICE = False
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="vitecportal")

# --- Submissions -------------------------------------------------------------------------------

SUBMISSION_HOLD_SECONDS = env.int("SUBMISSION_HOLD_SECONDS", default=10)
# What one person sends singly beyond this in a minute waits for a person's yes; 0: it never does.
FLOOD_PER_MINUTE = env.int("FLOOD_PER_MINUTE", default=30)
# So long after the last try of an uncertain one Vitec has done with it, or never will.
RECONCILE_SETTLING_SECONDS = env.int("RECONCILE_SETTLING_SECONDS", default=90)
# Vitec does not say which id stands for an office as participant: office_id or customer_id.
VITEC_COMEBACK_OFFICE_ID = env.str("VITEC_COMEBACK_OFFICE_ID", default="office_id")
# How a whole län is told in an area interest, which Vitec does not say: digits (`01`), letter
# (`AB`), or municipalities (the four digits of every kommun in it).
VITEC_COUNTY_FORM = env.str("VITEC_COUNTY_FORM", default="digits")
# Seconds that a write may take in all, also when its answer trickles; a read may take twice that.
VITEC_DEADLINE_SECONDS = env.float("VITEC_DEADLINE_SECONDS", default=30.0)
VITEC_TIME_LIMITS = {
    "connect_timeout": min(5.0, VITEC_DEADLINE_SECONDS),
    "read_timeout": VITEC_DEADLINE_SECONDS,
    "write_deadline": VITEC_DEADLINE_SECONDS,
    "read_deadline": 2 * VITEC_DEADLINE_SECONDS,
}
# 429 and 503 with Retry-After count as "not processed"; Vitec documents neither. Of one endpoint it
# can be said apart: meetings.create_comeback=429,viewings.add_participant=
VITEC_BUSY_STATUSES = env.list("VITEC_BUSY_STATUSES", cast=int, default=[429, 503])
VITEC_BUSY_STATUSES_OF = {
    endpoint: frozenset(int(status) for status in statuses.split())
    for endpoint, statuses in env.dict("VITEC_BUSY_STATUSES_OF", default={}).items()
}
# Politeness towards Vitec: calls at once and a second for one login, over all processes.
VITEC_CALLS_AT_ONCE = env.int("VITEC_CALLS_AT_ONCE", default=5)
VITEC_CALLS_PER_SECOND = env.float("VITEC_CALLS_PER_SECOND", default=10.0)
# Meetings older than this are warned about on their page and make /healthz unwell.
SYNC_STALE_MINUTES = env.int("SYNC_STALE_MINUTES", default=30)
# Seconds between two fetches that people ask for.
SYNC_FLOOR_SECONDS = env.int("SYNC_FLOOR_SECONDS", default=30)
# A dead worker's row is taken up again after this long; longer than any call may take.
CLAIM_LEASE_SECONDS = 2 * VITEC_DEADLINE_SECONDS
SENDING_LEASE_SECONDS = 3 * VITEC_DEADLINE_SECONDS

# --- Protected identity ------------------------------------------------------------------------

# Vitec's ids of contacts whom only who has the right to may see, at every office.
PROTECTED_CONTACT_IDS = frozenset(env.list("PROTECTED_CONTACT_IDS", default=[]))
# A contact or meeting in whose name, address or note at Vitec one of these stands is hidden, too.
PROTECTED_NOTE_WORDS = env.list(
    "PROTECTED_NOTE_WORDS",
    default=[
        "skyddad identitet",
        "skyddade personuppgifter",
        "sekretessmarkering",
        "sekretessmarkerad",
        "skyddad folkbokföring",
    ],
)
# --- Personal data -----------------------------------------------------------------------------

# Days after which it goes by itself; 0 keeps it for ever. The content of what was sent counts from
# when it was settled, a draft from when it was last written on.
RETENTION_DAYS = env.int("RETENTION_DAYS", default=90)
DRAFT_DAYS = env.int("DRAFT_DAYS", default=7)
DISCLOSURE_DAYS = env.int("DISCLOSURE_DAYS", default=730)
# Register extracts, from when they were opened: nothing else that is taken away is kept here.
EXPORT_DAYS = env.int("EXPORT_DAYS", default=1)
# The person of a meeting, so long after it was; the meeting stays a figure. Ids of visitors, so
# long after the viewing. Contacts whom Vitec no longer has. Whom an invitation was for, when it is
# settled. Reasons of what has ended: a pause, a mark of protected identity. Erasures that nobody
# decided.
MEETING_PERSON_DAYS = env.int("MEETING_PERSON_DAYS", default=730)
VISITOR_DAYS = env.int("VISITOR_DAYS", default=365)
GONE_CONTACT_DAYS = env.int("GONE_CONTACT_DAYS", default=90)
SETTLED_INVITATION_DAYS = env.int("SETTLED_INVITATION_DAYS", default=30)
ENDED_REASON_DAYS = env.int("ENDED_REASON_DAYS", default=90)
UNDECIDED_ERASURE_DAYS = env.int("UNDECIDED_ERASURE_DAYS", default=90)
# A time that is new or shorter is counted and told so many days before anything goes by it.
PURGE_NOTICE_DAYS = env.int("PURGE_NOTICE_DAYS", default=3)

# --- Maps --------------------------------------------------------------------------------------

# Where the map's background comes from, such as https://tiles.example.se/{z}/{x}/{y}.png; without
# one the outlines that come with the portal are drawn. The server learns which parts of the country
# are looked at, and nothing of whom it is about.
MAP_TILE_URL = env.str("MAP_TILE_URL", default="")
MAP_TILE_ATTRIBUTION = env.str("MAP_TILE_ATTRIBUTION", default="")
# Where a meeting's address leads to on a map, such as https://map.example.se/?q={address}. None
# without: who runs that map learns where a person lives, so each agency decides for itself.
MAP_LINK_URL = env.str("MAP_LINK_URL", default="")

# --- Sign-in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "offices.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotTheHousesWords"},
    {"NAME": "accounts.passwords.NotStolen"},
]
# More words that no password of this agency may lean on, and a file of stolen passwords.
PASSWORD_WORDS = env.list("PASSWORD_WORDS", default=[])
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
# Who signs in with a second step: all, administrators or none.
REQUIRE_MFA_FOR = env.str("REQUIRE_MFA_FOR", default="none" if PRACTICE else "administrators")

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
# Connecting and disconnecting a sign-in, too, is for who has just shown who they are.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.AskResetForm",
    "reset_password_from_key": "accounts.forms.ResetForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
}
# Failed sign-ins by address and by user name; then waiting helps. Several rules by commas.
ACCOUNT_RATE_LIMITS = {
    "login": env.str("SIGN_IN_LIMIT", default="120/m/ip"),
    "login_failed": env.str("SIGN_IN_FAILED_LIMIT", default="30/m/ip,5/5m/key"),
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
# How many proxies of ours stand before the portal and add to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "vitecportal"
MFA_PASSKEY_LOGIN_ENABLED = True
# Addresses are given by whoever invites, and no second step goes by e-mail.
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False

# Single sign-on with Microsoft Entra and with any other OpenID Connect service.
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS, SSO_SOURCES, SSO_ORIGINS = sign_in_services(env)
# A place by a group rests so long after the last sign-in that confirmed it: no service tells us
# when somebody leaves a group.
SSO_PLACE_HOURS = env.int("SSO_PLACE_HOURS", default=24)

# What one person may do how often. The list of meetings searches at each pause in typing, so that
# somebody who types without a stop comes to two hundred a minute.
USER_LIMITS = {
    "search": env.str("SEARCH_LIMIT", default="240/m"),
    "list": env.str("LIST_SEARCH_LIMIT", default="300/m"),
    "reveal": env.str("REVEAL_LIMIT", default="30/h"),
    "extract": env.str("EXTRACT_LIMIT", default="60/h"),
    "export": env.str("EXPORT_LIMIT", default="20/h"),
}


class Counted(NamedTuple):
    """What is counted of an address: as which limit, by which method; field: only where it is
    posted and says something.
    """

    limit: str
    method: str = "POST"
    field: str = ""


# Each process counts these for itself: they guard a page that is asked for at each pause in typing,
# which must not cost ten questions to a cache that lies in the database.
COUNTED_BY_PROCESS = {"list"}
# By the addresses' names. A search for a contact is counted where it is made
# (`offices.contact_search`), since any form may hold one.
LIMITED = {
    "offices:known_people": Counted("search"),
    "viewings:known_people": Counted("search"),
    "submissions:reveal": Counted("reveal"),
    "privacy:people": Counted("search"),
    "privacy:lift": Counted("search"),
    "privacy:person": Counted("extract", "GET"),
    "privacy:ask": Counted("extract"),
    "privacy:json": Counted("export", "GET"),
    "meetings:list": Counted("list", field="q"),
    "meetings:figures": Counted("list", field="q"),
    "meetings:export": Counted("export"),
}

# --- E-mail ------------------------------------------------------------------------------------

# Invitations and new passwords. Without a server nothing is mailed; a practice portal writes its
# letters into a folder, for whoever tries it out.
EMAIL_WORKS = bool(env.str("EMAIL_URL", default="")) or PRACTICE
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
elif PRACTICE:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# Where people reach the portal, for the links in notices: a worker has no request to take it from.
PORTAL_URL = env.str("PORTAL_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
# Notices by e-mail for those who have not chosen themselves.
NOTICES_BY_MAIL = env.bool("NOTICES_BY_MAIL", default=False)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="vitecportal@localhost")
EMAIL_TIMEOUT = 10

# --- Browser security --------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "django_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# On the server: a cookie would carry what was said of a person through the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_SERIALIZER = "accounts.sealed_session.SealedSerializer"
# Seconds from the last use, and from the sign-in whatever is used since.
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_LONGEST_SECONDS = env.int("SESSION_LONGEST_HOURS", default=12) * 60 * 60
X_FRAME_OPTIONS = "DENY"
# A form of words alone is never larger; what takes a file limits it itself, and no request is
# larger than files may be together.
LARGEST_REQUEST = 12_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *image_sources(MAP_TILE_URL)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # A sign-in service is reached by posting a form that leads there.
        "form-action": [SELF, *SSO_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Language, time, static files --------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

STATIC_URL = "static/"
# No other site's page has any business with our files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Of what is text but not called so, WhiteNoise says no character set.
WHITENOISE_MIMETYPES = {
    ".svg": "image/svg+xml; charset=utf-8",
    ".geojson": "application/geo+json",
}
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- Logs --------------------------------------------------------------------------------------

# Lines hold codes and ids, never what a person typed. "json": one object a line, for a collector.
LOG_FORMAT = env.str("LOG_FORMAT", default="text")
# Where failures are reported to, without anything anybody typed; nowhere without.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
# What a monitor brings to read /metrics; without it this machine alone may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": f"lib.log_lines.{'JsonLines' if LOG_FORMAT == 'json' else 'TextLines'}",
            "quote": DEBUG,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Without Django's mails of errors: they would quote what was posted.
        "django": {"handlers": [], "level": "INFO"},
        "django.db.backends": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
