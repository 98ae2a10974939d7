from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import people_lists

ANNA, BO = ("Anna", "Ek", "0701740605", ""), ("Bo", "von Essen", "", "bo@essen.se")

LISTS = [
    "Anna Ek 0701740605\nBo von Essen bo@essen.se",
    "\n\nAnna Ek 0701740605\r\n\r\n  Bo von Essen <bo@essen.se>\n",
    "Anna;Ek;0701740605\nBo;von Essen;bo@essen.se",
    "Anna,Ek,0701740605\nBo,von Essen,bo@essen.se",
    "Anna\tEk\t0701740605\nBo\tvon Essen\tbo@essen.se",
    "Anna Ek\t0701740605\nBo von Essen\tbo@essen.se",
    "Ek, Anna 0701740605\nvon Essen, Bo bo@essen.se",
    "Förnamn;Efternamn;Mobil;E-post\nAnna;Ek;0701740605;\nBo;von Essen;;bo@essen.se",
    "E-postadress;Telefon;Efternamn;Förnamn\n;0701740605;Ek;Anna\nbo@essen.se;;von Essen;Bo",
    "Nr,Namn,Mobilnr,Mail\n1,Anna Ek,0701740605,\n2,Bo von Essen,,bo@essen.se",
    "first name,last name,phone,e-mail\nAnna,Ek,0701740605,\nBo,von Essen,,bo@essen.se",
    '"Anna";"Ek";"0701740605"\n"Bo";"von Essen";"bo@essen.se"',
    "\ufeffFörnamn;Efternamn;Mobil;Tel;E-post\nAnna;Ek;;0701740605;\nBo;von Essen;;;bo@essen.se",
    "1;Anna;Ek;0701740605\n2;Bo;von Essen;bo@essen.se",
]


@pytest.mark.parametrize("text", LISTS)
def test_a_list_is_read_however_it_is_written(text: str) -> None:
    people = [one.person for one in people_lists.read(text)]

    assert [(p.first_name, p.last_name, p.phone, p.email) for p in people] == [ANNA, BO]


def test_a_line_keeps_its_number_and_text() -> None:
    [one] = people_lists.read("\nFörnamn;Efternamn\n\nAnna;Ek\n")

    assert (one.line, one.text) == (4, "Anna;Ek")


@pytest.mark.parametrize("text", ["", "  \n\n", ";;;\n,,,", "\0"])
def test_of_nothing_comes_nobody(text: str) -> None:
    assert people_lists.read(text) == []


def test_one_name_with_a_comma_is_no_table() -> None:
    [one] = people_lists.read("Ek, Anna")

    assert (one.person.first_name, one.person.last_name) == ("Anna", "Ek")


def test_a_mistyped_number_is_kept() -> None:
    [one] = people_lists.read("1;Anna;Ek;07")

    assert one.person.phone == "07"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_decoded(encoding: str) -> None:
    assert people_lists.decoded("Åsa Öberg".encode(encoding)).lstrip("\ufeff") == "Åsa Öberg"


@given(raw=st.binary(max_size=200))
def test_no_file_breaks_it(raw: bytes) -> None:
    for one in people_lists.read(people_lists.decoded(raw)):
        assert one.line > 0


@given(text=st.text(alphabet="ab;,\t\n\"'& 0@åÅ", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    people_lists.read(text)
