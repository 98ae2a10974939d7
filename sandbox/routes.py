"""The table of calls: method, path, the name that faults and the log use, and the handler."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from sandbox import (
    appointments,
    contact_lookups,
    estate_lookups,
    interests,
    list_lookups,
    meetings,
    office_lookups,
    participants,
    viewing_lookups,
)
from sandbox.calls import Handler

# The five calls, and the one name of everything else.
MEETINGS = "meetings"
COMEBACK = "comeback"
PARTICIPANT = "participant"
INTEREST = "interest"
APPOINTMENT = "appointment"
LOOKUPS = "lookups"
ENDPOINTS = (MEETINGS, COMEBACK, PARTICIPANT, INTEREST, APPOINTMENT, LOOKUPS)


@dataclass(frozen=True)
class Route:
    """One call; fixed parts of the path match in any case."""

    method: str
    path: str
    endpoint: str
    handler: Handler

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern with one group per parameter."""
        parts = re.split(r"\{(\w+)\}", self.path)
        text = "".join(
            f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
        return re.compile(text + "/?", re.IGNORECASE)


_CONTACT = "/CRM/Contact/{customerId}"
_SLOT = "/Viewing/{customerId}/{viewingId}/{timeSlotId}/Participant"

# Fixed paths stand before those with a parameter in the same place.
ROUTES = (
    Route("POST", "/Meeting/GetMeetings", MEETINGS, meetings.get_meetings),
    Route("POST", "/Meeting/Comeback/{customerId}/{contactId}", COMEBACK, meetings.create_comeback),
    Route("POST", _SLOT, PARTICIPANT, participants.book_new),
    Route(
        "POST",
        "/Viewing/{viewingId}/{timeSlotId}/Participant",
        PARTICIPANT,
        participants.book_new_twin,
    ),
    Route("POST", _SLOT + "/{contactId}", LOOKUPS, participants.book_existing),
    Route("DELETE", _SLOT + "/{contactId}", LOOKUPS, participants.remove),
    Route("POST", "/Interest/SendInterestAndContactOnArea", INTEREST, interests.send_interest),
    Route("POST", "/Appointment/{customerId}/{id}", APPOINTMENT, appointments.create_appointment),
    Route("GET", "/Meeting/{customerId}/{id}", LOOKUPS, meetings.get_meeting),
    Route("GET", "/Office/GetOffice", LOOKUPS, office_lookups.get_office),
    Route("GET", "/CRM/Officegroups/{customerId}", LOOKUPS, office_lookups.office_groups),
    Route("GET", "/User/GetUser", LOOKUPS, office_lookups.public_users),
    Route("GET", "/User/GetAllUsers", LOOKUPS, office_lookups.all_users),
    Route("GET", "/CRM/Usergroups/{customerId}", LOOKUPS, office_lookups.user_groups),
    Route("GET", _CONTACT, LOOKUPS, contact_lookups.contact_ids),
    Route("GET", _CONTACT + "/Search", LOOKUPS, contact_lookups.search),
    Route(
        "GET", _CONTACT + "/search/SocialNumber", LOOKUPS, contact_lookups.search_personal_number
    ),
    Route("GET", _CONTACT + "/Person", LOOKUPS, contact_lookups.persons),
    Route("GET", _CONTACT + "/Person/{contactId}", LOOKUPS, contact_lookups.person),
    Route(
        "GET",
        _CONTACT + "/SearchProfile/SearchProfileValues",
        LOOKUPS,
        interests.search_profile_values,
    ),
    Route("GET", _CONTACT + "/SearchProfile/{contactId}", LOOKUPS, interests.search_profiles),
    Route(
        "GET",
        _CONTACT + "/SearchProfile/{contactId}/{searchprofileId}",
        LOOKUPS,
        interests.search_profiles,
    ),
    Route("DELETE", _CONTACT + "/SearchProfile/{id}", LOOKUPS, interests.delete_search_profile),
    Route("GET", _CONTACT + "/{contactId}/Meeting", LOOKUPS, meetings.contact_meetings),
    Route("GET", _CONTACT + "/{contactId}/ComebackMeeting", LOOKUPS, meetings.contact_comebacks),
    Route("GET", _CONTACT + "/{contactId}", LOOKUPS, contact_lookups.contact),
    Route("GET", "/Contacts/GetContactsWithPhonenumber", LOOKUPS, contact_lookups.by_phone),
    Route("POST", "/Contacts/UpdatePerson", LOOKUPS, interests.update_person),
    Route("POST", "/Estate/GetEstateList", LOOKUPS, estate_lookups.estate_list),
    Route("POST", "/Estate/GetStatuses", LOOKUPS, estate_lookups.statuses),
    Route("GET", "/Viewing/{customerId}/{estateId}", LOOKUPS, viewing_lookups.viewings),
    Route("GET", "/Viewing/{estateId}", LOOKUPS, viewing_lookups.viewings_twin),
    Route(
        "GET",
        "/ViewingParticipant/{customerId}/{contactId}/{viewingId}",
        LOOKUPS,
        viewing_lookups.follow_ups,
    ),
    Route("GET", "/CRM/Report/{customerId}/ViewingParticipant", LOOKUPS, viewing_lookups.report),
    Route("GET", "/Area/GetAreas", LOOKUPS, list_lookups.areas),
    Route("GET", "/Advertising/Area/{customerId}", LOOKUPS, list_lookups.area_ids),
    Route("GET", "/Advertising/Area/{customerId}/{areaId}", LOOKUPS, list_lookups.area),
    Route("GET", "/Municipality", LOOKUPS, list_lookups.municipalities),
    Route("GET", "/CRM/Lead/{customerId}/LeadSources", LOOKUPS, list_lookups.lead_sources),
    Route(
        "GET",
        "/CRM/Estate/{customerId}/AssignmentSources",
        LOOKUPS,
        list_lookups.assignment_sources,
    ),
    Route("GET", "/Category/GetCategories", LOOKUPS, list_lookups.categories),
    Route("GET", "/Task/GetTasks", LOOKUPS, list_lookups.tasks),
    Route("GET", "/IncreasedRequirement/{customerId}", LOOKUPS, list_lookups.requirements),
    Route("GET", "/CustomField/Get", LOOKUPS, list_lookups.custom_fields),
)


def find(method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    """Return the route of a raw (still encoded) path, and its decoded parameters."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path) if route.method == method else None
        if match:
            return route, {name: unquote(value) for name, value in match.groupdict().items()}
    return None, {}


def path_exists(path: str) -> bool:
    """Tell whether any method knows the path (405 instead of 404)."""
    return any(route.pattern.fullmatch(path) for route in ROUTES)
