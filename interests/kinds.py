"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from interests.effects import interest_effects, interest_traces
from interests.forms import InterestForm
from interests.payloads import SEND_INTEREST, interest_call
from interests.readback import READ_BACK
from interests.wording import describe_interest
from offices.person_form import PREFIX, person_names
from submissions.kinds import Kind, register

INTEREST = register(
    Kind(
        key="interests.send_interest",
        label=_("Area interest"),
        action=_("Register area interest"),
        icon="map-search",
        url_name="interests:new_interest",
        form_class=InterestForm,
        endpoint=SEND_INTEREST,
        build=interest_call,
        describe=describe_interest,
        person=lambda data: data[PREFIX + "contact_id"],
        names=person_names,
        template="interests/interest.html",
        exhibit="interests/_exhibit.html",
        effects=interest_effects,
        traces=interest_traces,
        read_back=READ_BACK,
        linked_by_name=True,
    )
)
