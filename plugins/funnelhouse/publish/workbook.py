"""The workbook of a version: the tables that people ask for, each on a sheet, for who works in a spreadsheet.

`workbook.yml` says which sheets there are and what they ask. They are filled from the written tables, so that workbook
and database file are of one version. Meaning, label and unit of a column come from the data dictionary.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.meta_tables import Facts
from funnelhouse.publish.workbook_cells import Column, FilledSheet, workbook_bytes
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_name
from funnelhouse.store.versions import WORKBOOK

SPECIFICATION = Path(__file__).with_name("workbook.yml")
ROW_LIMIT = 2_000
"""Rows of a sheet unless it says otherwise: what one person can still look through, and 200 MiB at the very most."""

_ACRONYMS = {"crm", "mrr", "roi", "roas", "cac", "ctr", "cpc", "cpm", "mql", "mqls", "sal", "sals", "id", "sla"}
_UNIT_FORMATS = {"fraction": "rate", "reporting currency": "money", "days": "days"}


@dataclass(frozen=True)
class SheetPlan:
    """One sheet as `workbook.yml` plans it; see there. `columns` and `others` are what that file says of columns."""

    name: str
    question: str
    table: str
    tables: tuple[str, ...]
    sql: str
    columns: dict[str, dict[str, Any]]
    others: dict[str, Any]
    limit: int


@dataclass(frozen=True)
class Written:
    """What a workbook holds: header and number of rows of each sheet, to be checked after it was written.

    `found` are the rows of its query before the cut; `left_out` the sheets whose tables this version does not have.
    """

    sheets: dict[str, tuple[tuple[str, ...], int]]
    found: dict[str, int]
    left_out: list[str]

    def facts(self) -> dict[str, Any]:
        """What the manifest of the version says about it."""
        sheets = [{"name": n, "rows": rows, "of": self.found[n]} for n, (_, rows) in self.sheets.items()]
        return {"file": WORKBOOK, "sheets": sheets, "left_out": self.left_out}


@functools.cache
def sheet_plans() -> tuple[SheetPlan, ...]:
    """The sheets in order."""
    document = yaml.safe_load(SPECIFICATION.read_bytes())
    return tuple(
        SheetPlan(
            name=sheet["name"],
            question=sheet["question"],
            table=sheet["table"],
            tables=tuple(sheet["tables"]),
            sql=sheet["sql"],
            columns=sheet.get("columns", {}),
            others=sheet.get("others", {}),
            limit=sheet.get("limit", ROW_LIMIT),
        )
        for sheet in document["sheets"]
    )


def workbook_version() -> str:
    """Sixteen hexadecimal digits that change with the plan of the sheets: then there is a new version to publish."""
    return hashlib.sha256(SPECIFICATION.read_bytes()).hexdigest()[:16]


def write_workbook(
    connection: duckdb.DuckDBPyConnection, catalog: str, path: Path, facts: Facts, settings: Settings
) -> Written:
    """Write the workbook of the tables in `catalog` to `path`. Raises PublishRefused if a sheet cannot be filled."""
    known = {table.name for table in facts.tables}
    dictionary = {(row[1], row[2]): row for row in facts.dictionary}
    sheets: list[FilledSheet] = []
    missing: list[tuple[str, str]] = []
    row = connection.execute("select current_database()").fetchone()
    connection.execute(f"use {sql_name(catalog)}")
    connection.execute("set variable advice_model = ?", [_advice_model(settings)])
    try:
        for plan in sheet_plans():
            if absent := [table for table in plan.tables if table not in known]:
                missing.append((plan.name, absent[0]))
            else:
                sheets.append(_filled(connection, plan, dictionary, settings.currency))
    finally:
        connection.execute("reset variable advice_model")
        connection.execute(f"use {sql_name(row[0] if row else 'memory')}")
    # In memory first: a full disk is then one failed write with the operating system's own error.
    path.write_bytes(workbook_bytes(facts, settings.currency, sheets, missing))
    return Written(
        sheets={s.name: (tuple(column.header for column in s.columns), len(s.rows)) for s in sheets},
        found={sheet.name: sheet.found for sheet in sheets},
        left_out=[name for name, _ in missing],
    )


def verify_workbook(path: Path, written: Written) -> None:
    """Read the file back with another library: every sheet with its header and rows. Raises PublishRefused."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name, (header, rows) in written.sheets.items():
            found = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if tuple(found[0]) != header or len(found) < rows + 1:
                raise PublishRefused(f"sheet {name} of {path.name} came out with {len(found) - 1} of {rows} rows")
    except (CalamineError, OSError, IndexError) as error:
        raise PublishRefused(f"{path.name} does not open again ({error}); the disk may be damaged") from error


def _advice_model(settings: Settings) -> str | None:
    """The attribution model by which campaigns are judged where something is advised."""
    found = re.search(
        r"^\s*advice_model: *([\w.]+)", (settings.dbt_project / "dbt_project.yml").read_text(encoding="utf-8"), re.M
    )
    return found[1] if found else None


def _filled(
    connection: duckdb.DuckDBPyConnection,
    plan: SheetPlan,
    dictionary: dict[tuple[str, str | None], tuple[Any, ...]],
    currency: str,
) -> FilledSheet:
    try:
        cursor = connection.execute(plan.sql)
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise PublishRefused(f"sheet {plan.name} of the workbook cannot be filled: {error}") from error
    columns = [_column(plan, name, str(kind), dictionary, currency) for name, kind, *_ in cursor.description or []]
    return FilledSheet(plan.name, plan.question, plan.tables, columns, rows[: plan.limit], len(rows))


def _column(
    plan: SheetPlan,
    name: str,
    kind: str,
    dictionary: dict[tuple[str, str | None], tuple[Any, ...]],
    currency: str,
) -> Column:
    said = plan.columns.get(name) or {}
    place = said.get("from") or f"{plan.table}.{name}"
    table, _, column = place.partition(".")
    found = dictionary.get((table, column))
    if found is None and name not in plan.columns:
        said = {**plan.others, "label": said.get("label", name)} if plan.others else said
        place = ""
    label, description, unit, formula = (found[5], found[6], found[7], found[9]) if found else (None,) * 4
    shown_as = said.get("format") or _format_of(kind, unit)
    label = said.get("label") or label or words_of(name)
    return Column(
        name=name,
        header=f"{label} ({currency})" if shown_as == "money" else label,
        description=said.get("description") or description or "",
        formula=formula,
        place=place,
        shown_as=shown_as,
    )


def _format_of(kind: str, unit: str | None) -> str:
    if kind in ("DATE", "VARCHAR", "BOOLEAN"):
        return {"DATE": "date", "VARCHAR": "text", "BOOLEAN": "yes_no"}[kind]
    if kind.startswith("TIMESTAMP"):
        return "time"
    if kind.startswith("DECIMAL") or kind == "DOUBLE":
        return _UNIT_FORMATS.get(unit or "", "number")
    return "count" if kind.endswith("INT") or kind == "INTEGER" else "text"


def words_of(name: str) -> str:
    """A column's name as words, for what has no label yet: `won_deals` is `Won deals`."""
    parts = name.removesuffix("_reporting").removeprefix("is_").split("_")
    text = " ".join(part.upper() if part in _ACRONYMS else part for part in parts)
    return text[:1].upper() + text[1:]
