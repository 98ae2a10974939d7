"""The enumerations of Vitec Connect: name to number, as the vendor's model pages list them."""

Enum = dict[str, int]


def _numbered(names: str, start: int = 0) -> Enum:
    return {name: number for number, name in enumerate(names.split(), start)}


MEETING_TYPE_CRITERIA = _numbered("Assignment Viewing All", 1)
MATCHING_WATCHED = _numbered("Yes No NotAsked")
OBTAIN_THROUGH = _numbered("Interest Phone Visit Agreement Other Email NotAsked")
RECURRENCE_PATTERN = _numbered("Daily Weekly Monthly Yearly")
DAY_OF_WEEK = _numbered("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
ESTATE_TYPE = _numbered(
    "House RowHouse HousingCooperative Cottage Plot AgricultureProperty Tenancy OtherHousing "
    "CommercialProperty Condominium"
)
ESTATE_DATE_TYPE = _numbered("None DateChanged ViewingDate SignatureDate AccessDate")

# One list per kind of property in Estate/GetEstateList; the odd spellings are the vendor's.
ESTATE_LISTS = {
    "House": "houses",
    "Cottage": "cottages",
    "HousingCooperative": "housingCooperativeses",
    "Plot": "plots",
    "Project": "projects",
    "Farm": "farms",
    "CommercialProperty": "commercialPropertys",
    "Condominium": "condominiums",
    "Foreignproperty": "foreignProperties",
    "Premises": "premises",
}
ESTATE_LIST_TYPE = _numbered(" ".join(ESTATE_LISTS))

HOUSING_FLAGS = (
    "house",
    "rowHouse",
    "housingCooperative",
    "cottage",
    "premises",
    "plot",
    "farm",
    "tenancy",
    "otherHousing",
)

# The two first digits of an LK code (län); 02, 11, 15 and 16 are not in use.
COUNTY_CODES = frozenset(
    f"{code:02d}" for code in (1, *range(3, 11), *range(12, 15), *range(17, 26))
)
