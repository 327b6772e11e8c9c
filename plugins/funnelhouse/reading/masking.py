"""What of a cell may be shown: numbers and days as they are, anything that may be about a person only by its shape."""

from __future__ import annotations

import re

from funnelhouse.masks import mask_people
from funnelhouse.text import plain

_NUMBER = re.compile(r"[-+(]?[^\w\s]?\s?\d[\d.,'’\s]*\)?\s?(%|[A-Za-z]{3}|[^\w\s])?")
_DAY = re.compile(
    r"(?=.*\d)[\d\-/.,:\s+APMTZapmtz]{4,32}|\d{1,2}[ .-]*[^\W\d]{3,9}\.?[ ,.-]*\d{0,4}|"
    r"[^\W\d]{3,9}\.? \d{1,2},? ?\d{0,4}"
)
_PHONE = re.compile(r"\+?\(?\d[\d\s()/.-]{7,}\d")
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{8,14}")
LONGEST = 40


def shape(text: str) -> str:
    """The cell with every letter as `a` or `A` and every digit as `9`: `Ann +49 30` is `Aaa +99 99`."""
    shown = "".join(
        "9" if char.isdigit() else ("A" if char.isupper() else "a") if char.isalpha() else char for char in plain(text)
    )
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def shown_cell(text: str, kind: str) -> str:
    """A cell of a typed column that holds nothing personal, as it is if it looks like its type, else its shape."""
    text = plain(text)
    digits = sum(char.isdigit() for char in text)
    if kind in ("date", "timestamp") and len(text) <= LONGEST and _DAY.fullmatch(text):
        return text
    if kind in ("integer", "decimal", "precise", "rate") and digits < 10 and _NUMBER.fullmatch(text):
        return text
    if kind == "boolean" and len(text) <= 5:
        return text
    return shape(text)


def shown_text(text: str, longest: int = 200) -> str:
    """A label, title or fact: without e-mail addresses, telephone numbers and control characters, not endless."""
    text = mask_people("".join(char if char.isprintable() else " " for char in plain(text)))
    text = _PHONE.sub(lambda match: match[0] if _TIMES.search(match[0]) else "[phone]", text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
