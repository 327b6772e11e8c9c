"""Days that stand in two or three columns of an unknown table: month and day, with a year of their own or without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from funnelhouse.draft.guess import Column, Guess
from funnelhouse.draft.look import Look
from funnelhouse.draft.sheet import Sheet, label
from funnelhouse.draft.vocabulary import bare_key
from funnelhouse.reading.cells.dates import parse_date

_WORDS = {
    "year": {"year", "yyyy", "jahr", "año", "ano", "année", "anno", "jaar", "năm"},
    "month": {"month", "month name", "mm", "monat", "mes", "mês", "mois", "mese", "maand", "tháng"},
    "day": {"day", "day of month", "dd", "tag", "día", "dia", "jour", "giorno", "dag", "ngày"},
}
_LEAP_YEAR = "2024"
_READ = 0.8
"""Share of the rows that must be days when their cells are joined."""


@dataclass
class SplitDate:
    """The columns of a day; without `year` a fact says it."""

    month: Column
    day: Column
    year: Column | None

    @property
    def columns(self) -> list[Column]:
        """All of them, in the order in which their cells are joined."""
        return [column for column in (self.year, self.month, self.day) if column]


def split_date(look: Look, found: Guess) -> SplitDate | None:
    """The columns that are a day together, where the entity has one and no single column is it; else None."""
    if found.entity is None or not found.entity.column("date") or found.get("date") or found.get("period_start"):
        return None
    free = [column for column in found.columns if not column.meaning and not column.personal]
    named = {kind: next((one for one in free if bare_key(one.label) in words), None) for kind, words in _WORDS.items()}
    month, day, year = named["month"], named["day"], named["year"]
    if month is None or day is None:
        return None
    split = SplitDate(month, day, year)
    days = [_day(split, row) for row in look.rows]
    return split if days and sum(one is not None for one in days) >= _READ * len(days) else None


def _day(split: SplitDate, row: list[str]) -> date | None:
    cells = [row[column.index].strip() if column.index < len(row) else "" for column in split.columns]
    return parse_date("-".join(cells if split.year else [_LEAP_YEAR, *cells])) if all(cells) else None


def year_fact(sheet: Sheet, split: SplitDate | None) -> list[str]:
    """Lines under `facts`, with the question which year it is, where no column has one."""
    if split is None or split.year:
        return []
    sheet.ask("of which year are the days? No column says so. Write `year: 2026` (or whichever) into a _manifest.yml "
              "beside the files, one folder a year")  # fmt: skip
    advice = "write `year: 2026` (or whichever) into a _manifest.yml beside the file"
    return [f"  year: {{required: true, advice: '{advice}'}}"]


def date_fields(sheet: Sheet, split: SplitDate) -> None:
    """Lines under `fields`: the columns as texts and the day that they are."""
    parts = {"year": split.year, "month": split.month, "day": split.day}
    for name, column in parts.items():
        if column:
            sheet.add(f"  {name}: {{labels: [{label(column.label)}], type: text}}")
    shown = " and ".join(repr(column.label) for column in split.columns)
    sheet.ask(f"are {shown} the day of the row together?", "  ")
    sheet.add("  date: {same_as: month, joined: [year, month, day], required: true}")
