"""The portal's settings with a short patience, so that a thousand runs end the same day.

What is shortened is time alone: leases, deadlines and back-offs keep their order.
"""

from vitecportal.settings import *  # noqa: F403
from vitecportal.settings import DATA_DIR, LOGGING, env

# Seconds that one write may take.
PATIENCE = env.float("CRASH_PATIENCE", default=0.5)
SUBMISSION_HOLD_SECONDS = 0
VITEC_TIME_LIMITS = {
    "connect_timeout": 0.8 * PATIENCE,
    "read_timeout": PATIENCE,
    "write_deadline": PATIENCE,
    "read_deadline": 2 * PATIENCE,
}
CLAIM_LEASE_SECONDS = 1.6 * PATIENCE
SENDING_LEASE_SECONDS = 2.2 * PATIENCE
# Fewer seats than workers have hands, so that some rows are put back.
VITEC_CALLS_AT_ONCE = env.int("VITEC_CALLS_AT_ONCE", default=3)
VITEC_CALLS_PER_SECOND = env.float("VITEC_CALLS_PER_SECOND", default=60)
# Where it is written which worker dies where, see tests/crash/points.py.
CRASH_PLAN_DIR = DATA_DIR / "plan"
# By how much each worker's clock is wrong, see tests/crash/clocks.py.
CRASH_CLOCK_DIR = DATA_DIR / "clocks"
LOGGING["root"]["level"] = "ERROR"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# One person sends everything here.
FLOOD_PER_MINUTE = 0
