"""Counting and checking what was written: rows add up, totals agree, the stated row count holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.reasons import EmptyReport, Refused
from funnelhouse.masks import mask_emails
from funnelhouse.reading.cells.numbers import read_number
from funnelhouse.reading.rows.duplicates import distinct_keys
from funnelhouse.reading.rows.entity_rows import lean_columns, target_entity
from funnelhouse.reading.rows.loaded import Loaded, Part
from funnelhouse.reading.rows.profile import NUMERIC
from funnelhouse.reading.rows.typed_rows import Plan
from funnelhouse.sql import sql_name, sql_text
from funnelhouse.text import shown_name


def by_issue(connection: duckdb.DuckDBPyConnection, stage: str) -> dict[str | None, int]:
    """Rows of `stage` by their issue; None stands for the good ones."""
    return dict(connection.execute(f"select issue, count(*) from {stage} group by issue").fetchall())


def count_issues(
    connection: duckdb.DuckDBPyConnection, plan: Plan, stage: str, relation: str, result: Loaded,
    found: dict[str | None, int],
) -> None:  # fmt: skip
    """Take the counts of loaded, rejected and dropped rows of `stage` (rn, issue) and fetch the cells of the bad ones.

    Raises Refused if most rows fail.
    """
    counts = {issue: count for issue, count in found.items() if issue is not None}
    loaded = found.get(None, 0)
    if counts:
        bad = f"select rn, issue from {stage} where issue is not null"
        cells = ", ".join(f"r.c{index}" for index in range(result.table.cells))
        # The cells of the few bad rows are read again: carrying them along costs every row.
        _fetch_issues(
            connection, plan, f"select b.rn, b.issue, [{cells}] as cells from ({bad}) as b "
            f"join {relation} as r on r.rn = b.rn", result,
        )  # fmt: skip
    take_counts(plan, loaded, counts, result)


def count_bad(connection: duckdb.DuckDBPyConnection, plan: Plan, bad: str, loaded: int, result: Loaded) -> None:
    """The same where the bad rows stand in a table of their own (rn, issue, cells) and `loaded` rows are written."""
    counts = dict(connection.execute(f"select issue, count(*) from {bad} group by issue").fetchall()) if bad else {}
    if counts:
        _fetch_issues(connection, plan, f"from {bad}", result)
    take_counts(plan, loaded, counts, result)


def take_counts(plan: Plan, loaded: int, counts: dict[str, int], result: Loaded) -> None:
    """Add up rows by their issues. Raises EmptyReport if all are dropped, Refused if most rows fail."""
    result.rows_in = loaded + sum(counts.values())
    result.rows_loaded = loaded
    for issue, count in sorted(counts.items()):
        if issue.startswith("drop:"):
            result.dropped[issue.removeprefix("drop:")] = count
        else:
            result.rows_rejected += count
    if result.rows_in == sum(result.dropped.values()):
        raise EmptyReport(f"{plan.contract.title}: the export has no rows but {', '.join(result.dropped)}")
    _check_failures(plan, result)
    if result.rows_in != result.rows_loaded + result.rows_rejected + sum(result.dropped.values()):
        raise AssertionError(f"rows of {result.table.name} do not add up: {result}")


def _fetch_issues(connection: duckdb.DuckDBPyConnection, plan: Plan, bad: str, result: Loaded) -> None:
    kinds = {rule.name: rule.keep_as for rule in plan.contract.drop_rows}
    discard = [sql_text(f"drop:{name}") for name, kind in kinds.items() if kind == "discard"]
    unwanted = ", ".join([*discard, "'drop:blank_rows'", "'drop:other_table'"])
    cursor = connection.execute(
        f"select rn, issue, cast(to_json(cells) as varchar) from ({bad}) where issue not in ({unwanted}) order by 1"
    )
    while rows := cursor.fetchmany(5000):
        for number, issue, text in rows:
            cells = json.loads(text)
            reason, _, name = issue.partition(":")
            if reason == "drop":
                result.kept.append((number, kinds.get(name, "errors"), name, cells))
            else:
                result.rejected.append((number, reason, name, cells))


def _check_failures(plan: Plan, result: Loaded) -> None:
    if not result.rows_rejected or result.rows_rejected <= result.rows_loaded:
        return
    reasons: dict[tuple[str, str], int] = {}
    for _, reason, name, _ in result.rejected:
        reasons[(reason, name)] = reasons.get((reason, name), 0) + 1
    (reason, name), count = max(reasons.items(), key=lambda item: item[1])
    row, cells = next((number, cells) for number, r, n, cells in result.rejected if (r, n) == (reason, name))
    label = plan.binding.labels[plan.binding.columns[name]].strip() if name in plan.binding.columns else ""
    where = f"row {row}" + (f", column {label!r}" if label else "")
    if label and reason in ("bad_date", "bad_number"):
        where += f": {shown_name(mask_emails(str(cells[plan.binding.columns[name]] or ''))[:40])!r}"
    code = {"damaged_id": "damaged_ids", "mixed_delimiters": "mixed_delimiters"}.get(reason, "most_rows_fail")
    advice = {
        "damaged_ids": "a spreadsheet rounded the ids (1.2E+17), they are lost; export again, do not open it there",
        "mixed_delimiters": "rows are cut by another delimiter than the header; export the file again",
    }.get(code, "export the file again without opening it in a spreadsheet")
    if reason == "bad_date":
        advice = f"the days are written as this export never writes them; choose days in the report, or {advice}"
    raise Refused(
        code,
        f"{result.rows_rejected} of {result.rows_in} rows cannot be loaded; most often {reason} "
        f"({count} rows, first {where}); {advice}",
    )


@dataclass
class Look:
    """What one look at a written part shows. `keys` is None where rows may share a key."""

    keys: int | None
    sums: dict[str, Any]
    metrics: dict[str, Any]
    days: list[date]
    currencies: set[str]
    accounts: set[str | None]


def look_at(connection: duckdb.DuckDBPyConnection, plan: Plan, part: Part) -> Look:
    """Sums, days, currencies, accounts and keys of a part, in one pass over its file."""
    known = {
        name
        for output in plan.contract.outputs
        if target_entity(plan, output).name == part.entity
        for name in lean_columns(plan, output)
    }
    columns = [column for column in entities()[part.entity].columns if column.name not in part.absent]
    names = {column.name for column in columns}
    numeric = [c.name for c in columns if c.type in NUMERIC and c.type != "rate" and c.name in known]
    dated = [name for name in ("date", "period_start", "period_end") if name in names]
    currency = "currency" if "currency" in names else "cast(null as varchar)"
    # Most files have one currency and one account: a list of them is made only where the ends differ.
    wanted = [
        *(f"sum({sql_name(name)})" for name in numeric), *(f"min({name}), max({name})" for name in dated),
        f"min({currency})", f"max({currency})", "min(account_id)", "max(account_id)", "count(account_id)",
        distinct_keys(part) or "null",
    ]  # fmt: skip
    source = f"read_parquet({sql_text(str(part.path))})"
    row = connection.execute(f"select {', '.join(wanted)} from {source}").fetchone()
    assert row is not None  # noqa: S101 (an aggregate has one row)
    first, last, low, high, accounts, keys = row[-6:]
    codes = {first, last}
    if first != last:
        codes = {code for (code,) in connection.execute(f"select distinct {currency} from {source}").fetchall()}
    sums = {name: value for name, value in zip(numeric, row, strict=False) if value is not None}
    metrics: dict[str, Any] = {}
    if {"metric", "value"} <= names:
        # A sum over likes and views says nothing: each metric has its own.
        by_metric = f"select metric, sum(value) from {source} group by 1 order by 1"
        metrics = dict(connection.execute(by_metric).fetchall())
    days = [value for value in row[len(numeric) : -6] if value is not None]
    some: set[str | None] = {low, high} if accounts == part.rows else {low, high, None}
    return Look(keys, sums, metrics, days, {code for code in codes if code}, some)


def summarise(plan: Plan, result: Loaded, looks: list[Look]) -> None:
    """Sums, period and account of the written parts, then the file's own checks. Raises Refused(damaged_file)."""
    several = len({part.entity for part in result.parts}) > 1
    periods = [(min(look.days), max(look.days)) for look in looks if look.days]
    accounts = {account for look in looks for account in look.accounts}
    totals: dict[str, Decimal | float | int] = {}
    for part, look in zip(result.parts, looks, strict=True):
        result.currencies |= look.currencies
        for name, value in look.sums.items():
            key = f"{part.entity}.{name}" if several else name
            totals[key] = totals.get(key, 0) + value
        totals.update({f"value[{metric}]": value for metric, value in look.metrics.items() if value is not None})
        if len(look.metrics) > 1:
            totals.pop("value", None)
    result.sums = {name: _number_text(value) for name, value in totals.items()}
    if len(accounts) == 1:
        result.account_id = accounts.pop()  # type: ignore[assignment]
    elif len(accounts) > 1:
        result.account_id = "*"
        result.notes.append("rows of several accounts")
    start, end = plan.grain.span
    low = min((start_ for start_, _ in periods), default=None)
    high = max((end_ for _, end_ in periods), default=None)
    result.period = (_iso(start or low), _iso(end or high))
    _check_row_count(plan, result)
    _reconcile(plan, result)


