"""The request bodies of the writes and of the searches that are posted, field by field.

Names, casing (misspellings included) and lengths are those of the vendor's model pages.
"""

from sandbox.validation import Choice, Fields, Flag, Items, Moment, Number, Spec, Text, Whole
from sandbox.vocabulary import (
    DAY_OF_WEEK,
    ESTATE_DATE_TYPE,
    ESTATE_LIST_TYPE,
    ESTATE_TYPE,
    HOUSING_FLAGS,
    MATCHING_WATCHED,
    MEETING_TYPE_CRITERIA,
    OBTAIN_THROUGH,
    RECURRENCE_PATTERN,
)

NOTE_LENGTH = 4000

COORDINATE: dict[str, Spec] = {
    "longitud": Number(least=-180, most=180, required=True),
    "latitud": Number(least=-90, most=90, required=True),
}
ADDRESS: dict[str, Spec] = {
    "streetAddress": Text(longest=68),
    "zipCode": Text(longest=15),
    "city": Text(longest=25),
    "countryCode": Text(longest=2),
}
RANGE: dict[str, Spec] = {"min": Number(least=0), "max": Number(least=0)}

PERSON: dict[str, Spec] = {
    "contactId": Text(longest=40),
    "customerId": Text(longest=40, required=True),
    "firstName": Text(longest=30),
    "lastName": Text(longest=30),
    "socialSecurityNumber": Text(longest=20),
    "isForeignSocialSecurityNumber": Flag(),
    "telePhone": Text(longest=17),
    "workPhone": Text(longest=17),
    "cellPhone": Text(longest=17),
    "otherPhone": Text(longest=17),
    "email": Fields(of={"emailAddress": Text(longest=100), "emailAddress2": Text(longest=100)}),
    "address": Fields(of=ADDRESS),
    "approval": Flag(),
    "approvalDate": Moment(),
    "gdprApprovalDate": Moment(),
    "obtainThrough": Choice(members=OBTAIN_THROUGH),
    "categoryIds": Items(of=Text()),
    "userId": Text(),
    "wishAdvertising": Flag(),
    "note": Text(longest=NOTE_LENGTH),
    "coordinate": Fields(of=COORDINATE),
    "task": Fields(
        of={
            "predefinedTaskId": Text(),
            "note": Text(longest=NOTE_LENGTH),
            "estateId": Text(),
            "assignedTo": Text(),
        }
    ),
    "customField": Fields(of={"name": Text(required=True), "value": Text()}),
    "leadScore": Whole(least=0, most=5),
}

GET_MEETINGS = Fields(
    of={
        "customerId": Text(longest=40, required=True),
        "dateFrom": Moment(required=True),
        "dateTo": Moment(required=True),
        "search": Flag(),
        "type": Choice(members=MEETING_TYPE_CRITERIA),
    }
)

COMEBACK = Fields(
    of={
        "date": Moment(required=True),
        "meetingId": Text(),
        "estateId": Text(),
        "participant": Fields(
            of={"userId": Text(), "userGroupId": Text(), "officeId": Text()},
        ),
        "note": Text(longest=NOTE_LENGTH),
    }
)

_BOOKING: dict[str, Spec] = {
    "participated": Flag(),
    "reminderTime": Whole(least=0),
    "smsReminder": Flag(),
    "mailConfirmation": Flag(),
    "smsConfirmation": Flag(),
    "contactMessage": Text(longest=NOTE_LENGTH),
    "leadSourceId": Text(),
    "options": Fields(
        of={"isDeadlineValidationEnabled": Flag(), "enableBookingLimitValidation": Flag()}
    ),
}
BOOK_EXISTING = Fields(of=_BOOKING)
BOOK_NEW = Fields(
    of={
        "updatePerson": Fields(of=PERSON, required=True),
        "returnBookingId": Flag(),
        **_BOOKING,
    }
)

LOOKING_FOR: dict[str, Spec] = {
    "id": Text(longest=40),
    "areaIds": Items(of=Text()),
    "countys": Items(of=Text()),
    "countryCode": Text(longest=2),
    "polygon": Items(of=Fields(of=COORDINATE)),
    "foreignProperty": Flag(),
    **{flag: Flag() for flag in HOUSING_FLAGS},
    "livingSpace": Fields(of=RANGE),
    "numberOfRooms": Fields(of=RANGE),
    "price": Fields(of=RANGE),
    "plotArea": Fields(of=RANGE),
    "specialRequset": Text(longest=NOTE_LENGTH),
    "increasedRequirementIDs": Items(of=Text()),
    "active": Flag(),
}

INTEREST = Fields(
    of={
        "updatePerson": Fields(of=PERSON, required=True),
        "lookingForAccommodations": Items(of=Fields(of=LOOKING_FOR), least=1, required=True),
        "presentAccommodation": Fields(
            of={
                "estateType": Choice(members=ESTATE_TYPE),
                "livingSpace": Number(least=0),
                "numberOfRooms": Number(least=0),
                "price": Number(least=0),
                "other": Text(longest=NOTE_LENGTH),
                "coordinate": Fields(of=COORDINATE),
            }
        ),
        "notifyUser": Flag(),
        "watched": Choice(members=MATCHING_WATCHED),
    }
)

UPDATE_PERSON = Fields(of=PERSON)

APPOINTMENT = Fields(
    of={
        "subject": Text(longest=255),
        "location": Text(longest=255),
        "startsAt": Moment(required=True),
        "endsAt": Moment(),
        "allDayEvent": Flag(),
        "note": Text(longest=NOTE_LENGTH),
        "recurrence": Flag(),
        "recurrencePattern": Choice(members=RECURRENCE_PATTERN),
        "recurrenceDayOfWeeks": Items(of=Choice(members=DAY_OF_WEEK)),
        "recurrenceInterval": Whole(least=1),
        "recurrenceMonth": Whole(least=1, most=12),
        "recurrenceDay": Whole(least=1, most=31),
    }
)

ESTATE_LIST = Fields(
    of={
        "customerId": Text(longest=40),
        "userId": Text(),
        "typeOfDate": Choice(members=ESTATE_DATE_TYPE),
        "dateFrom": Moment(),
        "dateTo": Moment(),
        "type": Items(of=Choice(members=ESTATE_LIST_TYPE)),
        "statuses": Items(of=Fields(of={"id": Text(), "name": Text()})),
        "countyMunicipalityCode": Text(),
        "onlyFutureViewings": Flag(),
    }
)
