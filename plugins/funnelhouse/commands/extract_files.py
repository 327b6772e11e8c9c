"""`funnelhouse extract`: explain or load single files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from funnelhouse.errors import Verdict
from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.settings import Settings

OUTCOME_COLOURS = {"refused": "red", "loaded_with_rejects": "yellow", "empty_report": "yellow"}


def inspect_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """What each file would become; writes nothing into the home folder."""
    return [inspect_file(settings, path, facts) for path in existing(files)]


def explain(console: Console, report: dict[str, Any]) -> None:
    """Print one file's report for a person."""
    outcome = report["outcome"]
    colour = OUTCOME_COLOURS.get(outcome, "green")
    reason = f" ({report['reason']})" if report["reason"] else ""
    console.print(f"[bold]{escape(report['file'])}[/]: [{colour}]{outcome}{reason}[/]", highlight=False)
    lines = _grid()
    if report["message"]:
        lines.add_row("message", escape(report["message"]))
    tables = report["tables"]
    if len(tables) > 1:
        lines.add_row("rows", _rows(report["rows"]))
    elif not tables and report["contract"]:
        lines.add_row("contract", report["contract"])
    for note in [] if len(tables) == 1 else report["notes"]:
        lines.add_row("note", escape(note))
    for refused in report["refused_tables"]:
        if refused["message"] != report["message"]:
            lines.add_row(escape(refused["table"] or "refused"), escape(f"{refused['reason']}: {refused['message']}"))
    console.print(Padding(lines, (0, 0, 0, 2)))
    for table in tables:
        if len(tables) > 1:
            console.print(f"  [bold]{escape(table['table'])}[/]", highlight=False)
        console.print(Padding(_table_lines(table), (0, 0, 0, 2 if len(tables) == 1 else 4)))


def _table_lines(table: dict[str, Any]) -> Table:
    """Name and value, line by line, of one table of a file."""
    lines = _grid()
    becomes = ", ".join(f"{rows:,} rows of {entity}" for entity, rows in table["outputs"].items())
    lines.add_row("contract", f"{table['contract']}, version {table['contract_version']}")
    lines.add_row("becomes", becomes or "nothing")
    lines.add_row("account", escape(f"{table['account']} of {table['source']}"))
    start, end = table["period"]["start"], table["period"]["end"]
    lines.add_row("period", f"{start} to {end}" if start or end else "none")
    lines.add_row("exported", f"{table['exported_at']} ({table['exported_at_evidence']})")
    lines.add_row("restated by", f"{table['restatement']} within {escape(table['scope'] or 'the account')}")
    lines.add_row("rows", _rows(table["rows"]))
    if table["sums"]:
        lines.add_row("sums", escape("   ".join(f"{name} {value}" for name, value in table["sums"].items())))
    for rejected in table.get("rejected_rows", [])[:10]:
        lines.add_row("rejected", escape(f"row {rejected['row']}, {rejected['column']}: {rejected['reason']}"))
    for position, note in enumerate(table["notes"]):
        lines.add_row("" if position else "why", escape(note))
    return lines


def _rows(rows: dict[str, Any]) -> str:
    rules = ", ".join(f"{name} {count:,}" for name, count in rows["dropped"].items())
    dropped = sum(rows["dropped"].values())
    sums = f"{rows['in']:,} = {rows['loaded']:,} loaded + {rows['rejected']:,} rejected + {dropped:,} dropped by rule"
    return f"{sums} ({rules})" if rules else sums


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=11)
    grid.add_column(overflow="fold")
    return grid


def existing(files: list[Path]) -> list[Path]:
    """The files, if all of them are files. Raises Verdict."""
    for path in files:
        if not path.is_file():
            raise Verdict(
                f"{path} is not a file. Give export files; for a whole folder use: funnelhouse run --inbox DIR"
            )
    return files
