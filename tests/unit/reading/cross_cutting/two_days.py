"""The table of every rule: two days, spend 1234.50 and 20.25, 1000 and 500 impressions, 12 and 5 clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fuzz.dress import Dress, write
from tests.fuzz.driver import Driver, Seen

HEADER = ["Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks"]
ONE = ["2026-10-01", "Brand", "101", "EUR", "1234.50", "1000", "12"]
TWO = ["2026-10-02", "Brand", "101", "EUR", "20.25", "500", "5"]
TABLE = [HEADER, ONE, TWO]
BOTH = [("2026-10-01", "1234.500000", 1000, 12), ("2026-10-02", "20.250000", 500, 5)]
FILES = Path(__file__).parents[3] / "files"


def dressed(rows: list[list[str]] = TABLE, **dress: Any) -> bytes:
    return write(rows, rows.index(HEADER) if HEADER in rows else 0, Dress(**dress), "report.csv")[1]


def rows(seen: Seen, entity: str = "ads_performance", names: str = "date spend impressions clicks") -> list[Any]:
    """Rows of the entity as tuples, dates and decimals as texts."""
    assert not seen.errors, seen.errors
    return [
        tuple(value if isinstance(value := row[name], int | float | None) else str(value) for name in names.split())
        for table in seen.tables
        for row in sorted(table.entities.get(entity, []), key=lambda row: row["_row_number"])
    ]


def cell(driver: Driver, label: str, text: str, name: str, others: list[list[str]] | None = None) -> Any:
    """What one cell becomes; `others` are rows that give evidence of the locale."""
    header, row = list(HEADER), list(ONE)
    if label in header:
        row[header.index(label)] = text
    else:
        header.append(label)
        row.append(text)
    seen = driver.see("report.csv", dressed([header, row, *(others or [])]))
    found = rows(seen, names=name)
    return found[0][0] if found else (seen.outcome, seen.reason)
