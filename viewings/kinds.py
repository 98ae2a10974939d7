"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from offices.person_form import PREFIX, person_names
from submissions.kinds import Kind, register
from viewings.effects import effects, known, traces
from viewings.forms import ParticipantForm
from viewings.payloads import ADD_PARTICIPANT, participant_call
from viewings.readback import READ_BACK
from viewings.wording import describe_participant

PARTICIPANT = register(
    Kind(
        key="viewings.add_participant",
        label=_("Viewing participant"),
        action=_("Add viewing participant"),
        icon="user-plus",
        url_name="viewings:new_participant",
        form_class=ParticipantForm,
        endpoint=ADD_PARTICIPANT,
        build=participant_call,
        describe=describe_participant,
        person=lambda data: data[PREFIX + "contact_id"],
        names=person_names,
        template="viewings/participant.html",
        effects=effects,
        traces=traces,
        known=known,
        read_back=READ_BACK,
    )
)
