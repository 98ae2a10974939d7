"""The kinds of this app, one declaration each."""

from django.utils.translation import gettext_lazy as _

from interests.effects import interest_effects, interest_traces
from interests.forms import InterestForm
from interests.payloads import SEND_INTEREST, interest_call
from interests.wording import describe_interest
from offices.person_form import PREFIX
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
        template="interests/interest.html",
        exhibit="interests/_exhibit.html",
        effects=interest_effects,
        traces=interest_traces,
    )
)
