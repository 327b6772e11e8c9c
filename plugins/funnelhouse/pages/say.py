"""How a value of a table is written for people: one place for tiles, tables, charts and files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from funnelhouse.pages.labels import LABELS
from funnelhouse.pages.parts import Column, Kind
from funnelhouse.words import UNKNOWN, Words


@dataclass(frozen=True)
class Cell:
    """A written value. `raw` is the number of the mart, as text; empty for words and unknown values.

    `sort` is what a day sorts by, as its text begins with the month.
    """

    text: str
    raw: str = ""
    tone: str = ""
    share: float | None = None
    sort: str = ""


def word(name: Any, words: Words) -> str:
    """A word of the marts in the reader's language; names stay as they are."""
    if name in (None, ""):
        return UNKNOWN
    return words.text(LABELS[str(name)]) if str(name) in LABELS else str(name)


def write(kind: Kind, value: Any, words: Words, *, change: bool = False, row: dict[str, Any] | None = None) -> str:
    """A value as text. Unknown is a dash, never 0."""
    if value is None:
        return UNKNOWN
    match kind:
        case Kind.WORD:
            return word(value, words)
        case Kind.DATE:
            return words.day(value)
        case Kind.MONTH:
            return words.month(value)
        case Kind.TIME:
            return words.moment(value)
        case Kind.RATE:
            return words.points(value) if change else words.share(value)
        case Kind.MONEY:
            said = words.amount(value)
        case Kind.RATIO | Kind.DAYS:
            said = words.number(value, 2 if kind is Kind.RATIO else 1)
        case Kind.COUNT | Kind.NUMBER:
            said = words.number(value, 0 if float(value).is_integer() else 1)
        case Kind.GOAL:
            return words.goal_value(row or {}, value)
        case _:
            return str(value)
    return f"+{said}" if change and value > 0 else said


def short(kind: Kind, value: Any, words: Words) -> str:
    """A value in few characters, for tiles and axes."""
    if value is None:
        return UNKNOWN
    if kind in (Kind.MONEY, Kind.COUNT, Kind.NUMBER) and abs(value) >= 10_000:
        return words.compact(value)
    return write(kind, value, words)


def cell(column: Column, row: dict[str, Any], words: Words, largest: Decimal | float = 0) -> Cell:
    """One cell of a table; `largest` is the largest number of its column, for the bar."""
    value = row.get(column.key)
    text = write(column.kind, value, words, change=column.change, row=row)
    if not column.is_figure or value is None:
        tone = str(row.get(column.tone) or "") if column.tone else ""
        return Cell(text, tone=tone, sort=value.isoformat() if column.is_day and value is not None else "")
    share = float(value) / float(largest) if column.bar and largest and value > 0 else None
    return Cell(text, str(value), str(row.get(column.tone) or "") if column.tone else "", share)


def cells(column: Column, rows: list[dict[str, Any]], words: Words) -> list[Cell]:
    """A whole column."""
    numbers = [row[column.key] for row in rows if column.bar and row.get(column.key) is not None]
    return [cell(column, row, words, max(numbers, default=0)) for row in rows]
