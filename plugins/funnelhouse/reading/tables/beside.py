"""What the tables of one zip or workbook say about each other.

Some platforms export one report as several tables: one of them has the days, another the filters, and the rest are sums
of that period under those filters, without saying so themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.limits import Limits
from funnelhouse.reading.cells.dates import parse_date
from funnelhouse.reading.container.members import Budget, members
from funnelhouse.reading.facts import date_order, match_facts
from funnelhouse.reading.tables.find_tables import read_member
from funnelhouse.reading.tables.table import Table, normalised
from funnelhouse.text import plain

ROWS = 5_000
"""Rows of another table that are looked at: days of many years, far more than any report has filters."""


class Beside:
    """Facts from the other tables of one file, looked for once for each contract that asks for them."""

    def __init__(
        self, path: Path, file_name: str, contracts: list[Contract], workspace: Path, source: str | None, limits: Limits
    ) -> None:  # fmt: skip
        self._file = path, file_name
        self._contracts = contracts
        self._workspace = workspace / "beside"
        self._source = source
        self._limits = limits
        self._found: dict[str, dict[str, str]] = {}

    def facts(self, table: Table) -> dict[str, str]:
        """What the others say about `table`; nothing for a file that is one table."""
        contract = table.contract
        if contract.beside is None or not (table.names.member or table.names.sheet):
            return {}
        if contract.contract not in self._found:
            self._found[contract.contract] = self._look(contract)
        has_days = contract.grain is not None and contract.grain.day in table.binding.columns
        found = self._found[contract.contract]
        return {name: value for name, value in found.items() if not (has_days and name.startswith("period_"))}

    def _look(self, contract: Contract) -> dict[str, str]:
        days: set[date] = set()
        lines: list[str] = []
        wanted = contract.beside
        assert wanted is not None  # noqa: S101 (the caller has looked)
        self._workspace.mkdir(exist_ok=True)
        for table in self._tables():
            if wanted.days and table.contract.contract == contract.contract:
                days.update(_days(table))
            elif table.contract.contract == wanted.table:
                lines += [": ".join(plain(cell) for cell in row if cell.strip()) for row in _rows(table)]
            if table.clean is not None:
                table.clean.path.unlink(missing_ok=True)
        found = match_facts(wanted.facts, lines)
        # Days a week or a month apart are the starts of longer periods: the last one's end is not known.
        if len(days) == 1 or any((later - earlier).days == 1 for earlier, later in pairwise(sorted(days))):
            found |= {"period_start": min(days).isoformat(), "period_end": max(days).isoformat()}
        return found

    def _tables(self) -> Iterator[Table]:
        path, file_name = self._file
        with suppress(Refused):
            for member in members(path, self._workspace, Budget(self._limits)):
                with suppress(Refused):
                    yield from read_member(member, file_name, self._contracts, self._workspace, self._source)


def _rows(table: Table) -> Iterator[list[str]]:
    """The cells of the first rows of a table."""
    if table.is_preamble_only or table.skipped:
        return
    with normalised(table).path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.reader(handle)):
            if number >= ROWS:
                return
            yield row[2:]


def _days(table: Table) -> Iterator[date]:
    grain = table.contract.grain
    column = table.binding.columns.get(grain.day) if grain and grain.day else None
    if column is None:
        return
    order = date_order(table.contract, table.binding.language)
    for row in _rows(table):
        if day := parse_date(row[column], order):
            yield day
