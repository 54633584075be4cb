"""One settings file for every mode; what differs comes from the environment (see .env.example)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from npcs import env

BASE_DIR = Path(__file__).resolve().parent.parent

MODE = env.text("NPCS_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("NPCS_MODE is production, demo or test.")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,testserver")
BASE_URL = env.text("BASE_URL", None if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
# The key of people's second factors; the first of several encrypts, each decrypts (docs/operations.md, rotation).
MFA_KEYS = env.words("MFA_KEY", None if PRODUCTION else SECRET_KEY)
if PRODUCTION:
    env.refuse_unsafe(
        secret_key=SECRET_KEY, mfa_keys=MFA_KEYS, allowed_hosts=ALLOWED_HOSTS, base_url=BASE_URL
    )

FIRST_PARTY = ["npcs", "reviews", "dictionary", "inbox", "jurisdictions"]
INSTALLED_APPS = [
    *FIRST_PARTY,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # ArrayField asks for it
    "django.contrib.staticfiles",
]
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # an address is unique whatever its case: a constraint on lower(email), which the check overlooks
    "guardian.W001",  # its backend stays out on purpose: a model-level permission must open nothing
]

MIDDLEWARE = [
    "jurisdictions.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jurisdictions.middleware.DatabaseDown",
    "jurisdictions.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jurisdictions.middleware.SignInRequired",
    "jurisdictions.middleware.SecondFactorRequired",
    "jurisdictions.middleware.SessionClock",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "npcs.urls"
WSGI_APPLICATION = "npcs.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.messages.context_processors.messages",
                "npcs.frame.frame",
            ],
        },
    }
]

# -- Data ---------------------------------------------------------------------------------------

# The site is npcs_app and owns nothing; `owner` exists only where its address is given (migrate, tests).
DATABASES = {"default": env.database(env.text("DATABASE_URL"), pool=MODE != "test")}
if owner_url := env.text("OWNER_DATABASE_URL", ""):
    DATABASES["owner"] = env.database(owner_url, pool=False)
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "npcs",
        "TIMEOUT": 300,
    }
}

FILES_ROOT = Path(env.text("FILES_ROOT"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_ROOT), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where collectstatic gathers them; outside production they are served from where they lie.
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if PRODUCTION else None
if not PRODUCTION:
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_MAX_AGE = 3600
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# An upload larger than this is refused before it is read (security.md: 25 MiB each).
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# -- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "jurisdictions.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "jurisdictions.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation has proved the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # how long a sign-in is fresh enough to change how one signs in
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# CMS ARS AC-7: five failures in 120 minutes.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/120m/key,50/120m/ip",
    "login": "60/m/ip",
    "reset_password": "10/h/ip",
    # A code is asked for after the right password only, so nobody can lock somebody else out with it.
    "second_factor": "5/120m/key",
}
# Other software: how often one token may ask, and how often one address without a token that is open.
API_CALLS_A_MINUTE = 600
API_REFUSALS_A_MINUTE = 30
REST_FRAMEWORK = {
    # What no address says for itself is refused or absent (jurisdictions.api says it for ours).
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["jurisdictions.api.reading.Json"],
    "DEFAULT_PARSER_CLASSES": ["jurisdictions.api.reading.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "jurisdictions.api.schema.OpenApi",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "SERVE_PUBLIC": False,
}
MFA_ADAPTER = "jurisdictions.accounts.SecondFactors"
MFA_FORMS = {
    "authenticate": "jurisdictions.factor_forms.CodeForm",
    "authenticate_webauthn": "jurisdictions.factor_forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "NPCS"
MFA_TOTP_TOLERANCE = 1  # one code before and after: clocks of telephones differ, and people type
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False
# The one proxy in front, which also says X-Forwarded-Proto: without it all visitors would count as one address.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PRODUCTION else 0
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_AUTO_PREFETCH = False
ANONYMOUS_USER_NAME = None

SESSION_ENGINE = "jurisdictions.sessions"
SESSION_COOKIE_AGE = 30 * 60  # idle
SESSION_ABSOLUTE_AGE = 12 * 60 * 60
# In how many places a person may be signed in at once (security.md: 3); in the demo many visitors are one person.
SESSIONS_PER_PERSON = env.number("SESSIONS_PER_PERSON", 3 if PRODUCTION else 1000, least=1)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-npcs" if PRODUCTION else "npcs"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "npcs.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- The browser --------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION

# -- Words and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# -- Mail and workers ---------------------------------------------------------------------------

MAILERS = {"default": env.mail(env.text("EMAIL_URL", None if PRODUCTION else "smtp://127.0.0.1:1025"))}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", None if PRODUCTION else "NPCS <npcs@localhost>")
DEMO_MAIL_URL = env.text("DEMO_MAIL_URL", "")

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# What takes long or much memory has workers of its own: nobody's mail waits behind it.
CELERY_TASK_ROUTES = {
    "dictionary.tasks.print_editions": {"queue": "pdf"},
    "reviews.tasks.render_reports": {"queue": "pdf"},
    "reviews.tasks.unpack_uploads": {"queue": "imports"},
    "reviews.tasks.write_packs": {"queue": "imports"},
    "reviews.tasks.run_imports": {"queue": "imports"},
    "reviews.tasks.undo_imports": {"queue": "imports"},
}
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_SOFT_TIME_LIMIT = 80
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False  # the doorbell is rung once; the sweeper rings again
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Every 30 s the sweeper rings for what a lost message left lying (design: late, never lost).
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "npcs.tasks.sweep", "schedule": 30.0},
    "remind": {"task": "npcs.tasks.remind", "schedule": 3600.0},
    "heartbeat": {"task": "npcs.tasks.heartbeat", "schedule": 10.0},
}

# A row's lease outlives the task's hard limit, so nobody else takes work that may still be going on.
WORK_LEASE_SECONDS = CELERY_TASK_TIME_LIMIT + 30
WORK_TRIES = 12
WORK_BACKOFF_SECONDS = 5
INVITATION_DAYS = 14

# -- Logs ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "npcs.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "django.db.backends": {"level": "INFO"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
