"""The kinds of this app, one declaration each."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calendar_app.forms import AppointmentForm
from calendar_app.payloads import CREATE_APPOINTMENT, appointment_call, appointment_times
from calendar_app.wording import describe_appointment
from submissions.kinds import Kind, Link, register
from submissions.models import State, Submission


def event_links(submission: Submission) -> list[Link]:
    """The event as a file, as long as it is or may come to be."""
    if not submission.key or submission.state == State.CANCELLED:
        return []
    url = reverse("calendar_app:event_file", args=[submission.code])
    return [Link(_("To a calendar of your own (.ics)"), url, icon="calendar-down")]


APPOINTMENT = register(
    Kind(
        key="calendar_app.create_appointment",
        label=_("Calendar event"),
        action=_("Create calendar event"),
        icon="calendar-plus",
        url_name="calendar_app:new_appointment",
        form_class=AppointmentForm,
        endpoint=CREATE_APPOINTMENT,
        build=appointment_call,
        describe=describe_appointment,
        # It stands in a colleague's calendar and concerns no contact.
        person=lambda _data: "",
        occurs=appointment_times,
        links=event_links,
        takes_contact=False,
        template="calendar_app/appointment.html",
    )
)
