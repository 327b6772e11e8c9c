"""What the cells of a column say about its type, its locale, and whether they are about people."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from funnelhouse.masks import EMAIL
from funnelhouse.reading.cells.dates import parse_date
from funnelhouse.reading.cells.numbers import read_number
from funnelhouse.reading.cells.sql_values import NULLS
from funnelhouse.reading.rows.profile import DECIMAL_TESTS
from funnelhouse.text import plain

_EMAIL = re.compile(EMAIL)
_PHONE = re.compile(r"\+?\(?\d[\d\s()/.-]{6,}\d")
_ISO = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(\D.*)?")
_NAME_LABEL = re.compile(
    r"\b(first|last|full|middle|sur|contact|customer|person|recipient|lead|subscriber|member)[ _-]?name\b|^name$|"
    r"vorname|nachname|prénom|nombre completo|apellido|cognome|achternaam|voornaam|họ và tên|họ tên|"
    r"^(contact|person|subscriber|recipient)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀ-ÞĐ][\w'’.-]*( [\w'’.-]+){0,3}")
_PHONE_LABEL = re.compile(
    r"phone|mobile|telefon|téléphone|teléfono|điện thoại|celular|fax|\btel\b|whatsapp", re.IGNORECASE
)
_OTHER_PERSONAL = re.compile(
    r"birth|geburt|street|straße|ip address|\bip\b|latitude|longitude|postal address", re.IGNORECASE
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "₫": "VND", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "zł": "PLN"}
"""Signs that stand for one currency only; a dollar or yen sign does not."""


@dataclass
class Evidence:
    """Counts over the filled cells of one column."""

    rows: int = 0
    filled: int = 0
    numbers: int = 0
    whole: int = 0
    percents: int = 0
    dates: int = 0
    times: int = 0
    emails: int = 0
    phones: int = 0
    different: int = 0
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    iso: int = 0
    dotted: int = 0
    comma: int = 0
    point: int = 0
    open_marks: int = 0
    symbols: Counter[str] = field(default_factory=Counter)
    names: int = 0

    def share(self, count: int) -> float:
        """Part of the filled cells."""
        return count / self.filled if self.filled else 0.0

    @property
    def kind(self) -> str:
        """date, timestamp, integer, decimal, rate or text: what the cells look like."""
        if self.share(self.dates) > 0.8:
            return "timestamp" if self.times > 0.5 * self.dates else "date"
        if self.share(self.numbers) > 0.8:
            if self.percents > 0.5 * self.numbers:
                return "rate"
            return "integer" if self.whole == self.numbers and not (self.comma or self.point) else "decimal"
        return "text"


def gather(cells: list[str]) -> Evidence:
    """Look at the cells of one column."""
    found = Evidence()
    seen = set()
    found.rows = len(cells)
    for cell in cells:
        text = plain(cell)
        if text.lower() in NULLS:
            continue
        found.filled += 1
        seen.add(text)
        _look(text, found)
    found.different = len(seen)
    return found


def _look(text: str, found: Evidence) -> None:
    if _EMAIL.search(text):
        found.emails += 1
        return
    if _date(text, found):
        return
    if _PHONE.fullmatch(text) and sum(char.isdigit() for char in text) >= 7 and re.search(r"[+\s()/-]", text):
        found.phones += 1
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            found.symbols[code] += 1
    style = "comma" if re.search(DECIMAL_TESTS["comma_strong"] + "|" + DECIMAL_TESTS["comma"], text) else "dot"
    letters = sum(char.isalpha() for char in text)
    if letters <= 3 and read_number(text, style) is not None:
        found.numbers += 1
        found.percents += "%" in text
        _marks(text, found)
        found.whole += not re.search(r"[.,]\d{1,2}\D*$|[.,]\d{4,}\D*$", text)
    elif _NAME.fullmatch(text):
        found.names += 1


def _date(text: str, found: Evidence) -> bool:
    if _ISO.fullmatch(text):
        found.dates += 1
        found.iso += 1
        found.times += ":" in text
        return True
    if match := _NUMERIC_DATE.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if first > 31 or second > 31 or (first > 12 and second > 12):
            return False
        found.dates += 1
        found.times += ":" in text
        found.dotted += match[2] == "."
        found.day_first += first > 12
        found.month_first += second > 12
        found.either += first <= 12 and second <= 12 and first != second
        return True
    if any(char.isalpha() for char in text) and len(text) <= 40 and re.search(r"\d", text):
        if len(re.findall(r"\d+", text)) >= 2 and parse_date(text) is not None:
            found.dates += 1
            found.iso += 1  # a month in words leaves no doubt
            found.times += ":" in text
            return True
    elif re.fullmatch(r"(19|20)\d{6}", text) and parse_date(text) is not None:
        found.dates += 1
        found.iso += 1
        return True
    return False


def _marks(text: str, found: Evidence) -> None:
    if "," not in text and "." not in text:
        return
    test = {name: bool(re.search(pattern, text)) for name, pattern in DECIMAL_TESTS.items()}
    found.comma += test["comma_strong"] or test["comma"]
    found.point += test["dot_strong"] or test["dot"]
    found.open_marks += test["open"]


def personal(label: str, evidence: Evidence) -> str | None:
    """email, phone, name or other if a column seems to be about people; None if not. Content goes before the label."""
    if evidence.share(evidence.emails) > 0.3:
        return "email"
    if evidence.share(evidence.phones) > 0.5 or _PHONE_LABEL.search(label):
        return "phone"
    if _NAME_LABEL.search(label) and (evidence.share(evidence.names) > 0.5 or not evidence.filled):
        return "name"
    if re.search(r"e-?mail|correo", label, re.IGNORECASE) and evidence.kind == "text" and evidence.emails:
        return "email"
    return "other" if _OTHER_PERSONAL.search(label) else None
