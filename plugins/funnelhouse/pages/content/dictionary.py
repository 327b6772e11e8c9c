"""What does a number mean?"""

from __future__ import annotations

from typing import Any

from funnelhouse.pages.ask import Ask, matching
from funnelhouse.pages.parts import N_, Card, Choice, Column, Kind, Page, Table

_METRICS = """
    select metric, label, unit, direction, formula, description, grain, owner, source, mart, since_version
    from marts.dim_metric
    order by label
"""
_TABLES = """
    select object_name, description, grain, owner, requirements
    from meta.data_dictionary
    where column_name is null and schema_name = 'marts'
    order by object_name
"""
_COLUMNS = """
    select object_name, column_name, position, data_type, label, description, unit, direction, formula
    from meta.data_dictionary
    where column_name is not null and schema_name = 'marts'
    order by object_name, position
"""
_CHANGES = """
    select released_on, object_name, change_kind, description, migration_note
    from meta.changelog
    order by released_on desc, object_name, description
"""


def build(ask: Ask) -> Page:
    """Metrics, tables and columns that match a search, and what changed."""
    text = ask.filters.one("q")
    cards = [
        ask.tried("metrics", N_("Metrics"), lambda: _metrics(ask, text)),
        ask.tried("tables", N_("Tables"), lambda: _tables(ask, text)),
        ask.tried("columns", N_("Columns"), lambda: _columns(ask, text)),
        ask.tried("changes", N_("Changes"), lambda: _changes(ask, text)),
    ]
    return Page(cards, [Choice("q", ask.say(N_("Search")), chosen=[text] if text else [])], ())


def _found(ask: Ask, rows: list[dict[str, Any]], text: str, most: int, *keys: str) -> tuple[Any, int | None]:
    return ask.shown(matching(rows, text, *keys), most)


def _metrics(ask: Ask, text: str) -> Card:
    rows = ask.data.rows(_METRICS)
    for row in rows:
        row["said"] = ask.say(row["label"])
    rows, more = _found(ask, rows, text, 80, "metric", "said", "label", "description")
    return Table(
        "metrics", ask.say(N_("Metrics")), "marts.dim_metric",
        [
            Column("said", N_("Metric"), source=""),
            Column("description", N_("Meaning"), prose=True),
            Column("formula", N_("Formula")),
            Column("unit", N_("Unit"), Kind.WORD),
            Column("direction", N_("Which way is good"), Kind.WORD),
            Column("grain", N_("Per")),
            Column("source", N_("Source")),
            Column("mart", N_("Table")),
            Column("owner", N_("Answers for it")),
            Column("since_version", N_("Since")),
        ],
        rows, ask.say(N_("No metric is called so.")), more=more,
    )  # fmt: skip


def _tables(ask: Ask, text: str) -> Card:
    rows, more = _found(ask, ask.data.rows(_TABLES), text, 150, "object_name", "description", "requirements")
    return Table(
        "tables", ask.say(N_("Tables")), "meta.data_dictionary",
        [
            Column("object_name", N_("Table")),
            Column("description", N_("Meaning"), prose=True),
            Column("grain", N_("Per")),
            Column("owner", N_("Answers for it")),
        ],
        rows, ask.say(N_("No table is called so.")), more=more,
    )  # fmt: skip


def _columns(ask: Ask, text: str) -> Card:
    rows, more = _found(ask, ask.data.rows(_COLUMNS), text, 60, "column_name", "label", "object_name", "description")
    return Table(
        "columns", ask.say(N_("Columns")), "meta.data_dictionary",
        [
            Column("object_name", N_("Table")),
            Column("column_name", N_("Column")),
            Column("data_type", N_("Type")),
            Column("description", N_("Meaning"), prose=True),
            Column("unit", N_("Unit")),
            Column("formula", N_("Formula")),
        ],
        rows, ask.say(N_("No column is called so.")), more=more,
    )  # fmt: skip


def _changes(ask: Ask, text: str) -> Card:
    rows, more = _found(ask, ask.data.rows(_CHANGES), text, 20, "object_name", "description")
    return Table(
        "changes", ask.say(N_("Changes")), "meta.changelog",
        [
            Column("released_on", N_("Day"), Kind.DATE),
            Column("object_name", N_("Table")),
            Column("change_kind", N_("Kind")),
            Column("description", N_("What changed"), prose=True),
            Column("migration_note", N_("What to do"), prose=True),
        ],
        rows, ask.say(N_("Nothing of that name changed.")), more=more,
    )  # fmt: skip
