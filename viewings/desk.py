"""Registering many visitors quickly: short rows of first name, last name, and mobile or e-mail.

A row becomes what the whole form would have made of it, with the same limits and messages.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext

from lib import daywords, people_lists, person_lines
from offices import search_terms
from offices.models import Contact, Office, User
from offices.person_form import PREFIX
from submissions import outbox
from submissions.concerns import Consent
from submissions.forms import SubmissionForm
from submissions.kinds import Concern, Part
from submissions.models import Submission
from viewings import kinds
from viewings.effects import BOOKED
from viewings.forms import BOOKING, DEADLINE, DOOR, LIMIT, ParticipantForm
from viewings.models import TimeSlot

# The names of a row's inputs; a page has each as often as it has rows.
FIRST, LAST, REACH, CONTACT = (
    PREFIX + "first_name",
    PREFIX + "last_name",
    "reach",
    PREFIX + "contact_id",
)
TOKEN, REASON, LINE, SKIP = "form_token", "although_reason", "line", "skip"
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
    reason: why it is sent in spite of `concerns`. line: its number in a list, skip: leave it out.
    errors: {"first_name", "last_name", "reach" or "" for the whole row: [message]}.
    """

    first_name: str = ""
    last_name: str = ""
    reach: str = ""
    contact_id: str = ""
    token: str = ""
    reason: str = ""
    line: int = 0
    skip: bool = False
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    concerns: list[Concern] = dataclasses.field(default_factory=list)
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
        return bool(self.errors or self.concerns)

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
    names = (FIRST, LAST, REACH, CONTACT, TOKEN, REASON)
    lines = data.getlist(LINE)
    columns = [data.getlist(name)[:MOST_ROWS] for name in names]
    height = max(map(len, columns))
    padded = [column + [""] * (height - len(column)) for column in columns]
    rows = [Row(*(text.strip() for text in cells)) for cells in zip(*padded, strict=True)]
    skipped = set(data.getlist(SKIP))
    for number, row in enumerate(rows, start=1):
        _take_apart(row)
        told = lines[number - 1] if number <= len(lines) else ""
        row.line = int(told) if told.isascii() and told.isdigit() and len(told) < 7 else number
        row.skip = row.token in skipped
        if row.contact_id:
            known = Contact.objects.filter(office=office, vitec_id=row.contact_id)
            row.contact = known.first()
    return rows


def rows_of_list(text: str) -> list[Row]:
    """A pasted or uploaded list as rows, one a line; with both a number and an e-mail both."""
    found = people_lists.read(text)[: MOST_ROWS + 1]
    people = [(one.line, one.person) for one in found]
    return [Row(who.first_name, who.last_name, who.reach, line=line) for line, who in people]


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
    row.errors, row.concerns = {}, []
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
    return [_data(visit, row, names, place) for place, names in enumerate(people)]


def _data(visit: Visit, row: Row, names: tuple[str, str], place: int) -> QueryDict:
    """place: of the person in the row. A contact that was chosen is the first of them."""
    data = QueryDict(mutable=True)
    values = {
        "form_token": _token_of(row, place),
        "mode": visit.mode,
        "time_slot_id": visit.slot.vitec_id,
        "participated": "on",
        **dict(zip((FIRST, LAST), names if place else _names(row, names), strict=True)),
        CONTACT: "" if place else row.contact_id,
        **{PREFIX + name: text for name, text in channels_of(row.reach).items()},
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


def _names(row: Row, names: tuple[str, str]) -> tuple[str, str]:
    """What was typed to find a known contact is not sent: half a name would replace its own."""
    typed = " ".join(names).strip()
    if row.contact and search_terms.matches(row.contact.details, typed):
        return "", ""
    return names


def _token_of(row: Row, place: int) -> str:
    """The second person of a row has a token of its own, the same each time the row is sent."""
    return row.token if not place else str(uuid.uuid5(uuid.UUID(row.token), str(place)))


def channels_of(reach: str) -> dict[str, str]:
    """The person's fields that a mobile, an e-mail address, or both in one text belong to."""
    line = person_lines.read(reach)
    if line.phone and line.email and not line.first_name:
        return {**channels_of(line.phone), **channels_of(line.email)}
    if person_lines.is_email(reach):
        return {"email_address": reach}
    return {"tele_phone" if person_lines.is_landline(reach) else "cell_phone": reach}


def _take_errors(row: Row, form: SubmissionForm) -> None:
    for name, messages in form.errors.get_json_data().items():
        bare = name.removeprefix(PREFIX)
        place = "reach" if bare in CHANNELS else bare
        place = place if place in ("first_name", "last_name", "reach") else ""
        known = row.errors.setdefault(place, [])
        said = [str(message["message"]) for message in messages]
        known += [message for message in said if message not in known]


def register(user: User, visit: Visit, row: Row, read: Collection[str] = ()) -> None:
    """Save the row's people as submissions, or say in the row why not; nobody while one is wrong.

    read: the keys of the concerns that the person has read.
    """
    forms = check(visit, row)
    if row.errors:
        return
    consent = Consent(frozenset(read), row.reason)
    for form in forms:
        try:
            row.saved.append(outbox.submit(_wish(user, visit, form, consent)))
        except outbox.Questioned as questioned:
            row.concerns = [_briefly(concern) for concern in questioned.concerns]
            if all(concern.key.startswith(BOOKED) for concern in row.concerns):
                row.reason = row.reason or gettext("Was there")
            return
        except outbox.FormUsed as used:
            # Undone or sent meanwhile, and changed since: a row of its own now.
            row.token = _token("")
            row.concerns = [_already(used.submission)]
            return


def _wish(user: User, visit: Visit, form: SubmissionForm, consent: Consent) -> outbox.Wish:
    return outbox.Wish(
        user=user,
        office=visit.office,
        kind=kinds.PARTICIPANT,
        cleaned=form.cleaned_data,
        typed=form.typed(),
        again=form.again(),
        token=form.cleaned_data["form_token"],
        consent=consent,
    )


def _briefly(concern: Concern) -> Concern:
    """An earlier submission in three words, for a row has no room for more."""
    code = concern.key.removeprefix("submission:")
    if code == concern.key:
        return concern
    return _already(Submission.objects.get(code=code))


def _already(submission: Submission) -> Concern:
    said = gettext("Already registered %s.") % daywords.say_briefly(
        submission.created_at, language=get_language() or "sv"
    )
    return Concern(f"submission:{submission.code}", said, submission.get_absolute_url())


# --- A whole list -------------------------------------------------------------------------------


def check_list(visit: Visit, rows: list[Row]) -> list[Part]:
    """What the rows come to, in order; what is wrong stands in the rows. Skipped ones count not."""
    parts = []
    seen: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if row.skip:
            row.errors = {}
            continue
        valid = [form for form in check(visit, row) if form.is_valid()]
        parts += [Part(form.cleaned_data, form.typed()) for form in valid]
        _tell_twin(row, seen)
    return parts


def _tell_twin(row: Row, seen: dict[tuple[str, str, str], Row]) -> None:
    """The same person twice in the list."""
    key = (row.first_name.casefold(), row.last_name.casefold(), "".join(row.reach.split()))
    twin = seen.setdefault(key, row)
    if twin is not row and not row.errors:
        row.errors[""] = [gettext("The same as line %d. Leave one of them out.") % twin.line]
