"""The lead sources as a file; see `offices.importing`."""

from django.utils.translation import gettext_lazy as _

from offices.importing import Column, Sheet, register
from viewings.models import LeadSource

LEAD_SOURCES = register(
    Sheet(
        key="lead_sources",
        label=_("Lead sources"),
        model=LeadSource,
        id_headers=("käll-id", "id", "source id"),
        columns=(Column("name", ("namn", "beskrivning", "name", "description"), required=True),),
    )
)
