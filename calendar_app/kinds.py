"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from calendar_app.forms import AppointmentForm
from calendar_app.many import MANY_EVENTS
from calendar_app.payloads import CREATE_APPOINTMENT, appointment_call, appointment_times
from calendar_app.sending import (
    appointment_concerns,
    appointment_effects,
    appointment_traces,
    event_links,
    split_appointment,
)
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
        # It stands in a colleague's calendar; only what it is about may concern a contact.
        person=lambda data: data.get("about_contact", ""),
        takes_contact=False,
        takes_topics=True,
        # What, when and in whose calendar.
        told_by=3,
        template="calendar_app/appointment.html",
        split=split_appointment,
        effects=appointment_effects,
        traces=appointment_traces,
        known=appointment_concerns,
        occurs=appointment_times,
        names=lambda data: {"user_id": data["user_id"]},
        links=event_links,
        many=MANY_EVENTS,
    )
)
