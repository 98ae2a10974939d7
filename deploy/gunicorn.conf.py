"""The web server in production: behind a proxy with TLS, log lines like everybody else's."""

from vitecportal.settings import LOGGING, PORT, WEB_HOST

bind = f"{WEB_HOST}:{PORT}"
# Requests wait for the database at most, never for Vitec: threads. WEB_CONCURRENCY sets `workers`.
worker_class = "gthread"
threads = 8
# A request under way is finished when the server is told to stop.
graceful_timeout = 30
timeout = 60
control_socket_disable = True

logconfig_dict = {
    **LOGGING,
    "loggers": {
        **LOGGING["loggers"],  # type: ignore[dict-item]
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        # The portal logs each request itself, with the page's pattern in place of its address.
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
