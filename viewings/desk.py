"""Registering many visitors quickly: short rows of first name, last name, and mobile or e-mail.

A row becomes what the whole form would have made of it, with the same limits and messages.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection

from django.http import QueryDict
from django.utils import timezone

from lib import person_lines
from offices.models import Contact, Office, User
from offices.person_form import PREFIX
from submissions import outbox
from submissions.forms import SubmissionForm
from submissions.models import Submission
from viewings import kinds
from viewings.forms import BOOKING, DEADLINE, DOOR, LIMIT, ParticipantForm
from viewings.models import TimeSlot

# The names of a row's inputs; a page has each as often as it has rows.
FIRST, LAST, REACH, CONTACT = (
    PREFIX + "first_name",
    PREFIX + "last_name",
    "reach",
    PREFIX + "contact_id",
)
TOKEN, ALTHOUGH = "form_token", "although"
CHANNELS = ("cell_phone", "tele_phone", "email_address")
MOST_ROWS = 300
# In the session: the slot whose visitors are being informed of GDPR.
INFORMED = "gdpr_informed"


@dataclasses.dataclass(frozen=True)
class Visit:
    """What all rows of a page have in common.

    mode: as the form's. informed: the visitors were informed of GDPR there and then.
    """

    slot: TimeSlot
    mode: str = DOOR
    informed: bool = False

    @property
    def office(self) -> Office:
        return self.slot.office


@dataclasses.dataclass
class Row:
    """One row as it was typed, and what became of it.

    token: of the first of its forms, so that the same row sent twice is saved once.
    earlier: another that said the same, to tell of.
    errors: {"first_name", "last_name", "reach" or "" for the whole row: [message]}.
    """

    first_name: str = ""
    last_name: str = ""
    reach: str = ""
    contact_id: str = ""
    token: str = ""
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    earlier: Submission | None = None
    saved: list[Submission] = dataclasses.field(default_factory=list)
    contact: Contact | None = None

    def __post_init__(self) -> None:
        self.token = _token(self.token)

    @property
    def is_empty(self) -> bool:
        return not any((self.first_name, self.last_name, self.reach, self.contact_id))

    @property
    def name(self) -> str:
        typed = f"{self.first_name} {self.last_name}".strip()
        return typed or (self.contact.name if self.contact else "")

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.earlier)

    @property
    def whole_errors(self) -> list[str]:
        """Those that belong to no field of the row."""
        return self.errors.get("", [])


def _token(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def read_rows(data: QueryDict, office: Office) -> list[Row]:
    """The rows of a posted page in their order, a line in one field taken apart."""
    names = (FIRST, LAST, REACH, CONTACT, TOKEN)
    columns = [data.getlist(name)[:MOST_ROWS] for name in names]
    height = max(map(len, columns))
    padded = [column + [""] * (height - len(column)) for column in columns]
    rows = [Row(*(text.strip() for text in cells)) for cells in zip(*padded, strict=True)]
    for row in rows:
        _take_apart(row)
        if row.contact_id:
            known = Contact.objects.filter(office=office, vitec_id=row.contact_id)
            row.contact = known.first()
    return rows


def _take_apart(row: Row) -> None:
    """`Anna Andersson 0701234567` in one field and nothing in the others."""
    filled = [text for text in (row.first_name, row.last_name, row.reach) if text]
    if len(filled) != 1 or " " not in filled[0]:
        return
    line = person_lines.read(filled[0])
    if line.reach and line.first_name:
        row.first_name, row.last_name, row.reach = line.first_name, line.last_name, line.reach


def check(visit: Visit, row: Row) -> list[ParticipantForm]:
    """The forms of the row, one a person; what is wrong with them stands in the row."""
    row.errors, row.earlier = {}, None
    forms = [
        kinds.PARTICIPANT.form_class(data, office=visit.office) for data in form_data(visit, row)
    ]
    for form in forms:
        if not form.is_valid():
            _take_errors(row, form)
    return forms  # type: ignore[return-value]


def form_data(visit: Visit, row: Row) -> list[QueryDict]:
    """What the whole form would have posted, once for each person of the row."""
    people = person_lines.couple(row.first_name, row.last_name)
    return [_data(visit, row, names, _token_of(row, place)) for place, names in enumerate(people)]


def _data(visit: Visit, row: Row, names: tuple[str, str], token: str) -> QueryDict:
    data = QueryDict(mutable=True)
    values = {
        "form_token": token,
        "mode": visit.mode,
        "time_slot_id": visit.slot.vitec_id,
        "participated": "on",
        FIRST: names[0],
        LAST: names[1],
        PREFIX + channel_of(row.reach): row.reach,
        CONTACT: row.contact_id,
    }
    if visit.mode == BOOKING:
        values |= {DEADLINE: "on", LIMIT: "on"}
    if visit.informed:
        day = min(timezone.localtime(visit.slot.starts_at).date(), timezone.localdate())
        values |= {
            PREFIX + "gdpr_approval_date": f"{day:%Y-%m-%d}",
            PREFIX + "obtain_through": "Visit",
        }
    data.update(values)
    return data


def _token_of(row: Row, place: int) -> str:
    """The second person of a row has a token of its own, the same each time the row is sent."""
    return row.token if not place else str(uuid.uuid5(uuid.UUID(row.token), str(place)))


def channel_of(reach: str) -> str:
    """The person's field that one channel in free text belongs to."""
    if person_lines.is_email(reach):
        return "email_address"
    return "tele_phone" if person_lines.is_landline(reach) else "cell_phone"


def _take_errors(row: Row, form: SubmissionForm) -> None:
    for name, messages in form.errors.get_json_data().items():
        bare = name.removeprefix(PREFIX)
        place = "reach" if bare in CHANNELS else bare
        place = place if place in ("first_name", "last_name", "reach") else ""
        known = row.errors.setdefault(place, [])
        said = [str(message["message"]) for message in messages]
        known += [message for message in said if message not in known]


def register(user: User, visit: Visit, row: Row, although: Collection[str] = ()) -> None:
    """Save the row's people as submissions, or say in the row why not; nobody while one is wrong.

    although: the codes of earlier ones that say the same, of which the person knows.
    """
    forms = check(visit, row)
    if row.errors:
        return
    for form in forms:
        try:
            row.saved.append(_submit(user, visit, form, although))
        except outbox.SameContent as known:
            row.earlier = known.submission
            return
        except outbox.FormUsed as known:
            # Undone or sent meanwhile, and changed since: a row of its own now.
            row.earlier, row.token = known.submission, _token("")
            return


def _submit(
    user: User, visit: Visit, form: SubmissionForm, although: Collection[str]
) -> Submission:
    wish = outbox.Wish(
        user=user,
        office=visit.office,
        kind=kinds.PARTICIPANT,
        cleaned=form.cleaned_data,
        typed=form.typed(),
        again=form.again(),
        token=form.cleaned_data["form_token"],
    )
    try:
        return outbox.submit(wish)
    except outbox.SameContent as known:
        code = str(known.submission.code)
        if code not in although:
            raise
        return outbox.submit(dataclasses.replace(wish, although=code))
