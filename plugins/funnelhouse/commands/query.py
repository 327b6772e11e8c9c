"""Printing the result of a query as a table, CSV or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.errors import Verdict
from funnelhouse.running.console_summary import shown
from funnelhouse.safe_csv import write_csv

SHOWN_ROWS = 200
"""A terminal table stops here and says so; csv and json give every row."""
NARROWEST = 8
"""Characters a column needs to be read; a row of more columns than fit is printed as lines of column and value."""


def print_result(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]], output: str) -> None:
    """Print rows in the asked format. Raises Verdict for an unknown one."""
    if output == "json":
        documents = [dict(zip(columns, row, strict=True)) for row in rows]
        print(json.dumps(documents, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - for machines
    elif output == "csv":
        write_csv(sys.stdout, columns, rows)
    elif output == "table":
        if len(columns) * NARROWEST > console.width:
            _print_records(console, columns, rows[:SHOWN_ROWS])
        else:
            _print_table(console, columns, rows[:SHOWN_ROWS])
        if len(rows) > SHOWN_ROWS:
            console.print(f"[dim]{SHOWN_ROWS} of {len(rows):,} rows; --format csv prints all[/]")
    else:
        raise Verdict(f"--format {output!r} is unknown; use table, csv or json")


def _print_table(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for position, name in enumerate(columns):
        numeric = any(isinstance(row[position], int | float) for row in rows)
        table.add_column(escape(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row))
    console.print(table)


def _print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        console.print(f"[bold]row {number}[/]")
        table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 1, 0, 2))
        for name, value in zip(columns, row, strict=True):
            table.add_row(f"[dim]{escape(name)}[/]", escape(shown(value)))
        console.print(table)
