"""The people who become leads and contacts: invented names, `.example` addresses, fictional telephone numbers.

A person is a function of seed, number and market, so nobody has to be remembered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sample_company.chance import Chance

_NAMES = {
    "US": (
        (
            "Avery",
            "Jordan",
            "Casey",
            "Morgan",
            "Riley",
            "Hannah",
            "Trevor",
            "Monica",
            "Luis",
            "Priya",
            "Derek",
            "Nora",
        ),
        (
            "Halloran",
            "Castellano",
            "Beckwith",
            "Nakamura",
            "O'Dell",
            "Pemberton",
            "Quintero",
            "Abernathy",
            "Sloane",
        ),
    ),
    "DE": (
        (
            "Jürgen",
            "Annika",
            "Matthias",
            "Käthe",
            "Björn",
            "Ulrike",
            "Florian",
            "Heike",
            "Torsten",
            "Lena",
            "René",
        ),
        (
            "Müllenbach",
            "Großmann",
            "Schönfeld",
            "Bäuerle",
            "Köhlmeier",
            "Weißenfels",
            "Rüttgers",
            "Tiedemann",
        ),
    ),
    "VN": (
        (
            "Minh Anh",
            "Duc Huy",
            "Thanh Mai",
            "Hoang Nam",
            "Bao Chau",
            "Gia Khanh",
            "Ngoc Diep",
            "Quoc Viet",
            "Phuong",
        ),
        ("Nguyen", "Huynh", "Vo", "Bui", "Duong", "Ly", "Ngo", "Truong", "Phan"),
    ),
}
_COMPANIES = {
    "US": (
        ("Cedar", "Granite", "Harbor", "Prairie", "Summit", "Juniper"),
        ("Freight", "Dental", "Foods", "Learning"),
    ),
    "DE": (
        ("Kronberg", "Elbtal", "Nordlicht", "Eichen", "Rhein"),
        ("Logistik", "Möbel", "Werkzeuge", "Technik"),
    ),
    "VN": (
        ("Sao Mai", "Song Han", "Truong Son", "Hoa Sen"),
        ("Trading", "Logistics", "Textile", "Education"),
    ),
}
_SUFFIX = {"US": "Inc", "DE": "GmbH", "VN": "Co Ltd"}
_TITLES = ("Head of Sales", "Operations Manager", "Owner", "Marketing Director", "IT Manager", "Buyer")
_ASCII = str.maketrans({"ü": "ue", "ä": "ae", "ö": "oe", "ß": "ss", "é": "e", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True)
class Person:
    """One person outside the company."""

    key: str
    first_name: str
    last_name: str
    email: str
    phone: str
    company: str
    title: str


def person(seed: int, number: int, market: str) -> Person:
    """The person with this number; the e-mail address is unique to the number."""
    chance = Chance(seed, "person", number)
    first, last = (chance.pick(names) for names in _NAMES[market])
    head, tail = (chance.pick(parts) for parts in _COMPANIES[market])
    company = f"{head} {tail} {number % 97 + 1} {_SUFFIX[market]}"
    local = f"{first}.{last}".translate(_ASCII).lower().replace(" ", "").replace("'", "")
    domain = f"{head}-{tail}".translate(_ASCII).lower().replace(" ", "-")
    return Person(
        key=f"P{number:08d}",
        first_name=first,
        last_name=last,
        email=f"{local}.{number}@{domain}.example",
        phone=_phone(chance, market),
        company=company,
        title=chance.pick(_TITLES),
    )


def _phone(chance: Chance, market: str) -> str:
    if market == "US":
        return f"+1{chance.pick(('212', '312', '415', '617', '737'))}55501{chance.between(0, 99):02d}"
    if market == "DE":
        return f"+493023125{chance.between(0, 999):03d}"
    return f"+84285550{chance.between(0, 9999):04d}"
