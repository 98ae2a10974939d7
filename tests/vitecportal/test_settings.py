"""What comes out of an environment, read in a process of its own."""

from __future__ import annotations

import os
import stat

import pytest

from tests.vitecportal.environment import PRODUCTION, run_python, settings_with


def test_it_runs_with_nothing_set(tmp_path):
    names = ["DEBUG", "PRACTICE", "VITEC_BASE_URL", "CELERY_BROKER_URL", "HTTPS", "PORT"]
    assert settings_with(tmp_path, *names) == {
        "DEBUG": False,
        "PRACTICE": True,
        "VITEC_BASE_URL": "http://127.0.0.1:8001",
        "CELERY_BROKER_URL": "filesystem://",
        "HTTPS": False,
        "PORT": 8000,
    }


def test_it_keeps_everything_in_the_data_folder(tmp_path):
    found = settings_with(
        tmp_path, "DATABASES", "BROKER_DIR", "STATIC_ROOT", "CELERY_BEAT_SCHEDULE_FILENAME"
    )
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "vitecportal.sqlite3")
    for name in ("BROKER_DIR", "STATIC_ROOT", "CELERY_BEAT_SCHEDULE_FILENAME"):
        assert found[name].startswith(str(tmp_path))


def test_it_makes_secrets_once_that_only_their_owner_reads(tmp_path):
    names = ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "BLIND_INDEX_KEY"]
    first = settings_with(tmp_path, *names)
    assert settings_with(tmp_path, *names) == first
    files = list((tmp_path / "secrets").iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_it_makes_no_secret_that_was_given(tmp_path):
    found = settings_with(
        tmp_path, "SECRET_KEY_GIVEN", "FIELD_ENCRYPTION_KEYS", "BLIND_INDEX_KEY", **PRODUCTION
    )
    assert found == {
        "SECRET_KEY_GIVEN": True,
        "FIELD_ENCRYPTION_KEYS": [PRODUCTION["FIELD_ENCRYPTION_KEYS"]],
        "BLIND_INDEX_KEY": "a-key-of-its-own",
    }
    assert not (tmp_path / "secrets").exists()


def test_it_makes_a_secret_in_place_of_an_empty_one(tmp_path):
    found = settings_with(tmp_path, "SECRET_KEY", "SECRET_KEY_GIVEN", SECRET_KEY="")
    assert found["SECRET_KEY_GIVEN"] is False
    assert len(found["SECRET_KEY"]) >= 50


def test_it_takes_sqlite_for_several_processes(tmp_path):
    options = settings_with(tmp_path, "DATABASES")["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert f"PRAGMA {pragma}" in options["init_command"]


def test_it_takes_postgresql(tmp_path):
    url = "postgres://portal:secret@db.example.se:5433/vitec"
    database = settings_with(tmp_path, "DATABASES", DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.se", 5433, "vitec",
    )  # fmt: skip
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["OPTIONS"] == {"prepare_threshold": 0}


def test_it_prepares_nothing_where_a_pooler_knows_no_prepared_statements(tmp_path):
    url = "postgres://portal:secret@db.example.se:5433/vitec?sslmode=require"
    settings = settings_with(
        tmp_path, "DATABASES", DATABASE_URL=url, DATABASE_PREPARED_STATEMENTS="false"
    )
    options = settings["DATABASES"]["default"]["OPTIONS"]
    assert options == {"sslmode": "require", "prepare_threshold": None}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("filesystem://", {"polling_interval": 0.1}),
        ("redis://127.0.0.1:6379/0", {"ack_emulation": False, "socket_timeout": 5}),
        ("rediss://127.0.0.1:6379/0", {"ack_emulation": False}),
        ("amqp://guest@127.0.0.1//", {"confirm_publish": True}),
    ],
)
def test_it_sets_up_every_broker(tmp_path, url, expected):
    found = settings_with(tmp_path, "CELERY_BROKER_TRANSPORT_OPTIONS", CELERY_BROKER_URL=url)
    options = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert {name: options[name] for name in expected} == expected


