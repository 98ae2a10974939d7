"""What the pickers offer out of the directories."""

from __future__ import annotations

from django.utils import timezone

from offices import choices
from offices.directory import learn_rows
from offices.models import ContactCategory, Estate, IntakeSource, Office, PredefinedTask
from offices.pickers import Choice
from tests.factories import make_colleague


def test_names_stand_in_the_order_of_the_swedish_alphabet(office: Office) -> None:
    for number, name in enumerate(["Örjan", "Åke", "Zara", "bo", "Ärla", "Alma"]):
        make_colleague(office, f"HAN{number}", name)

    names = [choice.label for choice in choices.colleagues(office)]
    assert names == ["Alma", "bo", "Zara", "Åke", "Ärla", "Örjan"]


def test_who_is_missing_and_who_is_elsewhere_is_not_offered(
    office: Office, neighbour_office: Office
) -> None:
    make_colleague(neighbour_office, "HAN1")
    gone = make_colleague(office, "HAN2")
    gone.missing_since = timezone.now()
    gone.save()

    assert choices.colleagues(office) == []


def test_a_home_is_offered_by_address_with_what_tells_it_apart(office: Office) -> None:
    values = {"address": "Storgatan 4", "area": "Rissne", "status": "Till salu", "number": "11-1"}
    learn_rows(Estate, office, {"OBJ1": values, "OBJ2": {}}, complete=True)

    assert choices.estates(office) == [
        Choice("OBJ2", "OBJ2"),
        Choice("OBJ1", "Storgatan 4", "Rissne · Till salu", "11-1"),
    ]


def test_a_category_that_vitec_sets_by_itself_is_never_offered(office: Office) -> None:
    rows = {
        "1": {"name": "VIP"},
        "2": {"name": "Köpare", "read_only": True},
        "3": {"name": "Bank", "of_companies": True},
    }
    learn_rows(ContactCategory, office, rows, complete=True)

    assert choices.categories(office) == [Choice("1", "VIP")]
    assert choices.categories(office, of_companies=True) == [Choice("3", "Bank")]


def test_tasks_and_sources_are_offered_by_name(office: Office) -> None:
    learn_rows(PredefinedTask, office, {"1": {"name": "Ring"}}, complete=True)
    learn_rows(IntakeSource, office, {"6": {"name": "Bank"}}, complete=True)

    assert choices.tasks(office) == [Choice("1", "Ring")]
    assert choices.intake_sources(office) == [Choice("6", "Bank")]
