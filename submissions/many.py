"""One form sent to many: what they share is typed once, and each becomes a part of one batch."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from offices.models import Office, User
from submissions.batches import BatchWish, part_token
from submissions.concerns import TWIN, Asker, Consent, Item, concerns_of_each, twin_key
from submissions.forms import SubmissionForm
from submissions.kinds import Concern, Kind, Many, Part
from submissions.naming import complaints


@dataclasses.dataclass(frozen=True)
class Target:
    """One for whom a form is sent.

    key: what stands for it in the posted form. name, detail: for people. own: what is its own and
    not shared, by the names of `Many.part`.
    """

    key: str
    name: str
    detail: str
    own: Mapping[str, str]


@dataclasses.dataclass
class Row:
    """A target with what becomes of it.

    obstacle: why nothing can be sent, "" for none. concerns: why one should look twice. chosen:
    it is sent. told: the person has had every one of these concerns before their eyes.
    """

    target: Target
    obstacle: str = ""
    part: Part | None = None
    concerns: list[Concern] = dataclasses.field(default_factory=list)
    chosen: bool = True
    told: bool = False

    @property
    def can_be_sent(self) -> bool:
        return not self.obstacle

    @property
    def receipts(self) -> list[str]:
        """What the form posts back of each concern that it has shown."""
        return [f"{self.target.key} {concern.key}" for concern in self.concerns]


@dataclasses.dataclass(frozen=True)
class Ticks:
    """What was ticked in the posted form.

    seen: the targets that stood there. sent: those with a tick. told: the concerns that were shown,
    as `Row.receipts`.
    """

    seen: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


def many_of(kind: Kind) -> Many:
    """Raises ValueError for a kind that is sent to one at a time."""
    if kind.many is None:
        raise ValueError(f"{kind.key} is not sent to many")
    return kind.many


def rows_of(
    user: User,
    office: Office,
    kind: Kind,
    form: SubmissionForm,
    targets: Sequence[Target],
    ticks: Ticks,
) -> list[Row]:
    """Each target with its part and its concerns, as far as the form says what is shared.

    One with a reason to ask is not sent unless a person has read it and ticked it.
    """
    many = many_of(kind)
    complete = many.complete(office, [target.own for target in targets])
    rows = []
    for target, own in zip(targets, complete, strict=True):
        row = Row(target, many.obstacle(own))
        if form.is_bound and form.is_valid() and row.can_be_sent:
            try:
                row.part = many.part(office, form.cleaned_data, own)
            except ValidationError as error:
                row.obstacle = error.messages[0]
        rows.append(row)
    _object(user, office, kind, form, [row for row in rows if row.part])
    _ask(user, office, kind, form, [row for row in rows if row.part])
    for row in rows:
        key = row.target.key
        row.told = ticks.told.issuperset(row.receipts)
        usual = not row.concerns
        row.chosen = row.can_be_sent and (key in ticks.sent if key in ticks.seen else usual)
        if row.concerns and not row.told:
            row.chosen = False
    return rows


def _object(
    user: User, office: Office, kind: Kind, form: SubmissionForm, rows: Sequence[Row]
) -> None:
    """Leave out what the person may not send in the names that it gives.

    Where these were chosen for all of them, it is told at the form's field, too.
    """
    cleaned = [row.part.cleaned for row in rows if row.part]
    told: dict[str, str] = {}
    for row, found in zip(rows, complaints(user, office, kind, cleaned), strict=True):
        if found:
            row.part, row.obstacle = None, next(iter(found.values()))
            told |= found
    for field, said in told.items():
        if form.cleaned_data.get(field):
            form.add_error(field, said)


def _ask(user: User, office: Office, kind: Kind, form: SubmissionForm, rows: Sequence[Row]) -> None:
    if not rows:
        return
    items = [_item(office, kind, row.part) for row in rows if row.part]
    asker = Asker(user, office, kind, _tokens(form, len(rows)))
    for row, concerns in zip(rows, concerns_of_each(asker, items), strict=True):
        row.concerns = concerns
    known = many_of(kind).known
    if known is not None:
        parts = [row.part for row in rows if row.part]
        for row, concerns in zip(rows, known(office, parts), strict=True):
            row.concerns += concerns


def wish_of(
    user: User, office: Office, kind: Kind, form: SubmissionForm, rows: Sequence[Row], reason: str
) -> BatchWish:
    """What the chosen rows come to. reason: why those with a concern are sent all the same.

    It consents to what stood at these rows; of what has come since, the batch asks.
    """
    chosen = [row for row in rows if row.chosen and row.part]
    return BatchWish(
        user=user,
        office=office,
        kind=kind,
        token=form.cleaned_data["form_token"],
        parts=[row.part for row in chosen if row.part],
        consent=Consent(_read(chosen), reason),
    )


def _read(chosen: Sequence[Row]) -> frozenset[str]:
    """The rows' concerns, by the keys that these have of a batch of the rows."""
    keys = {concern.key for row in chosen for concern in row.concerns}
    for number, row in enumerate(chosen, start=1):
        if any(concern.key == TWIN for concern in row.concerns):
            keys |= {twin_key(twin, number) for twin in range(1, number)}
    return frozenset(keys)


def _item(office: Office, kind: Kind, part: Part) -> Item:
    return Item(part.cleaned, kind.build(office, part.cleaned))


def _tokens(form: SubmissionForm, count: int) -> frozenset[uuid.UUID]:
    """By which this very form's own parts are known, if it was sent before."""
    token = form.cleaned_data["form_token"]
    return frozenset(part_token(token, number) for number in range(count))
