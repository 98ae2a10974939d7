"""The brokerage's own reference lists, as the look-ups of Vitec Connect answer them.

The ids are those of the practice brokerage; only a few statuses have ids seen in the real system.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

Rows = list[dict[str, Any]]

# 2, 3, 4 and 10 are ids of the real system, the others are invented.
STATUSES: dict[str, str] = {
    "1": "Under intag",
    "2": "Intaget",
    "3": "Till salu",
    "4": "Såld",
    "5": "Vilande",
    "6": "Kommande",
    "7": "Återtagen",
    "10": "Såld/Referensobjekt",
}

ASSIGNMENT_SOURCES: dict[int, str] = {
    1: "Hemsidan",
    2: "Rekommendation",
    3: "Tidigare kund",
    4: "Visning",
    5: "Annonsering",
    6: "Bank",
    7: "Kall bearbetning",
    8: "Spekulant med eget boende",
    9: "Övrigt",
}

# ProspectiveLogFlow is believed to mean "without a work flow".
LEAD_SOURCES: Rows = [
    {"id": "11", "name": "Visningsanmälan hemsidan", "leadType": "AcceptObjectFlow"},
    {"id": "12", "name": "Telefon", "leadType": "ContactContactFlow"},
    {"id": "13", "name": "Kontoret", "leadType": "ContactContactFlow"},
    {"id": "14", "name": "Öppen visning", "leadType": "ProspectiveLogFlow"},
    {"id": "15", "name": "Portalen", "leadType": "ProspectiveLogFlow"},
]

PERSON_CATEGORIES: Rows = [
    {"id": "101", "name": "Spekulant", "readOnly": False},
    {"id": "102", "name": "Säljare", "readOnly": True},
    {"id": "103", "name": "Köpare", "readOnly": True},
    {"id": "104", "name": "Nyhetsbrev", "readOnly": False},
    {"id": "105", "name": "VIP", "readOnly": False},
    {"id": "106", "name": "Förhandsvisning", "readOnly": False},
]
COMPANY_CATEGORIES: Rows = [
    {"id": "201", "name": "Bank", "readOnly": False},
    {"id": "202", "name": "Styling och foto", "readOnly": False},
]

TASKS: Rows = [
    {"id": "301", "description": "Ring upp kontakten"},
    {"id": "302", "description": "Skicka värdeintyg"},
    {"id": "303", "description": "Boka intagsmöte"},
    {"id": "304", "description": "Skicka budgivningsinformation"},
]

REQUIREMENTS: Rows = [
    {"id": "401", "text": "Balkong", "validForTypes": ["HousingCooperative", "Condominium"]},
    {"id": "402", "text": "Hiss", "validForTypes": ["HousingCooperative", "Condominium"]},
    {"id": "403", "text": "Garage", "validForTypes": ["House", "Condominium"]},
    {"id": "404", "text": "Sjöutsikt", "validForTypes": ["House", "Cottage", "Plot"]},
    {
        "id": "405",
        "text": "Öppen spis",
        "validForTypes": ["House", "Cottage"],
    },
]

CUSTOM_FIELDS: Rows = [
    {"label": "Lånelöfte", "name": "lanelofte", "type": "Boolean", "validFor": ["Person"]},
    {"label": "Tidigare bank", "name": "bank", "type": "String", "validFor": ["Person"]},
    {"label": "Skofri visning", "name": "skofri", "type": "Boolean", "validFor": ["Estate"]},
]

MUNICIPALITIES: dict[str, str] = {
    "0114": "Upplands Väsby",
    "0120": "Värmdö",
    "0123": "Järfälla",
    "0126": "Huddinge",
    "0127": "Botkyrka",
    "0138": "Tyresö",
    "0160": "Täby",
    "0162": "Danderyd",
    "0163": "Sollentuna",
    "0180": "Stockholm",
    "0181": "Södertälje",
    "0182": "Nacka",
    "0183": "Sundbyberg",
    "0184": "Solna",
    "0186": "Lidingö",
    "0188": "Norrtälje",
    "0380": "Uppsala",
    "1280": "Malmö",
    "1401": "Härryda",
    "1402": "Partille",
    "1407": "Öckerö",
    "1480": "Göteborg",
    "1481": "Mölndal",
    "1482": "Kungälv",
    "2584": "Kiruna",
}

SEARCH_PROFILE_VALUES: dict[str, Any] = {
    "selectableResidentialSubtypes": [
        "Apartment",
        "House",
        "TownHouse",
        "Plot",
        "Cottage",
        "Other",
    ],
    "selectableFarmSubtypes": ["AgricultureProperty", "ForestProperty"],
    "selectableForeignSubtypes": ["Apartment", "House", "Plot"],
    "selectableCommercialSubtypes": ["Office", "Store", "Warehouse"],
    "selectablePremisesSubtypes": ["Office", "Store", "Warehouse"],
    "domesticPriceSteps": [step * 500_000 for step in range(1, 31)],
    "foreignPriceSteps": [step * 50_000 for step in range(1, 21)],
    "roomSteps": [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8],
    "livingAreaSteps": list(range(20, 260, 10)),
    "monthlyFeeSteps": list(range(1000, 10500, 500)),
    "plotAreaSteps": [250, 500, 750, 1000, 1500, 2000, 5000, 10000],
    "farmAreaStepsHectare": [1, 5, 10, 20, 50, 100],
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the Stockholm wall-clock time of a day."""
    return datetime.combine(day, time(hour, minute))


def weekday_near(day: date) -> date:
    """Return *day*, or the Friday before or Monday after a weekend."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
