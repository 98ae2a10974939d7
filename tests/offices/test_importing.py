"""Files of directories: what is understood, what is refused, and that it is all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from offices import importing
from offices.directory import find_contacts, learn_rows
from offices.importing import Plan, UnreadableFile, all_sheets, find_sheet, plan, text_of
from offices.models import Colleague, Contact, ContactCategory, CustomField, Estate, Office
from offices.registry import all_lookups
from tests.factories import make_colleague, make_contact


def planned(office: Office, key: str, text: str) -> Plan:
    sheet = find_sheet(key)
    assert sheet
    return plan(office, sheet, text)


def imported(office: Office, key: str, text: str) -> Plan:
    sheet = find_sheet(key)
    assert sheet
    made = plan(office, sheet, text)
    assert made.problems == []
    importing.keep(office, sheet, made)
    return made


def problems(office: Office, key: str, text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in planned(office, key, text).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_file_as_a_spreadsheet_saves_it_is_read(office: Office, encoding: str, mark: str) -> None:
    text = f"Id{mark}Namn\r\nHAN1{mark}Åsa Öberg\r\n\r\nHAN2{mark}Bo Alm\r\n"

    imported(office, "colleagues", text_of(text.encode(encoding)))

    names = dict(Colleague.objects.values_list("vitec_id", "name"))
    assert names == {"HAN1": "Åsa Öberg", "HAN2": "Bo Alm"}


@pytest.mark.parametrize(
    "header", ["id;name", "Användar-ID;NAMN", "user_id; Name ", "användar id;namn"]
)
def test_columns_are_known_by_swedish_and_english_names(office: Office, header: str) -> None:
    imported(office, "colleagues", f"{header}\nHAN1;Bo")

    assert Colleague.objects.get().name == "Bo"


def test_quoted_cells_may_hold_the_mark_and_line_ends(office: Office) -> None:
    imported(office, "colleagues", 'id;namn;titel\nHAN1;"Alm; Bo";"Mäklare\noch chef"')

    row = Colleague.objects.get()
    assert (row.name, row.title) == ("Alm; Bo", "Mäklare\noch chef")


def test_it_says_what_is_new_changed_and_unchanged_and_changes_nothing(office: Office) -> None:
    make_colleague(office, "HAN1", "Bo Alm")
    make_colleague(office, "HAN2", "Eva Ek")

    made = planned(office, "colleagues", "id;namn\nHAN1;Bo Alm\nHAN2;Eva Bok\nHAN3;Ny")

    assert (made.new, made.changed, made.unchanged) == (["HAN3"], ["HAN2"], ["HAN1"])
    assert Colleague.objects.count() == 2
    assert Colleague.objects.get(vitec_id="HAN2").name == "Eva Ek"


def test_an_empty_cell_leaves_what_is_known(office: Office) -> None:
    learn_rows(Colleague, office, {"HAN1": {"name": "Bo", "title": "Mäklare"}}, complete=True)

    imported(office, "colleagues", "id;namn;titel\nHAN1;Bo Alm;")

    row = Colleague.objects.get()
    assert (row.name, row.title) == ("Bo Alm", "Mäklare")


def test_rows_that_the_file_does_not_name_are_left_alone(office: Office) -> None:
    make_colleague(office, "HAN1", "Bo Alm")

    imported(office, "colleagues", "id;namn\nHAN2;Eva Ek")

    assert not Colleague.objects.exclude(missing_since=None).exists()


def test_other_offices_rows_are_other_rows(office: Office, neighbour_office: Office) -> None:
    make_colleague(neighbour_office, "HAN1", "Greta")

    imported(office, "colleagues", "id;namn\nHAN1;Bo")

    assert Colleague.objects.get(office=neighbour_office).name == "Greta"


def test_ids_are_opaque_text_without_outer_spaces(office: Office) -> None:
    imported(office, "colleagues", "id;namn\n  00 17/å ;Bo")

    assert Colleague.objects.get().vitec_id == "00 17/å"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (";Bo", "användar-id: måste fyllas i."),
        ("HAN1;", "namn: måste fyllas i."),
        ("HAN1;" + "B" * 201, "namn: är längre än 200 tecken."),
        ("H" * 65 + ";Bo", "användar-id: är längre än 64 tecken."),
        ("HAN1;=cmd|' /C calc'!A1", "namn: får inte börja med ”=”."),
        ("HAN1;@SUM(A1)", "namn: får inte börja med ”@”."),
        ("HAN1;-cmd", "namn: får inte börja med ”-”."),
        ("HAN1;Bo\x07", "namn: innehåller ett tecken som inte kan visas."),
        ("HAN1;Bo;Alm", "Det finns fler celler än kolumner."),
    ],
)
def test_each_wrong_line_is_named_with_what_is_wrong(office: Office, line: str, said: str) -> None:
    found = problems(office, "colleagues", f"id;namn\nHAN9;Rätt\n{line}\n")

    assert found == [(3, said)]


WRONG_ID = "ser inte ut som ett id hos Vitec"


@pytest.mark.parametrize(
    "wrong",
    [
        "Anna Ek", "Storgatan 4", "anna@ek.se", "070-174 06 05", "0701740605", "18900101-9802",
        "189001019802", "Annan", "ADR 2", "ADR2/å",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("key", "header", "name"),
    [("contact_search", "id;namn", "kontakt-id"), ("estates", "id;adress", "objekt-id")],
)
def test_what_is_no_id_of_a_person_or_a_home_is_told_at_its_line_and_not_repeated(
    office: Office, key: str, header: str, name: str, wrong: str
) -> None:
    made = planned(office, key, f"{header}\nADR1;Ett\n{wrong};Två\nADR3;Tre\n")

    [problem] = made.problems
    assert problem.line == 3
    assert problem.text.startswith(f"{name}: {WRONG_ID}")
    assert wrong not in problem.text
    # The others are looked through all the same.
    assert made.new == ["ADR1", "ADR3"]


def test_the_home_of_a_viewing_is_named_by_its_id(office: Office) -> None:
    header = "tids-id;visnings-id;adress;datum;från;objekt-id"
    right = "T1;V1;Alvägen 1;2030-03-04;12:00;OBJ1"
    wrong = "T2;V2;Alvägen 2;2030-03-04;13:00;Alvägen 2"
    said = problems(office, "viewings", f"{header}\n{right}\n{wrong}")

    [(line, text)] = said
    assert line == 3
    assert text.startswith(f"objekt-id: {WRONG_ID}")


def test_an_id_that_stands_twice_is_refused(office: Office) -> None:
    found = problems(office, "colleagues", "id;namn\nHAN1;Bo\nHAN2;Eva\nHAN1;Bo igen")

    assert found == [(4, "Id:t står redan på rad 2.")]


def test_excels_mark_for_text_is_taken_off(office: Office) -> None:
    imported(office, "contact_search", "id;namn;mobil\nADR1;Anna;'+46701740605")

    assert Contact.objects.get().details["phones"] == ["070-174 06 05"]


def test_columns_that_are_not_known_are_named_and_left_out(office: Office) -> None:
    made = planned(office, "colleagues", "id;namn;lön\nHAN1;Bo;1")

    assert made.ignored == ["lön"]
    assert made.values == {"HAN1": {"name": "Bo"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Filen är tom."),
        ("\n\n", "Filen är tom."),
        ("namn;titel\nBo;x", "Saknas: användar-id"),
        ("id;id;namn\n1;2;3", "Två kolumner heter"),
        ('id;namn\n1;"Bo', "Rad 2 går inte att läsa"),
    ],
)
def test_a_file_without_a_usable_form_is_refused(office: Office, text: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        planned(office, "colleagues", text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x" * (importing.LARGEST + 1), "2 MB"),
        ("id;namn".encode("utf-16"), "ingen CSV-fil"),
        (b"PK\x03\x04\x00\x00", "ingen CSV-fil"),
        (b"id;namn\n1;\x81\x8d", "tecken går inte att läsa"),
    ],
)
def test_what_is_no_text_file_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        text_of(content)


def test_there_is_a_limit_to_rows(office: Office) -> None:
    lines = "\n".join(f"HAN{number};Bo" for number in range(importing.MOST_ROWS + 1))

    with pytest.raises(UnreadableFile, match="5000"):
        planned(office, "colleagues", f"id;namn\n{lines}")


def test_nothing_is_kept_when_it_fails_half_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = find_sheet("contact_search")
    assert sheet
    made = plan(office, sheet, "id;namn\nADR1;Anna\nADR2;Bo")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    make_contact(office, "ADR0")
    monkeypatch.setattr("offices.directory.search_terms.beginnings", fail)
    with pytest.raises(RuntimeError):
        importing.keep(office, sheet, made)

    assert list(Contact.objects.values_list("vitec_id", flat=True)) == ["ADR0"]


class TestContacts:
    def test_a_contact_is_found_by_what_the_file_said(self, office: Office) -> None:
        imported(
            office,
            "contact_search",
            "id;förnamn;efternamn;mobil;e-post;adress;postnummer;ort\n"
            "ADR1;Anna;Ek;0701740605;anna@example.se;Storgatan 4;172 65;Sundbyberg",
        )

        (contact,) = find_contacts(office, "anna storg")
        assert contact.details == {
            "name": "Anna Ek",
            "phones": ["070-174 06 05"],
            "email": "anna@example.se",
            "address": "Storgatan 4, 172 65 Sundbyberg",
        }

    def test_what_is_known_is_kept_where_the_file_says_nothing(self, office: Office) -> None:
        make_contact(office, "ADR1", "Anna Ek", "070-174 06 05")

        made = imported(office, "contact_search", "id;hemtelefon\nADR1;08-465 004 00")

        assert made.changed == ["ADR1"]
        details = Contact.objects.get().details
        assert details["name"] == "Anna Ek"
        assert details["phones"] == ["08-465 004 00", "070-174 06 05"]

    def test_the_same_file_again_changes_nothing(self, office: Office) -> None:
        text = "id;namn;mobil\nADR1;Anna Ek;0701740605"
        imported(office, "contact_search", text)

        assert planned(office, "contact_search", text).unchanged == ["ADR1"]

    def test_a_changed_file_is_kept_also_after_meetings_have_spoken(self, office: Office) -> None:
        imported(office, "contact_search", "id;namn\nADR1;Anna Ek")
        make_contact(office, "ADR1", "A. Ek")
        imported(office, "contact_search", "id;namn\nADR1;Anna Ek")

        assert Contact.objects.get().name == "Anna Ek"

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ("mobil\nADR1;12", "mobil: är inget telefonnummer."),
            ("e-post\nADR1;anna", "e-post: är ingen e-postadress."),
        ],
    )
    def test_what_cannot_reach_a_person_is_refused(
        self, office: Office, cells: str, said: str
    ) -> None:
        assert problems(office, "contact_search", f"id;{cells}") == [(2, said)]


def test_homes_fields_and_categories_come_with_all_their_columns(office: Office) -> None:
    imported(office, "estates", "id;adress;område;objektnummer;status\nOBJ1;Storgatan 4;Ör;7;Såld")
    imported(office, "custom_fields", "fältnamn;etikett;slag;gäller för\nlan;Lån;Boolean;Person, X")
    imported(office, "categories", "id;namn;skrivskyddad;för företag\n1;VIP;nej;\n2;Bank;ja;Ja")

    estate = Estate.objects.get()
    assert (estate.address, estate.area, estate.number) == ("Storgatan 4", "Ör", "7")
    assert estate.is_sold
    assert CustomField.objects.get().valid_for == ["Person", "X"]
    assert ContactCategory.objects.get(vitec_id="2").read_only
    assert not ContactCategory.objects.get(vitec_id="1").read_only


def test_yes_or_no_is_one_of_the_two(office: Office) -> None:
    found = problems(office, "categories", "id;namn;skrivskyddad\n1;VIP;kanske")

    assert found == [(2, "skrivskyddad: skriv ja eller nej.")]


@pytest.mark.parametrize("sheet", all_sheets(), ids=lambda sheet: sheet.key)
def test_every_sheet_belongs_to_a_look_up_and_can_be_begun_from_its_own_header(
    sheet: importing.Sheet, office: Office
) -> None:
    assert sheet.key in {lookup.key for lookup in all_lookups()}
    made = plan(office, sheet, ";".join(sheet.headers))
    assert (made.ignored, made.problems, made.values) == ([], [], {})
