"""The closing summary of a run and `funnelhouse status`: channels, funnel, goals, files, checks, what to try next.

Tables fit 80 columns, so that they can be read in any terminal, through a pipe and in the log of a job.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from funnelhouse.digest.written import digest_path
from funnelhouse.publish.reader import NothingPublished
from funnelhouse.publish.summary import published_summary
from funnelhouse.settings import Settings
from funnelhouse.store.batches import read_file_records
from funnelhouse.store.ledger import is_loaded_in_part
from funnelhouse.store.versions import SITE, WORKBOOK

WIDTH = 80
_MOST_LISTED = 10
_CENTS_BELOW = 10_000
_MONEY = {"spend"}
_SEVERITIES = {"critical": "red", "warning": "yellow", "info": "cyan"}
UNKNOWN = "–"


def print_summary(console: Console, settings: Settings) -> None:
    """Print what the published version says, or what to do if nothing is published."""
    try:
        summary = published_summary(settings)
    except NothingPublished as nothing:
        console.print(f"[yellow]{escape(str(nothing))}[/]")
        _print_quarantine(console, settings)
        return
    currency, as_of = summary["reporting_currency"], date.fromisoformat(summary["as_of"])
    _line(console, f"\n[bold]Your funnel up to {as_of.day} {as_of:%B %Y}[/], money in {escape(currency)}\n")
    for title, rows in summary.items():
        if not isinstance(rows, list) or not rows or title in _PRINTED_APART:
            continue
        console.print(goal_table(rows) if title == "goals" else _table(title, rows, currency))
        console.print()
    _print_files(console, settings, summary["files"], summary["refused files"])
    _print_left_out(console, summary["suspended files"], summary["rows kept aside"])
    _print_unknown(console, summary["unknown values"])
    _print_checks(console, settings, summary["checks"], summary["broken checks"])
    _line(console, f"[bold]Published[/]: {escape(shown_path(settings.published_file))}")
    _line(console, f"           version {escape(summary['version'])}\n")
    _print_next(console, settings, summary["refused files"], summary["broken checks"])


_PRINTED_APART = {"files", "refused files", "suspended files", "rows kept aside", "unknown values", "broken checks"}


def _line(console: Console, text: str) -> None:
    """Print a line that is never broken: paths and commands are there to be copied."""
    console.print(text, highlight=False, soft_wrap=True)


def _indented(console: Console, text: Text, columns: int) -> None:
    console.print(Padding(text, (0, 0, 0, columns)), width=min(WIDTH, console.width))


def _print_files(
    console: Console, settings: Settings, counted: list[dict[str, Any]], refused: list[dict[str, Any]]
) -> None:
    if counted:
        outcomes = ", ".join(_file_outcome(row) for row in counted)
        _line(console, f"[bold]Files[/]: {sum(row['files'] for row in counted):,} received: {escape(outcomes)}")
    for row in refused[:_MOST_LISTED]:
        _indented(
            console, Text.assemble((row["file"], "yellow"), f" refused: {row['message'].removeprefix('the file: ')}"), 2
        )
    if len(refused) > _MOST_LISTED:
        _line(console, f"  and {len(refused) - _MOST_LISTED:,} more")
    for entry in (entry for entry in read_file_records(settings.raw) if is_loaded_in_part(entry)):
        _indented(console, Text.assemble((entry["file_name"], "yellow"), f" loaded in part: {entry['message']}"), 2)
    _print_quarantine(console, settings)


def _print_left_out(console: Console, files: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Files and rows that were loaded and do not count."""
    for row in files[:_MOST_LISTED]:
        _indented(console, Text.assemble((row["file"], "yellow"), f" is {row['standing']}: {row['message']}"), 2)
    if len(files) > _MOST_LISTED:
        _line(console, f"  and {len(files) - _MOST_LISTED:,} more")
    for row in rows[:_MOST_LISTED]:
        noun = "row" if row["row_count"] == 1 else "rows"
        line = f"{row['row_count']:,} {noun} of {row['source']} ({row['kind']}) kept aside: {row['reason']}"
        _indented(console, Text(line), 2)
    if len(rows) > _MOST_LISTED:
        _line(console, f"  and {len(rows) - _MOST_LISTED:,} more reasons")
    if files or rows:
        console.print()


