"""The timetable: every periodic task on one screen. Seconds between runs, or a crontab.

Syncs are rung for several times in an interval, and `offices.syncing` has each run once: a bell
that rings a hair too early, or not at all, costs a moment and not a whole interval.
"""

from celery.schedules import crontab

TIMETABLE = {
    # Ring for what is due and was missed; take back what a dead worker held.
    "sweep-outbox": {
        "task": "submissions.tasks.sweep_outbox",
        "schedule": 5,
        "options": {"expires": 60},
    },
    # Goes through the broker like any task, so that a fresh heart means: the whole chain works.
    "beat-heart": {
        "task": "submissions.tasks.beat_heart",
        "schedule": 10,
        "options": {"expires": 60},
    },
    # Brokers, groups and offices behind the drop-downs.
    "sync-directories": {
        "task": "offices.tasks.sync_directories",
        "schedule": 3 * 60,
        "options": {"expires": 2 * 60},
    },
    # What an administrator wants to have fetched at once.
    "fetch-wanted": {
        "task": "offices.tasks.fetch_wanted",
        "schedule": 10,
        "options": {"expires": 30},
    },
    # Files that were looked at and not imported.
    "forget-files": {
        "task": "offices.tasks.forget_files",
        "schedule": 15 * 60,
        "options": {"expires": 10 * 60},
    },
    # The counters behind /metrics.
    "count-audit": {
        "task": "metrics.tasks.count_audit",
        "schedule": 30,
        "options": {"expires": 60},
    },
    # Rows that nobody looks at any more: old sync runs, sessions that have ended.
    "tidy": {
        "task": "offices.tasks.tidy",
        "schedule": 24 * 60 * 60,
        "options": {"expires": 60 * 60},
    },
    # Whether uncertain submissions have arrived: a look at Vitec, never a second write.
    "reconcile-uncertain": {
        "task": "submissions.tasks.reconcile_uncertain",
        "schedule": 60,
        "options": {"expires": 50},
    },
    # Who must be told of what: refused, uncertain, failed, and Vitec is back.
    "tell-people": {
        "task": "notices.tasks.tell_people",
        "schedule": 10,
        "options": {"expires": 30},
    },
    # Links to new passwords that were asked for.
    "write-resets": {
        "task": "accounts.tasks.write_resets",
        "schedule": 5,
        "options": {"expires": 30},
    },
    "tidy-notices": {
        "task": "notices.tasks.tidy_notices",
        "schedule": 24 * 60 * 60,
        "options": {"expires": 60 * 60},
    },
    # A checkpoint of the audit once a day; by it a removed submission is found.
    "seal-audit": {
        "task": "submissions.tasks.seal_audit",
        "schedule": 60 * 60,
        "options": {"expires": 30 * 60},
    },
    # Looks which office's meetings are due; each has an interval of its own, 3 min unless set.
    "sync-meetings": {
        "task": "meetings.tasks.sync_meetings",
        "schedule": 20,
        "options": {"expires": 20},
    },
    # Meetings of years, once a night; asked for each hour of it, should one be missed.
    "sync-meetings-widely": {
        "task": "meetings.tasks.sync_meetings_widely",
        "schedule": crontab(minute="20", hour="1-4"),
        "options": {"expires": 30 * 60},
    },
    # Viewings and their time slots, with how many are booked to each.
    "sync-viewings": {
        "task": "viewings.tasks.sync_viewings",
        "schedule": 60,
        "options": {"expires": 50},
    },
    # Areas, municipalities and extra requirements that a search profile may name.
    "sync-interests": {
        "task": "interests.tasks.sync_interests",
        "schedule": 10 * 60,
        "options": {"expires": 9 * 60},
    },
    # Erasures that waited for something on its way to Vitec.
    "carry-out-erasures": {
        "task": "privacy.tasks.carry_out_erasures",
        "schedule": 15,
        "options": {"expires": 60},
    },
    # What has become old, once a night; then the tables are written anew.
    "purge-by-age": {
        "task": "privacy.tasks.purge_by_age",
        "schedule": crontab(minute="10", hour="3"),
        "options": {"expires": 60 * 60},
    },
}
