"""Is a row of an unknown table its header? To be known before its texts are shown: data can be about a person."""

from __future__ import annotations

import re

from funnelhouse.reading.cells.dates import parse_date
from funnelhouse.reading.cells.numbers import read_number
from funnelhouse.text import label_keys, plain

_PERSONAL = re.compile(r"@|^\+?[\d\s()/.-]{7,}$")
LOOK_AT = 200


def looks_like_data(cell: str) -> bool:
    """True for a number, a day, an e-mail address or a telephone number."""
    text = plain(cell)
    if _PERSONAL.search(text):
        return True
    if not any(char.isdigit() for char in text):
        return False
    letters = sum(char.isalpha() for char in text)
    return (letters <= 3 and read_number(text, "dot") is not None) or (len(text) <= 30 and parse_date(text) is not None)


def header_row(rows: list[list[str]], known: set[str]) -> int | None:
    """Index of the header among the first rows of an unknown table; None if there is none to be sure of.

    `known` are label keys that some contract knows. A header has two or more different labels, none of them data, and
    either two known labels or, below it, rows of its width with data in some column.
    """
    width = max((sum(bool(cell.strip()) for cell in row) for row in rows), default=0)
    for index, row in enumerate(rows[:60]):
        keys = [key for key in label_keys(row) if key]
        if len(keys) < 2 or len(keys) < 0.6 * width or any(looks_like_data(cell) for cell in row):
            continue
        if len({key for key in keys if "__" not in key}) < 0.7 * len(keys):
            continue
        if len(known.intersection(keys)) >= 2 or _has_data_below(rows[index + 1 : index + LOOK_AT], len(row)):
            return index
    return None


def _has_data_below(rows: list[list[str]], width: int) -> bool:
    body = [row for row in rows if len(row) == width and sum(bool(cell.strip()) for cell in row) > 1]
    if not body:
        return False
    for index in range(width):
        filled = [row[index] for row in body if row[index].strip()]
        if filled and sum(map(looks_like_data, filled)) > 0.6 * len(filled):
            return True
    return False
