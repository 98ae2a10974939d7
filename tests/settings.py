"""The portal's settings for tests: a data folder of their own, no waiting, no real Vitec.

DATABASE_URL and CELERY_BROKER_URL are honoured, so that the same tests run on every stack.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "VITECPORTAL_TEST_DIR" not in os.environ:
    os.environ["VITECPORTAL_TEST_DIR"] = tempfile.mkdtemp(prefix="vitecportal-test-")
    atexit.register(shutil.rmtree, os.environ["VITECPORTAL_TEST_DIR"], ignore_errors=True)
os.environ["VITECPORTAL_DATA_DIR"] = os.environ["VITECPORTAL_TEST_DIR"]

from vitecportal.settings import *  # noqa: F403
from vitecportal.settings import CACHES, DATA_DIR, DATABASES, STATIC_ROOT, STORAGES

SUBMISSION_HOLD_SECONDS = 0
# One process, emptied before every test; what the real one does is tested by itself.
CACHES = {**CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# WhiteNoise warns about a folder that is not there; nothing is collected for tests.
STATIC_ROOT.mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, since several connections must see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
# The practice Vitec needs no sparing; tests/offices/test_pace.py sets the real limits.
VITEC_CALLS_PER_SECOND = 100_000.0
# Nobody listens there: a test that talks to Vitec says so by its fixture.
VITEC_BASE_URL = "http://127.0.0.1:9"
# A test sends as fast as it can; tests/submissions/test_floods.py sets a real limit.
FLOOD_PER_MINUTE = 0
