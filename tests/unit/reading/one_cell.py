"""What odd cells mean, one at a time: the reading in SQL (`odd_cells.py`) must say the same of every cell."""

from __future__ import annotations

import re

from funnelhouse.reading.cells.numbers import SPACES, read_number

_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]{1,3}):([0-9]{1,2}(?:\.[0-9]+)?)")
_WRAPPED = re.compile(r"(?:=\"|\[|'|\")?(.*?)(?:\"|\])?", re.DOTALL)


def whole(cell: str, style: str) -> int | None:
    """The whole number of the cell; None if it has a fraction or is none."""
    value = read_number(cell, style)
    return int(value) if value is not None and abs(value) < 10**18 and value == int(value) else None


def rate(cell: str, style: str, as_points: bool) -> float | None:
    """The rate of the cell as a fraction: points if it has a percent sign or if plain numbers are points."""
    value = read_number(cell, style)
    if value is None or abs(value) > 10**9:
        return None
    return float(value / 100 if "%" in cell or as_points else value)


def seconds(cell: str, style: str, factor: float) -> float | None:
    """A duration in seconds: `1:02:03` and `2:03` whatever the unit, else a number times the unit's seconds."""
    if match := _CLOCK.fullmatch(cell.strip(SPACES)):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
    value = read_number(cell, style)
    return float(value) * factor if value is not None and abs(value) < 10**12 else None


def bare_id(cell: str) -> str | None:
    """An id without the wrappers that platforms and spreadsheets put around it."""
    match = _WRAPPED.fullmatch(cell.strip(SPACES))
    return (match[1] if match else cell).strip(SPACES) or None
