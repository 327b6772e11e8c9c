"""The newest day in a table: it dates the export where nothing else does.

A big table of days is not read twice for it. The newest day of its first and last rows is taken, written with the rows,
and compared with theirs afterwards: exports are sorted by day or hold every day over and over. If it was another day
after all, the table is written again with the right one.

Records (leads, deals, orders) have several days each and are sorted by anything. All their rows are asked, for moments
at which something happened and for the day a deal closes. That one may be a plan, as may be the time of a meeting:
days after the file was last written are not counted.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.rows.typed_rows import Plan
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_name, sql_text

TAIL_BYTES = 64 * 1024
CLOSE = "close_date"
"""The only plain date of a record that is no plan, at least of deals that have ended."""
IN_PARTS = {"orders", "order_lines", "refunds"}
"""Shops export them a period at a time: the newest order of a part does not say when the part was written."""
OPEN_END = "valid_through"
"""The end of a state that goes on."""


def newest_field(contract: Contract, binding: Binding) -> str | None:
    """The field that holds the last day a row covers, or None."""
    grain = contract.grain
    names = (grain.period_end, grain.day) if grain else ()
    return next((name for name in names if name in binding.columns), None)


def record_fields(contract: Contract, binding: Binding) -> list[str]:
    """The fields of a table of records that tell when something happened."""
    if contract.grain or any(output.entity in IN_PARTS for output in contract.outputs):
        return []
    moments = {
        column.name
        for output in contract.outputs
        for column in entities()[output.entity].columns
        if column.type == "timestamp" and column.name != OPEN_END
    }
    return [name for name in binding.columns if name == CLOSE or name in moments]


def newest_at_ends(
    connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, width: int, cell: str, value: str
) -> date | None:
    """The newest day among the sampled rows and the last rows of the text at `path`. `value` is SQL over `cell`."""
    source = f"select {cell} from fh_sample"
    if texts := sorted(set(_last_cells(path, delimiter, width, int(cell[1:])))):
        source += f" union all select unnest([{', '.join(sql_text(text) for text in texts)}])"
    row = connection.execute(f"select max({value}) from ({source})").fetchone()
    return row[0] if row else None


def _last_cells(path: Path, delimiter: str, width: int, index: int) -> list[str]:
    """The cells of one column in the last whole rows; whatever cannot be read is left out."""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - TAIL_BYTES))
        text = handle.read().decode("utf-8", "replace")
    rows = csv.reader(text.split("\n")[1:], delimiter=delimiter)
    found = []
    try:
        for row in rows:
            if len(row) == width and row[index]:
                found.append(row[index])
    except csv.Error:
        pass  # the piece begins inside a quoted cell: the comparison afterwards notices
    return found


def newest_column(plan: Plan, field_name: str) -> str | None:
    """SQL of the field over the written rows: a column of the entity that is this field and nothing else."""
    spec = plan.contract.fields[field_name]
    if spec.extract or spec.values is not None or spec.unit:
        return None
    wanted = f"t.{sql_name('f_' + field_name)}"
    return next((sql_name(name) for name, value in plan.grain.columns.items() if value == wanted), None)
