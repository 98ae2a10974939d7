"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from calendar_app.forms import AppointmentForm
from calendar_app.payloads import CREATE_APPOINTMENT, appointment_call
from calendar_app.wording import describe_appointment
from submissions.kinds import Kind, register

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
        takes_contact=False,
        template="calendar_app/appointment.html",
    )
)
