"""The one writer of CSV that people open: cells that a spreadsheet would execute become texts, numbers stay numbers.

Exports carry the text of strangers (campaign names, forms, subjects), and who corrects a rejected row opens it in a
spreadsheet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import IO, Any

_FORMULA = re.compile("[\\s\\x00\u00a0\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n]")
"""What a formula begins with, full-width forms included; spreadsheets overlook blanks in front of it."""

_NUMBER = re.compile(r"[+-]?(\d[\d ,.'\u00a0\u202f]*|\.\d+)([eE][+-]?\d{1,3})?\s?%?")


def neutral(value: Any) -> Any:
    """The value so that no spreadsheet executes it: an apostrophe in front of a text that begins like a formula.

    Numbers, also when they are written as text (`-5`, `+1,234.50`, `-3.5%`), stay as they are.
    """
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return "'" + value


def write_csv(sink: IO[str], header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> None:
    """Write a table for people, neutral cell by cell."""
    writer = csv.writer(sink)
    writer.writerow([neutral(name) for name in header])
    for row in rows:
        writer.writerow([neutral(value) for value in row])
