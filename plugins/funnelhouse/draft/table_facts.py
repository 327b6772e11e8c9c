"""Facts around the rows of an unknown table: lines above the header, totals, order of days, the decimal mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from funnelhouse.draft.evidence import Evidence
from funnelhouse.draft.guess import Guess, is_total
from funnelhouse.draft.look import Look
from funnelhouse.reading.cells.numbers import read_number
from funnelhouse.text import plain

_DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
_PERIOD = re.compile(rf"({_DAY})\s*(?:-|–|—|to|bis|until|hasta|au|até|đến)\s*({_DAY})")
_ACCOUNT = re.compile(
    r"(?i)\b(account|konto|compte|cuenta|conta|advertiser|customer|client|profile)\b( id| no\.?| number)?\W+"
    r"(?=[\w-]*\d)[\w-]{3,}"
)


@dataclass
class Totals:
    """The rows that are sums of others: where their label stands, and which fields they add up to."""

    column: int
    label: str
    agree: list[str]
    row: list[str]


def decimal_style(found: Guess) -> tuple[str, str]:
    """`comma`, `dot` or `auto`, and the evidence in words."""
    numeric = [column.evidence for column in found.columns if column.evidence.numbers]
    comma, point = sum(e.comma for e in numeric), sum(e.point for e in numeric)
    either = sum(e.open_marks for e in numeric)
    if comma and not point:
        return "comma", f"{comma} cells are numbers only with a decimal comma"
    if point and not comma:
        return "dot", f"{point} cells are numbers only with a decimal point"
    if comma and point:
        return "auto", f"{comma} cells want a decimal comma and {point} a decimal point"
    return "auto", f"{either} cells could be either" if either else "no cell has a decimal mark"


def date_order(evidences: list[Evidence]) -> tuple[str | None, str]:
    """mdy or dmy; empty if no cell needs it (ISO); None if the cells leave it open. With the evidence in words."""
    day, month = sum(e.day_first for e in evidences), sum(e.month_first for e in evidences)
    dotted, either = sum(e.dotted for e in evidences), sum(e.either for e in evidences)
    numeric = sum(e.dates - e.iso for e in evidences)
    if not numeric:
        return "", "The days are written year first or in words"
    if day and month:
        return None, f"{day} cells have the day first and {month} the month"
    if day:
        return "dmy", f"{day} cells have a day above 12 in the first place"
    if month:
        return "mdy", f"{month} cells have a day above 12 in the second place"
    if dotted == numeric:
        return "dmy", "Days with dots have the day first"
    return None, f"{either or numeric} cells such as 03/10 could be 3 October or 10 March"


def totals_of(look: Look, found: Guess, style: str) -> Totals | None:
    """The total row among the last or first rows, or None."""
    for row in [*look.rows[-3:][::-1], *look.rows[:1]]:
        if is_total(row):
            index = next(place for place, cell in enumerate(row) if cell.strip())
            return Totals(index, plain(row[index]), _agreeing(look, found, row, style) if look.whole else [], row)
    return None


def _agreeing(look: Look, found: Guess, total: list[str], style: str) -> list[str]:
    mark = "comma" if style == "comma" else "dot"
    agree = []
    for column in found.mapped:
        if not column.evidence.numbers or column.index >= len(total) or not total[column.index].strip():
            continue
        said = read_number(total[column.index], mark)
        if said is None:
            continue
        rows = [row for row in look.rows if not is_total(row) and column.index < len(row)]
        values = [value for row in rows if (value := read_number(row[column.index], mark)) is not None]
        if abs(sum(values, Decimal(0)) - said) <= Decimal("0.01"):
            agree.append(column.name)
    return agree


def preamble_patterns(look: Look) -> list[tuple[str, str]]:
    """Patterns for the facts in the lines above the header, each with what it finds."""
    patterns: list[tuple[str, str]] = []
    text = "\n".join(look.above)
    if match := _PERIOD.search(text):
        first, last = (_shape(match[place]) for place in (1, 2))
        between = r"\s*(?:-|–|—|to|bis|until|hasta|au|até|đến)\s*"
        patterns.append((f"(?P<period_start>{first}){between}(?P<period_end>{last})", "the period"))
    if match := _ACCOUNT.search(text):
        patterns.append(
            (rf"(?i)\b{match[1].lower()}\b(?: id| no\.?| number)?\W+(?P<account_id>[\w-]{{3,}})", "the account")
        )
    if re.search(r"(?i:currency|währung|devise|moneda|valuta)\W+[A-Z]{3}\b", text):
        patterns.append((r"(?i:currency|währung|devise|moneda|valuta)\W+(?P<currency>[A-Z]{3})\b", "the currency"))
    return patterns


def period_line(look: Look) -> tuple[str, str] | None:
    """First and last day as a line above the header states them, or None."""
    match = _PERIOD.search("\n".join(look.above))
    return (match[1], match[2]) if match else None


def _shape(day: str) -> str:
    return re.sub(r"\d+", lambda part: r"\d{4}" if len(part[0]) == 4 else r"\d{1,2}", re.sub(r"\.", r"\.", day))
