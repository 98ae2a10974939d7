"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from meetings.effects import comeback_effects, comeback_traces
from meetings.forms import ComebackForm
from meetings.many import MANY_COMEBACKS
from meetings.payloads import CREATE_COMEBACK, comeback_call, comeback_names, comeback_times
from meetings.readback import READ_BACK
from meetings.wording import describe_comeback
from submissions.kinds import Kind, register

COMEBACK = register(
    Kind(
        key="meetings.create_comeback",
        label=_("Comeback"),
        action=_("Create comeback"),
        icon="phone-call",
        url_name="meetings:new_comeback",
        form_class=ComebackForm,
        endpoint=CREATE_COMEBACK,
        build=comeback_call,
        describe=describe_comeback,
        person=lambda data: data["contact_id"],
        occurs=comeback_times,
        template="meetings/comeback.html",
        effects=comeback_effects,
        traces=comeback_traces,
        read_back=READ_BACK,
        names=comeback_names,
        many=MANY_COMEBACKS,
    )
)
