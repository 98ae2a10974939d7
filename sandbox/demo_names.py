"""Names, streets and numbers that the demo data is drawn from; nobody and nothing real.

Telephone numbers come only from the series that PTS keeps free for fiction, personal numbers only
from Skatteverket's published test numbers, e-mail addresses only from the example domains.
"""

import re
import unicodedata
from random import Random


def _words(text: str) -> list[str]:
    """Return the words of *text*; an underscore stands for a space inside a name."""
    return [word.replace("_", " ") for word in text.split()]


FIRST_NAMES = _words(
    """
    Alva Åsa Örjan Åke Märta Björn Göran Kenny André Renée Désirée Linnéa José Håkan Pär Sören
    Torbjörn Jörgen Kjell Birgitta Gun-Britt Karl-Johan Anna-Lena Lars-Åke Eva-Karin Per-Olof
    Ann-Sofie Carl-Gustaf Britt-Marie Jan-Erik Ulla-Britt Sven-Göran Marie-Louise Stig-Arne
    Astrid Elsa Ebba Maja Saga Wilma Alice Vera Signe Ingrid Karin Kristina Elisabeth
    Margareta Helena Susanne Katarina Cecilia Sofia Matilda Johanna Malin Emma Sara Ida Hanna
    Frida Amanda Fatima Leila Zahra Amira Nour Mariam Aisha Svetlana Katarzyna Thi-Mai Yasmin
    Shirin Parisa Oscar Lucas William Hugo Elias Liam Nils Axel Gustav Erik Anders Johan
    Mikael Fredrik Magnus Henrik Mattias Daniel Marcus Robin Viktor Tobias Jonas Niklas Stefan
    Patrik Thomas Leif Bengt Ali Mohammed Hassan Omar Ahmad Yusuf Mehmet Goran Dragan Piotr
    Nguyen Arash Reza Samir Tariq
    """
)

LAST_NAMES = _words(
    """
    Åkesson Öberg Ågren Björklund Sjöström Lindström Bergström Nyström Hellström Söderberg
    Sjöberg Lundgren Forsgren Löfgren Holmgren Ekström Näslund Östlund Hägglund Höglund Åström
    Öhman Lindén Nordén Wallén Hallén Norén Lidén Rosén Sandén Linné Aronsson Bengtsson
    Claesson Danielsson Eliasson Fransson Gunnarsson Håkansson Isaksson Jakobsson Karlsson
    Larsson Magnusson Nilsson Olofsson Pettersson Robertsson Svensson Torstensson Ulfsson
    Viklund Westerberg Ytterström Zetterlund Bäckman Dahlén Engström Fält Grönlund Hedlund
    Jönsson Kjellén Lövgren Månsson Nygårds Palmér Qvarnström Rådberg Stålhammar Törnqvist
    Wååg Abdi Haddad Hosseini Jovanović Kowalski Nguyen Özdemir Rahimi Yılmaz Popović Said
    Demir von_Essenberg von_Grönhagen af_Trollebo de_la_Rosée Björk_Lindahl Ek-Sjögren
    Holm_Åberg Lind-Öqvist Ström_von_Rehn Al-Khalil
    """
)

STREETS = _words(
    """
    Ekgatan Lönnvägen Björkstigen Rönnvägen Hasselgatan Kaptensgränd Bryggargatan Fyrvägen
    Sjöutsikten Klockarvägen Smedjegatan Östra_Kvarngatan Norra_Ängsvägen Vallmovägen Åsgatan
    Blåklintsvägen Körsbärsgränd Tallbacken Furuhöjden Hamnmagasinsgatan Lotsgatan Gränsvägen
    Trädgårdsgången Källargränd Solhöjdsvägen Vinkelvägen Ängslyckan Öppnagatan
    """
)

# Published by Skatteverket as test numbers; they belong to nobody.
PERSONAL_NUMBERS = (
    "189001019802",
    "189001029819",
    "189001039800",
    "189001049817",
    "189001059808",
    "189001069815",
    "189001079806",
    "189001089813",
    "189001109819",
    "189001119800",
    "189001129817",
    "189001139808",
    "189001149815",
    "189001159806",
    "189001169813",
    "189001179804",
)

_MOBILE = range(1740605, 1740700)  # after 070
_STOCKHOLM = range(46500400, 46500500)  # after 08
_GOTHENBURG = range(3900600, 3900700)  # after 031
_MALMO = range(6280400, 6280500)  # after 040
_NORTH = range(319200, 319300)  # after 0980

# Spellings as really stored by brokers; the letters are the digits after the area code.
_MOBILE_SPELLINGS = (
    "070-{a}{b} {c} {d}",
    "070-17 {e} {f}",
    "+46 70 {a}{b} {c} {d}",
    "070{a}{b}{c}{d}",
    "+4670{a}{b}{c}{d}",
    "070 {a}{b} {c} {d}",
    "0046 70 {a}{b}{c}{d}",
    "(070) {a}{b}{c}{d}",
    "070/{a}{b}{c}{d}",
)


def mobile(rng: Random) -> str:
    """Return a mobile number for fiction in one of the spellings seen in real data."""
    digits = str(rng.choice(_MOBILE))
    return rng.choice(_MOBILE_SPELLINGS).format(
        a=digits[:1], b=digits[1:3], c=digits[3:5], d=digits[5:], e=digits[2:5], f=digits[5:]
    )


def landline(rng: Random, area: str) -> str:
    """Return a landline number for fiction with the area code *area* (08, 031, 040 or 0980)."""
    series = {"08": _STOCKHOLM, "031": _GOTHENBURG, "040": _MALMO, "0980": _NORTH}[area]
    digits = str(rng.choice(series))
    spelling = rng.choice(("{area}-{x} {y} {z}", "{area}{x}{y}{z}", "+46 {bare} {x}{y}{z}"))
    return spelling.format(area=area, bare=area[1:], x=digits[:-4], y=digits[-4:-2], z=digits[-2:])


def email(rng: Random, first: str, last: str) -> str:
    """Return an address at an example domain, made of the name without its accents."""
    domain = rng.choice(("example.se", "example.com", "example.org"))
    return f"{plain(first)}.{plain(last)}@{domain}"


def plain(name: str) -> str:
    """Return *name* in lower-case ASCII letters and full stops."""
    bare = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", ".", bare.lower()).strip(".")
