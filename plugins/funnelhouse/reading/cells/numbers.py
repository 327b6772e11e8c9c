"""A number cell, read by itself: totals, cells of a header, drafts. `odd_cells.py` reads columns in the same way."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

SPACES = " \t\r\n\v\f\u00a0\u2007\u2009\u202f\ufeff\u200b"
_SPACE = re.compile(f"[{SPACES}'’`]")
SIGNS = "[$€£¥₫₹₽₩₺₴₦฿₱₪zł]+"
# Only around the digits: a sign among them is damage, and what is left of it no number.
_MONEY = re.compile(
    rf"^([-+]?)[A-Z]{{0,3}}{SIGNS}|{SIGNS}$|^[A-Z]{{2,3}}(?=[\d\-+.])|(?<=\d)(?:[A-Z]{{3}}|kr|đ)$|^[<>%]|%$"
)
_DOT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?")
_POINT = re.compile(r"[-+]?\d+\.(?:\d{1,2}|\d{4,})(?:[eE][-+]?\d+)?")
LONGEST = 100
"""Characters of the longest cell that may be a number."""


def number_text(cell: str, style: str) -> str | None:
    """The number of the cell in plain notation, or None. `style` is the file's: `dot` or `comma`.

    In a decimal-comma file a dot followed by other than three digits is a decimal point all the same.
    """
    if len(cell) > LONGEST:
        return None
    bare = _SPACE.sub("", cell).replace("−", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    bare = _MONEY.sub(r"\1", bare)
    if not any(map(str.isdigit, bare)) or not bare.isascii():
        return None
    if style == "dot":
        return bare.replace(",", "") if _DOT.fullmatch(bare) else None
    if _POINT.fullmatch(bare):
        return bare
    return bare.replace(".", "").replace(",", ".") if _COMMA.fullmatch(bare) else None


def read_number(cell: str, style: str) -> Decimal | None:
    """The number of the cell, or None."""
    text = number_text(cell, style)
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
