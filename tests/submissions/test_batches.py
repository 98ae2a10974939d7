from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import kinds
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions import batches
from submissions.batches import BatchUsed, BatchWish, submit_batch
from submissions.concerns import Consent
from submissions.delivery import deliver, sweep
from submissions.kinds import Part
from submissions.models import Batch, State, Submission
from submissions.outbox import Questioned
from tests.factories import comeback_values, make_colleague, make_contact
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db


def part(number: int, **values: Any) -> Part:
    """A comeback to a person of its own."""
    cleaned = comeback_values(**{"contact_id": f"ADR{number}", **values})
    typed = {
        "contact_id": [cleaned["contact_id"]],
        "date": [f"{cleaned['date']:%Y-%m-%d %H:%M}"],
        "participant": ["userId:HAN1"],
    }
    return Part(cleaned, typed)


def wish(user: User, office: Office, *parts: Part, **values: Any) -> BatchWish:
    return BatchWish(
        user=user,
        office=office,
        kind=kinds.COMEBACK,
        token=values.pop("token", None) or uuid.uuid4(),
        parts=parts or [part(1), part(2), part(3)],
        **values,
    )


@pytest.fixture
def batch(bokare: User, office: Office) -> Batch:
    return submit_batch(wish(bokare, office))


def states(batch: Batch) -> list[str]:
    return list(batch.parts.order_by("pk").values_list("state", flat=True))


class TestSubmit:
    def test_every_part_is_a_submission_in_order(self, batch: Batch) -> None:
        paths = [one.call.path.rsplit("/")[-1] for one in batch.parts.order_by("pk")]

        assert paths == ["ADR1", "ADR2", "ADR3"]

    def test_the_same_form_twice_gives_the_first_batch(self, bokare: User, office: Office) -> None:
        token = uuid.uuid4()

        first = submit_batch(wish(bokare, office, token=token))
        second = submit_batch(wish(bokare, office, token=token))

        assert first == second
        assert Submission.objects.count() == 3

    def test_the_same_form_with_other_parts_is_refused(self, bokare: User, office: Office) -> None:
        token = uuid.uuid4()
        first = submit_batch(wish(bokare, office, token=token))

        with pytest.raises(BatchUsed) as used:
            submit_batch(wish(bokare, office, part(1), part(2), token=token))

        assert used.value.batch == first

    def test_all_or_nothing_is_saved(
        self, bokare: User, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save, saved = batches.outbox.save, []

        def breaks_at_the_third(*arguments: Any) -> Submission:
            if len(saved) == 2:
                raise RuntimeError
            saved.append(arguments)
            return save(*arguments)

        monkeypatch.setattr(batches.outbox, "save", breaks_at_the_third)
        with pytest.raises(RuntimeError):
            submit_batch(wish(bokare, office))

        assert not Submission.objects.exists()
        assert not Batch.objects.exists()

    def test_two_parts_that_are_the_same_are_asked_about(
        self, bokare: User, office: Office
    ) -> None:
        with pytest.raises(Questioned) as asked:
            submit_batch(wish(bokare, office, part(1), part(2), part(1)))

        assert [concern.key for concern in asked.value.concerns] == ["twin:1:3"]

    def test_what_was_sent_before_is_asked_about_once_for_each(
        self, bokare: User, chef: User, office: Office, batch: Batch
    ) -> None:
        again = wish(chef, office, part(1), part(2), part(9))

        with pytest.raises(Questioned) as asked:
            submit_batch(again)
        keys = frozenset(concern.key for concern in asked.value.concerns)
        sent = submit_batch(dataclasses.replace(again, consent=Consent(keys, "Ja")))

        assert len(keys) == 2
        assert sent.parts.count() == 3


class TestPause:
    def test_nothing_of_a_paused_batch_is_sent(
        self, vitec: Sandbox, bokare: User, batch: Batch
    ) -> None:
        batches.pause(batch, bokare)

        for one in batch.parts.all():
            deliver(one.pk)

        assert posts(vitec) == []
        assert set(states(batch)) == {State.HELD}

    def test_a_pause_in_the_middle_and_going_on_sends_each_exactly_once(
        self, vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
    ) -> None:
        days = [dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC) + dt.timedelta(20 * n) for n in range(6)]
        same_person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        parts = [part(0, date=day, **same_person) for day in days]
        batch = submit_batch(wish(bokare, office, *parts))
        ids = list(batch.parts.order_by("pk").values_list("pk", flat=True))

        for pk in ids[:2]:
            deliver(pk)
        batches.pause(batch, bokare)
        for pk in ids:
            deliver(pk)
        assert len(posts(vitec)) == 2
        batches.resume(batch, bokare)
        for pk in ids * 2:
            deliver(pk)

        assert len(posts(vitec)) == 6
        assert set(states(batch)) == {State.DELIVERED}

    def test_the_sweep_does_not_free_what_a_person_has_paused(
        self, bokare: User, batch: Batch
    ) -> None:
        batches.pause(batch, bokare)
        for one in batch.parts.all():
            deliver(one.pk)

        sweep()

        assert set(states(batch)) == {State.HELD}

    def test_going_on_with_what_was_not_paused_changes_nothing(
        self, bokare: User, batch: Batch
    ) -> None:
        assert not batches.resume(batch, bokare)
        assert batches.pause(batch, bokare)
        assert not batches.pause(batch, bokare)


