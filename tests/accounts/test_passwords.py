"""Which passwords nobody can choose, however long they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import passwords
from offices.models import Office, User
from tests.accounts.test_sign_in import PASSWORD
from tests.factories import make_office

GOOD = "korrekt häst batteri"


def sha1(word: str) -> str:
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()


def codes(password: str, user: User | None = None) -> set[str | None]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "vitecportal2026",
        "V1tecPort@l!!!",
        "Mäklare-123456",
        "maklarekontor1",
        "fastighetsMÄKLARE",
        "l ö s e n o r d 2 0 2 6",
        "sommar2026sommar",
        "vitec134513451345",
    ],
)
def test_words_that_anybody_would_try_here_are_refused(db: None, password: str) -> None:
    assert "password_of_the_house" in codes(password)


@pytest.mark.parametrize("password", [GOOD, "mäklaren dansar tango på taket", "Xk3!vitecQp9zWmRt"])
def test_one_that_says_more_than_such_a_word_is_taken(db: None, password: str) -> None:
    assert codes(password) == set()


def test_an_offices_name_and_number_and_the_agencys_own_words_count(db: None, settings) -> None:
    make_office("M40123", "Granbergs Hörna")
    assert "password_of_the_house" in codes("granbergs2026")
    assert "password_of_the_house" in codes("M40123M40123!")
    assert codes("drömhemmet2026") == set()
    settings.PASSWORD_WORDS = ["drömhemmet"]
    assert codes("drömhemmet2026") == {"password_of_the_house"}


@pytest.mark.parametrize(
    "password", ["qwertyuiop12345", "2026!!football!!", "dragondragondragon", "1q2w3e4r5t6y"]
)
def test_a_common_one_that_is_dressed_up_is_refused(db: None, password: str) -> None:
    assert "password_too_common" in codes(password)


def test_far_more_common_ones_of_the_length_are_refused_than_the_list_has(db: None) -> None:
    """ASVS 6.2.4 asks for three thousand that are as long as a password must be."""
    check = passwords.NotCommon()
    words = [word for word in sorted(check.passwords) if word.isalpha()][:3000]
    assert len(words) == 3000
    for word in words:
        with pytest.raises(ValidationError):
            check.validate(f"{word}2026!2026!2026!"[: max(12, len(word) + 5)])


class TestStolen:
    WORDS = (GOOD, "en annan lång mening", *(f"ord nummer {number}" for number in range(300)))

    @pytest.fixture
    def file(self, tmp_path: Path, settings) -> Path:
        lines = sorted(f"{sha1(word)}:{len(word) ** 5}" for word in self.WORDS)
        path = tmp_path / "stolen.txt"
        path.write_text("\r\n".join(lines))
        settings.BREACHED_PASSWORDS = str(path)
        return path

    def test_each_line_of_the_file_is_found_and_nothing_else(self, db: None, file: Path) -> None:
        for word in self.WORDS:
            assert "password_stolen" in codes(word)
        for number in range(300):
            assert "password_stolen" not in codes(f"annat ord nummer {number}")

    def test_without_a_file_nothing_is_asked(self, db: None) -> None:
        assert codes(GOOD) == set()

    @pytest.mark.parametrize("content", ["", "\n", "0" * 40])
    def test_a_file_of_nothing_finds_nothing(self, db: None, file: Path, content: str) -> None:
        file.write_text(content)
        assert codes(GOOD) == set()

    def test_a_file_that_has_gone_lets_nothing_through(self, db: None, file: Path) -> None:
        file.unlink()
        with pytest.raises(FileNotFoundError):
            codes(GOOD)


@pytest.mark.parametrize("password", ["vitecportal2026", "football!2026!"])
def test_who_changes_theirs_is_told_at_the_field(
    bokare: User, as_bokare: Client, office: Office, password: str
) -> None:
    posted = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = as_bokare.post(reverse("account_change_password"), posted)
    assert "errorlist" in answer.content.decode()
    bokare.refresh_from_db()
    assert bokare.check_password(PASSWORD)


def test_a_long_one_of_any_signs_is_kept_to_the_last_sign(bokare: User, as_bokare: Client) -> None:
    """ASVS 6.2.5, 6.2.8, 6.2.9: nothing is cut off, changed in case or asked for."""
    long = " Åäö ☃ " + "lång mening utan slut " * 5
    posted = {"oldpassword": PASSWORD, "password1": long, "password2": long}
    as_bokare.post(reverse("account_change_password"), posted)
    bokare.refresh_from_db()
    assert bokare.check_password(long)
    assert not bokare.check_password(long[:-1])
    assert not bokare.check_password(long.lower())


def test_a_change_asks_for_the_present_one(bokare: User, as_bokare: Client) -> None:
    posted = {"oldpassword": "fel", "password1": GOOD, "password2": GOOD}
    as_bokare.post(reverse("account_change_password"), posted)
    bokare.refresh_from_db()
    assert bokare.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["account_login", "account_change_password"])
def test_its_fields_are_masked_and_open_to_a_password_manager(as_bokare: Client, name: str) -> None:
    client = Client() if name == "account_login" else as_bokare
    page = client.get(reverse(name)).content.decode()
    assert 'type="password"' in page
    assert "current-password" in page
    assert "onpaste" not in page


def test_each_rule_is_told_before_one_is_broken(as_bokare: Client) -> None:
    page = as_bokare.get(reverse("account_change_password")).content.decode()
    assert "minst 12 tecken" in page
    assert "ord ur branschen" in page
    assert "stulet" in page
    assert "<li></li>" not in page