def test_it_takes_quorum_queues_of_rabbitmq_only(tmp_path):
    name = "CELERY_TASK_DEFAULT_QUEUE_TYPE"
    assert settings_with(tmp_path, name, CELERY_BROKER_URL="amqp://")[name] == "quorum"
    assert settings_with(tmp_path, name)[name] is None


def test_it_takes_quorum_queues_for_every_queue(tmp_path):
    """Celery makes the queues that only a worker's command line names by a setting of its own."""
    name = "CELERY_TASK_CREATE_MISSING_QUEUE_TYPE"
    assert settings_with(tmp_path, name, CELERY_BROKER_URL="amqp://")[name] == "quorum"
    assert settings_with(tmp_path, name)[name] is None


def test_it_makes_the_brokers_folder_only_for_that_broker(tmp_path):
    settings_with(tmp_path, CELERY_BROKER_URL="redis://127.0.0.1:6379/0")
    assert not (tmp_path / "broker").exists()
    settings_with(tmp_path)
    assert (tmp_path / "broker" / "control").is_dir()


COOKIES = [
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "LANGUAGE_COOKIE_NAME",
    "LANGUAGE_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
]


def test_it_binds_cookies_to_the_host_over_https(tmp_path):
    values = list(settings_with(tmp_path, *COOKIES, HTTPS="on").values())
    names = ["__Host-sessionid", True, "__Host-csrftoken", True, "__Host-language"]
    assert values == [*names, True, True, 63_072_000]


def test_hsts_is_for_two_years_and_all_below(tmp_path):
    names = ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    found = settings_with(tmp_path, *names, HTTPS="on")
    assert list(found.values()) == [63_072_000, True, True]


def test_it_lets_cookies_through_without_https_on_this_machine(tmp_path):
    values = list(settings_with(tmp_path, *COOKIES).values())
    names = ["sessionid", False, "csrftoken", False, "django_language"]
    assert values == [*names, False, False, 0]


def test_it_is_no_practice_with_an_address_of_vitec(tmp_path):
    found = settings_with(tmp_path, "PRACTICE", "VITEC_BASE_URL", **PRODUCTION)
    assert found == {"PRACTICE": False, "VITEC_BASE_URL": "https://connect.example.se"}


def test_it_puts_the_practice_vitec_next_to_the_portal(tmp_path):
    names = ["SANDBOX_PORT", "VITEC_BASE_URL"]
    assert settings_with(tmp_path, *names, PORT="9100")["SANDBOX_PORT"] == 9101
    assert settings_with(tmp_path, *names, SANDBOX_PORT="9300") == {
        "SANDBOX_PORT": 9300,
        "VITEC_BASE_URL": "http://127.0.0.1:9300",
    }


def test_it_reads_lists(tmp_path):
    found = settings_with(
        tmp_path, "ALLOWED_HOSTS", "VITEC_BUSY_STATUSES",
        ALLOWED_HOSTS="a.example.se,b.example.se", VITEC_BUSY_STATUSES="429",
    )  # fmt: skip
    assert found == {
        "ALLOWED_HOSTS": ["a.example.se", "b.example.se"],
        "VITEC_BUSY_STATUSES": [429],
    }


def test_it_reads_which_statuses_mean_not_processed_at_which_endpoint(tmp_path):
    given = "meetings.create_comeback=429 503,viewings.add_participant="
    found = settings_with(
        tmp_path, "VITEC_BUSY_STATUSES_OF",
        VITEC_BUSY_STATUSES_OF=given,
    )  # fmt: skip
    assert sorted(found["VITEC_BUSY_STATUSES_OF"]) == [
        "meetings.create_comeback",
        "viewings.add_participant",
    ]


def test_it_says_in_a_sentence_that_the_folder_cannot_be_written(tmp_path):
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "below"):
        done = run_python(["manage.py", "check"], folder)
        assert done.returncode != 0
        assert f"The folder {folder} cannot be written" in done.stderr
        assert "VITECPORTAL_DATA_DIR" in done.stderr


def test_it_takes_a_relative_folder_from_where_it_was_started(tmp_path):
    found = settings_with(os.path.relpath(tmp_path), "DATA_DIR")  # type: ignore[arg-type]
    assert found["DATA_DIR"].startswith("/")