class TestUndo:
    def test_one_undo_takes_back_all_that_waits_and_nothing_that_was_sent(
        self, bokare: User, batch: Batch
    ) -> None:
        sent = batch.parts.order_by("pk").first()
        assert sent is not None
        Submission.objects.filter(pk=sent.pk).update(state=State.DELIVERED)

        assert batches.undo(batch, bokare) == 2

        assert states(batch) == [State.DELIVERED, State.CANCELLED, State.CANCELLED]

    def test_it_works_on_a_paused_batch_too(self, bokare: User, batch: Batch) -> None:
        batches.pause(batch, bokare)
        for one in batch.parts.all():
            deliver(one.pk)

        assert batches.undo(batch, bokare) == 3


class TestPage:
    def test_it_shows_every_part_and_how_far_it_is(self, as_bokare: Client, batch: Batch) -> None:
        first = batch.parts.order_by("pk").first()
        assert first is not None
        Submission.objects.filter(pk=first.pk).update(state=State.DELIVERED)

        answer = as_bokare.get(batch.get_absolute_url())

        text = answer.content.decode()
        assert "1 av 3 finns i Vitec" in text
        assert all(one.get_absolute_url() in text for one in batch.parts.all())

    def test_it_stops_asking_when_nothing_more_happens(
        self, as_bokare: Client, batch: Batch
    ) -> None:
        address = reverse("submissions:batch_status", args=[batch.code])
        assert 'id="poll"' in as_bokare.get(address).content.decode()

        Submission.objects.update(state=State.DELIVERED)

        assert 'id="poll"' not in as_bokare.get(address).content.decode()

    def test_it_is_paused_resumed_and_undone_from_its_page(
        self, as_bokare: Client, batch: Batch
    ) -> None:
        for what in ("pause", "resume", "undo"):
            address = reverse("submissions:batch_act", args=[batch.code, what])
            assert as_bokare.post(address)["Location"] == batch.get_absolute_url()

        batch.refresh_from_db()
        assert batch.paused_at is None
        assert set(states(batch)) == {State.CANCELLED}

    @pytest.mark.parametrize("name", ["batch", "batch_status"])
    def test_a_strangers_does_not_exist(
        self, as_grannkontor: Client, batch: Batch, name: str
    ) -> None:
        address = reverse(f"submissions:{name}", args=[batch.code])

        assert as_grannkontor.get(address).status_code == 404

    @pytest.mark.parametrize("what", ["pause", "resume", "undo"])
    def test_a_stranger_can_do_nothing_to_it(
        self, as_grannkontor: Client, batch: Batch, what: str
    ) -> None:
        address = reverse("submissions:batch_act", args=[batch.code, what])

        assert as_grannkontor.post(address).status_code == 404
        assert set(states(batch)) == {State.QUEUED}

    def test_nothing_else_can_be_done_to_it(self, as_bokare: Client, batch: Batch) -> None:
        address = reverse("submissions:batch_act", args=[batch.code, "explode"])

        assert as_bokare.post(address).status_code == 404


class TestFormOfManyParts:
    @pytest.fixture
    def posted(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        """The form of a kind that makes three of one: the same person, three weeks apart."""
        make_contact(office)
        make_colleague(office)

        def thrice(
            _office: Office, cleaned: dict[str, Any], typed: dict[str, list[str]]
        ) -> list[Part]:
            days = [cleaned["date"] + dt.timedelta(weeks=3 * n) for n in range(3)]
            return [
                Part({**cleaned, "date": day}, {**typed, "date": [f"{day:%Y-%m-%d %H:%M}"]})
                for day in days
            ]

        changed = dataclasses.replace(kinds.COMEBACK, split=thrice)
        monkeypatch.setattr(kinds, "COMEBACK", changed)
        monkeypatch.setattr("submissions.views.find_kind", lambda key: changed)
        return {
            "office": office.customer_id,
            "form_token": str(uuid.uuid4()),
            "contact_id": "ADR1",
            "date": "2027-03-01 09:00",
            "participant": "userId:HAN1",
        }

    def test_it_leads_to_the_page_of_the_batch(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        answer = as_bokare.post(reverse("meetings:new_comeback"), posted)

        batch = Batch.objects.get()
        assert answer["Location"] == batch.get_absolute_url()
        assert batch.parts.count() == 3

    def test_the_preview_says_how_many_requests_it_makes(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        address = reverse("submissions:look", args=[kinds.COMEBACK.key])

        assert "3 anrop" in as_bokare.post(address, posted).content.decode()

    def test_the_same_form_once_more_with_other_content_asks_first(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        as_bokare.post(reverse("meetings:new_comeback"), posted)

        changed = {**posted, "date": "2028-03-01 09:00"}
        answer = as_bokare.post(reverse("meetings:new_comeback"), changed)

        assert answer.status_code == 409
        assert Batch.objects.count() == 1