def _print_unknown(console: Console, values: list[dict[str, Any]]) -> None:
    """Words that no rule knows: how many there are, and one line each."""
    if not values:
        return
    noun = "value" if len(values) == 1 else "values"
    _line(console, f"[bold]Unknown values[/]: {len(values):,} {noun} that no rule knows")
    for row in values[:_MOST_LISTED]:
        times = "row" if row["row_count"] == 1 else "rows"
        known = Text.assemble(f"{row['field']} ", (row["value"], "yellow"), f" ({row['source']}, ")
        _indented(console, known.append(f"{row['row_count']:,} {times}): {row['what_to_do']}"), 2)
    if len(values) > _MOST_LISTED:
        _line(console, f"  and {len(values) - _MOST_LISTED:,} more in marts.mart_unknown_value")
    console.print()


def _file_outcome(row: dict[str, Any]) -> str:
    rows = f" ({row['rows_loaded']:,} rows" if row["rows_loaded"] else ""
    if rows:
        rows += f", {row['rows_rejected']:,} more rejected)" if row["rows_rejected"] else ")"
    return f"{row['files']:,} {row['outcome']}{rows}"


def _print_quarantine(console: Console, settings: Settings) -> None:
    """Where it is written why a file or a row was refused, if any was."""
    if any(settings.quarantine.glob("*/*")):
        folder = escape(shown_path(settings.quarantine))
        _line(console, f"  Kept with an explanation.txt beside each refused file or row: {folder}")
    console.print()


def _print_checks(console: Console, settings: Settings, checks: int, broken: list[dict[str, Any]]) -> None:
    if not checks:
        _line(console, "[bold]Checks[/]: none were run on this version\n")
        return
    if not broken:
        _line(console, f"[bold]Checks[/]: all {checks:,} passed\n")
        return
    _line(console, f"[bold]Checks[/]: {checks - len(broken):,} of {checks:,} passed; these did not:")
    listed = Table.grid(padding=(0, 1))
    listed.add_column(no_wrap=True)
    listed.add_column()
    for check in broken[:_MOST_LISTED]:
        severity = Text(str(check["severity"]), _SEVERITIES.get(check["severity"], ""))
        found = f"Not true: {check['description']}{_failing(check)}."
        listed.add_row(severity, Text(f"{found} {check['why']}"))
    console.print(Padding(listed, (0, 0, 0, 2)), width=min(WIDTH, console.width))
    if len(broken) > _MOST_LISTED:
        _line(console, f"  and {len(broken) - _MOST_LISTED:,} more")
    _line(console, f"  Failing rows: {escape(shown_path(settings.reports))}/checks-raw.html and checks-marts.html\n")


def _failing(check: dict[str, Any]) -> str:
    table = str(check["table_name"]).rpartition(".")[2]
    if check["rows_failed"] is None:
        return f" ({table})"
    return f" ({check['rows_failed']:,} {'row' if check['rows_failed'] == 1 else 'rows'} of {table})"


def _print_next(
    console: Console, settings: Settings, refused: list[dict[str, Any]], broken: list[dict[str, Any]]
) -> None:
    """The three things that are most useful to do now."""
    command = command_name()
    start = settings.published / SITE / "index.html"
    if start.exists():
        _line(console, f"[bold]Pages[/]: {escape(shown_path(start))}   (with filters: {command} pages)")
    else:
        _line(console, "[yellow]Pages[/]: this version has none; the log of its publication says why")
    workbook = settings.published / WORKBOOK
    if workbook.exists():
        _line(console, f"[bold]Workbook[/]: {escape(shown_path(workbook))}")
    page = digest_path(settings)
    if page.exists():
        _line(console, f"[bold]News[/]: what changed, goals at risk, what to do: {escape(shown_path(page))}\n")
    steps = []
    if (settings.home / "sample_truth").exists():
        steps.append(
            ("FUNNELHOUSE_HOME=~/funnelhouse make run INBOX=~/exports", "your own exports, apart from the sample")
        )
    elif refused:
        steps.append((f"{command} contract check FILE", "why a file is refused, column by column"))
    elif broken:
        steps.append((f"see {shown_path(settings.reports / 'checks-marts.html')}", "every check with its failing rows"))
    else:
        steps.append((f"{command} contract list", "every kind of export that is understood"))
    steps.append((f'{command} query "from channel_summary(90)"', "ask the published tables with SQL"))
    steps.append(("make ui", "the same pipelines in Airflow, on a schedule"))
    _line(console, "[bold]Next[/]:")
    for number, (what, why) in enumerate(steps, 1):
        _line(console, f"  {number}. [bold]{escape(what)}[/]")
        _line(console, f"     {escape(why)}")


