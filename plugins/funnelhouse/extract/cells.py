"""Odd cells, one at a time: what the engine's own casts do not read. SQL calls these for such cells only.

A dozen regular expressions in SQL cost ten times as much per cell and a long time to plan; most cells never come here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import duckdb

SPACES = " \t\r\n\v\f\u00a0\u2007\u2009\u202f\ufeff\u200b"
_SPACE = re.compile(f"[{SPACES}'’`]")
_SIGNS = "[$€£¥₫₹₽₩₺₴₦฿₱₪zł]+"
# Only around the digits: a sign among them is damage, and what is left of it no number.
_MONEY = re.compile(
    rf"^([-+]?)[A-Z]{{0,3}}{_SIGNS}|{_SIGNS}$|^[A-Z]{{2,3}}(?=[\d\-+.])|(?<=\d)(?:[A-Z]{{3}}|kr|đ)$|^[<>%]|%$"
)
_DOT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?")
_POINT = re.compile(r"[-+]?\d+\.(?:\d{1,2}|\d{4,})(?:[eE][-+]?\d+)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_WRAPPED = re.compile(r"(?:=\"|\[|'|\")?(.*?)(?:\"|\])?", re.DOTALL)


_LONGEST = 100
"""Characters of the longest cell that may be a number."""


def number_text(cell: str, style: str) -> str | None:
    """The number of the cell in plain notation, or None. `style` is the file's: `dot` or `comma`.

    In a decimal-comma file a dot followed by other than three digits is a decimal point all the same.
    """
    if len(cell) > _LONGEST:
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


def whole_text(cell: str, style: str) -> str | None:
    """The whole number of the cell; None if it has a fraction or is none."""
    value = read_number(cell, style)
    return str(int(value)) if value is not None and abs(value) < 10**18 and value == int(value) else None


def rate_value(cell: str, style: str, plain_is_points: bool) -> float | None:
    """The rate of the cell as a fraction: points if it has a percent sign or if plain numbers are points."""
    value = read_number(cell, style)
    if value is None or abs(value) > 10**9:
        return None
    return float(value / 100 if "%" in cell or plain_is_points else value)


def seconds_value(cell: str, style: str, factor: float) -> float | None:
    """A duration in seconds: `1:02:03` and `2:03` whatever the unit, else a number times the unit's seconds."""
    if match := _CLOCK.fullmatch(cell.strip(SPACES)):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
    value = read_number(cell, style)
    return float(value) * factor if value is not None and abs(value) < 10**12 else None


def bare_id(cell: str) -> str | None:
    """An id without the wrappers that platforms and spreadsheets put around it."""
    match = _WRAPPED.fullmatch(cell.strip(SPACES))
    return (match[1] if match else cell).strip(SPACES) or None


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions callable from SQL."""
    text, double, boolean = "VARCHAR", "DOUBLE", "BOOLEAN"
    connection.create_function("fh_number", number_text, [text, text], text, null_handling="special")
    connection.create_function("fh_whole", whole_text, [text, text], text, null_handling="special")
    connection.create_function("fh_rate", rate_value, [text, text, boolean], double, null_handling="special")
    connection.create_function("fh_seconds", seconds_value, [text, text, double], double, null_handling="special")
    connection.create_function("fh_id", bare_id, [text], text, null_handling="special")
