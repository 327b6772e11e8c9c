"""The closing summary of a run and `funnelhouse status`: channels, funnel, goals, quarantine, where the file is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.publish.reader import NothingPublished
from funnelhouse.publish.summary import published_summary
from funnelhouse.settings import Settings


def print_summary(console: Console, settings: Settings) -> None:
    """Print what the published version says, or what to do if nothing is published."""
    try:
        summary = published_summary(settings)
    except NothingPublished as nothing:
        console.print(f"[yellow]{escape(str(nothing))}[/]")
        _print_quarantine(console, settings)
        return
    for title, rows in summary.items():
        if isinstance(rows, list) and rows:
            console.print(_table(title, rows))
            console.print()
    _print_quarantine(console, settings)
    facts = {name: value for name, value in summary.items() if not isinstance(value, list)}
    for name, value in facts.items():
        console.print(f"[bold]{escape(name)}[/]: {escape(str(value))}", highlight=False)


def _print_quarantine(console: Console, settings: Settings) -> None:
    """Where it is written why a file or a row was refused, if any was."""
    if any(settings.quarantine.glob("*/*")):
        folder = escape(str(settings.quarantine))
        console.print(f"Refused files, rejected rows and why, decision by decision: [bold]{folder}[/]", highlight=False)
        console.print("(explanation.txt beside each; the same for any file: funnelhouse contract check FILE)\n")


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(
        title=escape(title[:1].upper() + title[1:]),
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
    )
    for name, value in rows[0].items():
        numeric = any(isinstance(row[name], int | float | Decimal) for row in rows) and not isinstance(value, bool)
        table.add_column(escape(name.replace("_", " ")), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row.values()))
    return table


def shown(value: Any) -> str:
    """One cell for a person: grouped numbers, a dash for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal | float):
        return f"{value:,.2f}"
    return str(value)
