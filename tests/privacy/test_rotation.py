"""Changing the master key while deliveries go on."""

from __future__ import annotations

import contextlib
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import connection

from lib import sealing
from lib.sealing import Unsealable
from meetings import kinds
from offices.models import Contact, Credential, Office, User
from privacy import rotation
from privacy.models import KeyRotation
from sandbox.server import Sandbox
from submissions import audit, drafts, erasing, outbox
from submissions.delivery import deliver
from submissions.models import Draft, State, Submission
from tests.factories import make_contact, make_meeting, make_submission
from tests.submissions.conftest import Known

pytestmark = pytest.mark.django_db

NEW = Fernet.generate_key().decode()


@pytest.fixture
def old_key(settings: Any) -> str:
    return str(settings.FIELD_ENCRYPTION_KEYS[0])


@pytest.fixture
def filled(office: Office, bokare: User, vitec: Sandbox, known: Known) -> list[Submission]:
    """Something sealed of every sort, under the old key."""
    make_contact(office)
    make_meeting(office)
    Authenticator.objects.create(
        user=bokare, type="totp", data={"secret": sealing.seal("JBSWY3DP"), "unused": [1]}
    )
    drafts.keep(bokare, office, kinds.COMEBACK, uuid.uuid4(), {"note": ["Hej"]})
    return [
        make_submission(
            bokare,
            office,
            contact_id=known.contact_id,
            participant=("userId", known.broker_id),
            note=f"Rad {n}",
        )
        for n in range(4)
    ]


def rotate(settings: Any, old: str) -> rotation.Done:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, old]
    return rotation.rotate()


def tokens_of(key: str) -> list[str]:
    """Every sealed text in the database that this master key alone opens, by its table."""
    opens, found = Fernet(key), []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for token in re.findall(r"gAAAA[\w=-]+", str(cursor.fetchall())):
                with contextlib.suppress(InvalidToken):
                    opens.decrypt(token.encode())
                    found.append(table)
    return found


def test_afterwards_the_old_key_opens_nothing_and_is_missed_by_nobody(
    filled: list[Submission], office: Office, settings: Any, old_key: str
) -> None:
    assert {"submissions_submission", "mfa_authenticator", "offices_contact"} <= set(
        tokens_of(old_key)
    )

    done = rotate(settings, old_key)

    assert tokens_of(old_key) == []
    assert done.unreadable == {}
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert rotation.left() == {}
    assert Submission.objects.get(pk=filled[0].pk).content["form"]["note"] == ["Rad 0"]
    assert Draft.objects.get().typed == {"note": ["Hej"]}
    assert Contact.objects.get().details["name"]
    assert sealing.unseal(Authenticator.objects.get().data["secret"]) == "JBSWY3DP"


def test_the_audit_is_verified_without_the_old_key(
    filled: list[Submission], settings: Any, old_key: str
) -> None:
    rotate(settings, old_key)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    deliver(filled[0].pk)

    assert audit.verify().broken == ""


def test_what_was_stamped_with_a_key_of_somebody_elses_is_not_verified(
    filled: list[Submission], settings: Any, old_key: str
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert "not as it was written" in audit.verify().broken


class Killed(Exception):
    pass


def killing(after: int) -> Callable[[str], str]:
    """Rewrapping that is killed after so many values."""
    count = 0

    def rewrap(token: str) -> str:
        nonlocal count
        count += 1
        if count > after:
            raise Killed
        return sealing.rewrap(token)

    return rewrap


@pytest.mark.parametrize("after", range(0, 9, 2))
def test_killed_in_the_middle_of_deliveries_it_goes_on_where_it_was(
    after: int,
    filled: list[Submission],
    settings: Any,
    old_key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, old_key]
    deliver(filled[0].pk)
    monkeypatch.setattr(rotation, "rewrap", killing(after))
    with pytest.raises(Killed):
        rotation.rotate(batch=1)
    monkeypatch.setattr(rotation, "rewrap", sealing.rewrap)
    before = sum(KeyRotation.objects.values_list("rewrapped", flat=True))
    deliver(filled[1].pk)

    done = rotation.rotate(batch=1)

    assert done.looked_at > 0
    assert before <= after
    deliver(filled[2].pk)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    deliver(filled[3].pk)
    assert set(Submission.objects.values_list("state", flat=True)) == {State.DELIVERED}
    assert tokens_of(old_key) == []
    assert audit.verify().broken == ""
    assert rotation.left() == {}


def test_a_row_that_is_erased_meanwhile_stays_erased(
    filled: list[Submission], bokare: User, settings: Any, old_key: str, monkeypatch: Any
) -> None:
    """Between reading and writing: the key must not come back."""
    settings.FIELD_ENCRYPTION_KEYS = [NEW, old_key]
    outbox.cancel(filled[0], bokare)
    exchange = rotation._exchange

    def after_erasing(column: rotation.Column, pk: Any, old: str, new: str) -> bool:
        if column.name == "submissions.Submission.key" and pk == filled[0].pk:
            erasing.erase_content(Submission.objects.get(pk=pk))
        return exchange(column, pk, old, new)

    monkeypatch.setattr(rotation, "_exchange", after_erasing)
    rotation.rotate()

    erased = Submission.objects.get(pk=filled[0].pk)
    assert erased.key == ""
    with pytest.raises(Unsealable):
        assert erased.content


def test_the_command_says_while_the_old_key_is_needed(
    filled: list[Submission], office: Office, settings: Any, old_key: str
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, old_key]
    with pytest.raises(CommandError, match=r"Submission\.key: 4"):
        call_command("rotate_keys", "--check")

    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    assert "The newest key opens everything" in said.getvalue()

    # A process that was not restarted still seals with the old key first.
    settings.FIELD_ENCRYPTION_KEYS = [old_key, NEW]
    Credential.objects.update(password="hemligt")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, old_key]
    with pytest.raises(CommandError, match="--again"):
        call_command("rotate_keys")
    call_command("rotate_keys", "--again")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert Credential.objects.get().password == "hemligt"