def _check_row_count(plan: Plan, result: Loaded) -> None:
    stated = plan.facts.get("row_count")
    if not plan.contract.check_row_count or not stated or not stated.isdigit():
        return
    rows = result.rows_loaded + result.rows_rejected
    if rows != int(stated):
        raise Refused(
            "damaged_file",
            f"the file says it has {stated} rows and holds {rows}: it was cut or edited; export it again",
        )
    result.notes.append(f"row count: {rows}, as the file says")


def _reconcile(plan: Plan, result: Loaded) -> None:
    """Compare kept total rows with the sums of the loaded rows; keep both with the batch."""
    for number, kind, name, cells in result.kept:
        if kind != "totals":
            continue
        values = {}
        for field_name, index in plan.binding.columns.items():
            cell = cells[index]
            if plan.contract.field_type(field_name) in NUMERIC and cell:
                value = read_number(cell, plan.profile.style)
                if value is not None:
                    values[field_name] = str(value)
        label = next((cell.strip() for cell in cells if cell and cell.strip()), "")
        entry: dict[str, Any] = {"row": number, "rule": name, "label": mask_emails(label), "values": values}
        for rule in plan.contract.reconcile:
            if re.search(rule.total, label):
                entry["differences"] = _differences(rule.fields, rule.tolerance, values, result)
                for field_name, difference in entry["differences"].items():
                    result.notes.append(f"total {label!r}: {field_name} differs from the rows by {difference}")
        result.totals.append(entry)


def _differences(fields: list[str], tolerance: float, values: dict[str, str], result: Loaded) -> dict[str, str]:
    allowed = Decimal(str(tolerance)) * (result.rows_loaded + 1)
    found = {}
    for name in fields:
        if name in values and name in result.sums:
            difference = Decimal(values[name]) - Decimal(result.sums[name])
            if abs(difference) > allowed:
                found[name] = str(difference)
    return found


def _number_text(value: Any) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _iso(value: date | None) -> str | None:
    return value.isoformat()[:10] if value else None
