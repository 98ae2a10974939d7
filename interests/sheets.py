"""Areas and extra requirements as files; see `offices.importing`."""

from django.utils.translation import gettext_lazy as _

from interests.models import Area, ExtraRequirement
from offices.importing import Column, Sheet, register

AREAS = register(
    Sheet(
        key="areas",
        label=_("Areas"),
        model=Area,
        id_headers=("område-id", "id", "area id"),
        columns=(
            Column("name", ("namn", "name"), required=True),
            Column("county", ("lk-kod", "kommunkod", "county"), longest=20),
        ),
    )
)
EXTRA_REQUIREMENTS = register(
    Sheet(
        key="extra_requirements",
        label=_("Extra requirements"),
        model=ExtraRequirement,
        id_headers=("krav-id", "id", "requirement id"),
        columns=(Column("text", ("beskrivning", "text", "namn", "description"), required=True),),
    )
)