def command_name() -> str:
    """How this command is called from here: its name, or its path if it is not on the PATH."""
    if shutil.which("funnelhouse"):
        return "funnelhouse"
    return shown_path(Path(sys.executable).parent / "funnelhouse")


def shown_path(path: Path) -> str:
    """The path as one would type it here: relative below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _new_table(title: str, caption: str | None = None) -> Table:
    return Table(
        caption=caption,
        caption_justify="left",
        title=escape(title[:1].upper() + title[1:]),
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
    )


def _table(title: str, rows: list[dict[str, Any]], currency: str) -> Table:
    table = _new_table(title)
    formats: list[Callable[[Any], str]] = []
    for name in rows[0]:
        values = [row[name] for row in rows]
        numeric = any(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values)
        label = name.replace("_", " ")
        if name in _MONEY:
            label = f"{label} ({currency})"
        table.add_column(escape(label), justify="right" if numeric else "left", no_wrap=numeric)
        formats.append(money_format(values) if name in _MONEY else shown)
    for row in rows:
        table.add_row(*(escape(form(value)) for form, value in zip(formats, row.values(), strict=True)))
    return table


def goal_table(rows: list[dict[str, Any]]) -> Table:
    """Goals with what is reached in the unit of each: money with its currency, rates in percent.

    Only the name wraps; who a goal is for is left out where its name says so. Goals of single reps are counted only:
    `funnelhouse goals` lists them.
    """
    of_reps = [row for row in rows if str(row["scope"]).startswith("rep ")]
    table = _new_table("goals", f"and {len(of_reps)} of reps: funnelhouse goals" if of_reps else None)
    table.add_column("goal")
    for name in ("due", "actual", "target", "reached", "status"):
        table.add_column(name, justify="left" if name in ("due", "status") else "right", no_wrap=True)
    for row in rows:
        if row in of_reps:
            continue
        reached = row["attainment_percent"]
        table.add_row(
            escape(_goal_name(row)),
            escape(shown(row["due"])),
            escape(goal_value(row, row["actual"])),
            escape(goal_value(row, row["target"])),
            UNKNOWN if reached is None else f"{reached:,.0f} %",
            escape(shown(row["status"])),
        )
    return table


def _goal_name(row: dict[str, Any]) -> str:
    kind, _, who = str(row["scope"]).partition(" ")
    if not who or who.casefold() in str(row["goal"]).casefold():
        return str(row["goal"])
    return f"{row['goal']} ({kind} {who})"


def goal_value(row: dict[str, Any], value: Any) -> str:
    """A value of a goal for a person; `row` says whether it is a rate (is_rate) or money (currency)."""
    if value is None:
        return UNKNOWN
    if row.get("is_rate"):
        return f"{100 * float(value):,.1f} %"
    if row.get("currency"):
        return f"{money_format([value])(value)} {row['currency']}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def money_format(values: list[Any]) -> Callable[[Any], str]:
    """How amounts of one column are written: with cents only where all of them are small."""
    large = any(value is not None and abs(value) >= _CENTS_BELOW for value in values)
    return lambda value: UNKNOWN if value is None else f"{value:,.0f}" if large else f"{value:,.2f}"


def shown(value: Any) -> str:
    """One cell for a person: grouped numbers, a dash for what is not known."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal | float):
        return f"{value:,.2f}"
    return str(value)
