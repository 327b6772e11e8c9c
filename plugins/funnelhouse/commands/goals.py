"""`funnelhouse goals`: how the goals stand on a day, and of one goal why."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.commands.query import print_result
from funnelhouse.errors import Verdict
from funnelhouse.publish import reader
from funnelhouse.running.console_summary import UNKNOWN, goal_value, shown
from funnelhouse.settings import Settings

_STATUS_STYLES = {"achieved": "green", "on track": "green", "at risk": "yellow", "behind": "red", "missed": "red"}
_DEALS_SHOWN = 10
_VALUES = {"actual": "actual", "expected": "expected_to_date", "target": "target", "projection": "projection"}
_WIDE = 110
"""Columns a terminal needs to show every value; a narrower one shows what is reached and wanted."""


def print_goals(console: Console, settings: Settings, day: date | None, output: str) -> None:
    """Print every goal that had begun by the day (default: the reporting date), by due date.

    Raises Verdict if the day lies after the reporting date, NothingPublished, or for an unknown format.
    """
    as_of = _reporting_date(settings)
    day = day or as_of
    if day > as_of:
        raise Verdict(f"the data end on {as_of}; ask for that day or an earlier one with --as-of")
    columns, rows = reader.query(settings, f"select * from marts.goals_as_of(date '{day.isoformat()}')")
    if output != "table":
        print_result(console, columns, rows, output)
        return
    if not rows:
        console.print(f"No goal had begun by {day}. Goals come from a file of the plans export: docs/goals.md.")
        return
    table = Table(title=f"Goals on {day}", title_justify="left", header_style="bold", box=None, pad_edge=False)
    values = _VALUES if console.width >= _WIDE else {name: _VALUES[name] for name in ("actual", "target")}
    table.add_column("id", no_wrap=True)
    table.add_column("goal", min_width=14)
    table.add_column("due", no_wrap=True)
    for name in values:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for cells in rows:
        row = dict(zip(columns, cells, strict=True))
        status = str(row["goal_status"]).replace("_", " ")
        table.add_row(
            escape(str(row["goal_id"])),
            escape(row["goal"] if row["scope"] == "company" else f"{row['goal']} ({row['scope']})"),
            shown(row["due"]),
            *(escape(_value(row, row[column])) for column in values.values()),
            f"[{_STATUS_STYLES.get(status, 'dim')}]{status}[/]",
        )
    console.print(table)
    console.print("[dim]Why one stands as it does: funnelhouse goals ID[/]", highlight=False)


def explain_goal(console: Console, settings: Settings, goal_id: str) -> None:
    """Print one goal's SMART check, what its gap is made of, and the largest deals behind it.

    Raises Verdict if there is no such goal, and NothingPublished.
    """
    smart = _rows(
        settings,
        "select criterion, verdict, reason from marts.mart_goal_smart as smart where goal_id = {goal} "
        "and goal_version = (select max(goal_version) from marts.mart_goal_smart where goal_id = smart.goal_id) "
        "order by criterion_number",
        goal_id,
    )
    if not smart:
        ids = reader.query(settings, "select distinct goal_id from marts.dim_goal_period")[1]
        known = [str(row[0]) for row in ids]
        raise Verdict(f"there is no goal {goal_id!r}; there are {', '.join(sorted(known)) or 'none'}")
    newest = "select * from marts.mart_goal_attainment where goal_id = {goal} and is_latest"
    for row in _rows(settings, newest, goal_id):
        actual, expected, target = (escape(_value(row, row[name])) for name in ("actual", "expected_to_date", "target"))
        console.print(
            f"[bold]{escape(row['goal_name'])}[/]: {actual} on {row['date_day']}, {expected} expected by then, "
            f"target {target}",
            highlight=False,
        )
        console.print(
            f"{str(row['goal_status']).replace('_', ' ')} (rule: {row['status_rule'].replace('_', ' ')}; "
            f"pace {UNKNOWN if row['pace'] is None else format(row['pace'], '.2f')})\n",
            highlight=False,
        )
    _print_rows(console, "Is it SMART?", smart)
    gap = _rows(
        settings,
        "select component, effect, share_of_gap, metric = 'win_rate' as is_rate, "
        "case when metric = 'revenue' then '' end as currency from marts.mart_goal_gap "
        "where goal_id = {goal} order by component_number",
        goal_id,
    )
    if gap:
        _print_rows(
            console,
            "What makes it differ from what was expected",
            [{"component": row["component"], "effect": _value(row, row["effect"])} for row in gap],
        )
    deals = _rows(
        settings,
        "select closed_on, opportunity_name as deal, channel, rep_name as rep, status, amount_reporting as amount "
        "from marts.mart_goal_deal where goal_id = {goal} and side = 'this period' "
        f"order by abs(amount_reporting) desc, opportunity_id limit {_DEALS_SHOWN}",
        goal_id,
    )
    if deals:
        _print_rows(console, f"Its largest deals ({_DEALS_SHOWN} at most; all in marts.mart_goal_deal)", deals)


def _reporting_date(settings: Settings) -> date:
    day: date = reader.query(settings, "select max(data_as_of) from marts.dim_date")[1][0][0]
    return day


def _rows(settings: Settings, sql: str, goal_id: str) -> list[dict[str, Any]]:
    from funnelhouse.sql import sql_text

    columns, rows = reader.query(settings, sql.replace("{goal}", sql_text(goal_id)))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _value(row: dict[str, Any], value: Any) -> str:
    return goal_value(row, value).rstrip()


def _print_rows(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), justify="right" if name in ("effect", "amount") else "left")
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row.values()))
    console.print(table)
    console.print()
