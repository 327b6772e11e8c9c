"""Counting the cells of a typed table: read, empty, unreadable per column, and the cells that decided the locale."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from funnelhouse.reading.cells.sql_values import NULLS, is_odd_null, strptime_list
from funnelhouse.reading.masking import shape, shown_cell
from funnelhouse.reading.rows.loaded import Loaded
from funnelhouse.reading.rows.profile import DECIMAL_TESTS, NUMERIC, candidates, passes
from funnelhouse.reading.rows.typed_rows import Plan, dynamic_columns, issue, tokens, typed_cells
from funnelhouse.sql import sql_name

TYPED = {*NUMERIC, "date", "timestamp", "boolean"}
SHOWN_REASONS = 20


def measure(connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, loaded: Loaded) -> dict[str, Any]:
    """Counts of a table's cells. `relation` is all of its rows, or the sample `fh_sample`; rejects are always all."""
    counted = _columns(connection, plan, relation, loaded.table.cells)
    return {
        "counted_rows": counted.pop("", {}).get("rows", 0),
        "is_sample": relation == "fh_sample" and _is_cut(connection, loaded),
        "columns": counted,
        "numbers": _numbers(connection, plan),
        "dates": _dates(connection, plan),
        "rejected": _rejected(plan, loaded),
    }


def _is_cut(connection: duckdb.DuckDBPyConnection, loaded: Loaded) -> bool:
    found = connection.execute("select count(*) from fh_sample").fetchone()
    return bool(found) and found[0] < loaded.rows_in


def _columns(connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, width: int) -> dict[str, dict[str, Any]]:
    """Counts by field, and by `d<index>` for columns that become rows of their own; "" holds the number of rows."""
    wanted, names = ["count(*)"], [*plan.binding.columns, *(f"d{index}" for index in dynamic_columns(plan))]
    for name in names:
        if name in plan.binding.columns:
            value, cell, kind = sql_name("f_" + name), plan.cell(name), plan.contract.field_type(name)
            null = tokens(plan, name, is_text=kind in ("text", "id", "json"))
            is_open = kind in TYPED and plan.contract.fields[name].pii == "keep"
        else:
            value, cell, null, is_open = name, f"c{name[1:]}", list(NULLS), False
        wanted.append(f"count({value})")
        wanted.append(f"count(*) filter (case when {value} is null then {is_odd_null(cell, null)} else false end)")
        known = f"filter ({value} is not null)"
        shown = [f"arg_min({cell}, rn) {known}", f"cast(arg_min({value}, rn) {known} as varchar)"]
        wanted += shown if is_open else ["null", "null"]
    query = (
        f"select {', '.join(wanted)} from (select *, {issue(plan, width)} as issue "
        f"from ({typed_cells(plan, relation, width)})) where issue is null or not starts_with(issue, 'drop:')"
    )
    row: tuple[Any, ...] = connection.execute(query).fetchone() or (0,) * len(wanted)
    found: dict[str, dict[str, Any]] = {"": {"rows": row[0]}}
    for position, name in enumerate(names):
        read, empty, cell, value = row[1 + 4 * position : 5 + 4 * position]
        found[name] = {"read": read, "empty": empty, "unreadable": max(0, row[0] - read - empty)}
        if cell is not None:
            found[name]["example"] = [shown_cell(cell, plan.contract.field_type(name)), value]
    return found


def _numbers(connection: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, Any] | None:
    """How many sampled cells speak for a decimal point and for a comma, with an example of each."""
    numeric = [name for name in plan.binding.columns if plan.contract.field_type(name) in NUMERIC]
    if not numeric:
        return None
    cells = ", ".join(plan.cell(name) for name in numeric)
    counted = ", ".join(f"count(*) filter ({passes(name)}), min(v) filter ({passes(name)})" for name in DECIMAL_TESTS)
    row: tuple[Any, ...] = connection.execute(
        f"select {counted} from (select unnest([{cells}]) as v from fh_sample) "
        "where contains(v, ',') or contains(v, '.')"
    ).fetchone() or (0, None) * len(DECIMAL_TESTS)
    found: dict[str, Any] = {"style": plan.profile.style, "declared": plan.contract.reading.decimal}
    for side, kinds in (("point", ("dot_strong", "dot")), ("comma", ("comma_strong", "comma")), ("either", ("open",))):
        places = [list(DECIMAL_TESTS).index(kind) for kind in kinds]
        example = next((row[2 * place + 1] for place in places if row[2 * place + 1]), None)
        found[side] = {"cells": sum(row[2 * place] or 0 for place in places)}
        if example:
            found[side]["example"] = shown_cell(example, "decimal")
    found["why"] = next((note for note in plan.profile.notes if note.startswith("decimal ")), "")
    return found


def _dates(connection: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, dict[str, Any]]:
    """Per column of days or times: how it was read, and how many different sampled cells each order could read."""
    found: dict[str, dict[str, Any]] = {}
    for name in plan.binding.columns:
        if plan.contract.field_type(name) not in ("date", "timestamp"):
            continue
        how = "as written (ISO)"
        if name in plan.profile.mapped:
            how = f"words of {plan.binding.language}, year inferred" if plan.contract.fields[name].yearless else (
                f"month names of {plan.binding.language}")  # fmt: skip
        elif formats := plan.profile.formats.get(name):
            how = " or ".join(formats[:2])
        entry: dict[str, Any] = {"read_as": how, "has_offset": name in plan.profile.offsets}
        if how != "as written (ISO)":
            entry["fits"] = _fits(connection, plan, name)
        found[name] = entry
    return found


def _fits(connection: duckdb.DuckDBPyConnection, plan: Plan, name: str) -> dict[str, int]:
    options = candidates(plan.binding, name)
    counts = ", ".join(
        f"count(*) filter (try_strptime(fh_trim(v), {strptime_list(formats)}) is not null)"
        for formats in options.values()
    )
    cell = plan.cell(name)
    row = connection.execute(
        f"select count(*), {counts} from (select distinct {cell} as v from fh_sample where {cell} is not null) "
        f"where not {is_odd_null('v', NULLS)}"
    ).fetchone() or (0,)
    return {"different_cells": row[0], **dict(zip(options, row[1:], strict=False))}


def _rejected(plan: Plan, loaded: Loaded) -> list[dict[str, Any]]:
    """Rejected rows by reason and column: how many, the first rows, the shapes of the cells (never their content)."""
    counts: Counter[tuple[str, str]] = Counter()
    rows: dict[tuple[str, str], list[int]] = {}
    shapes: dict[tuple[str, str], list[str]] = {}
    for number, reason, name, cells in loaded.rejected:
        key = (reason, name)
        counts[key] += 1
        if len(known := rows.setdefault(key, [])) < 3:
            known.append(number)
        index = plan.binding.columns.get(name)
        if index is not None and index < len(cells) and len(seen := shapes.setdefault(key, [])) < 3:
            made = shape(cells[index] or "")
            if made and made not in seen:
                seen.append(made)
    return [
        {"reason": reason, "field": name, "rows": count, "first_rows": rows[reason, name],
         "cell_shapes": shapes.get((reason, name), [])}
        for (reason, name), count in counts.most_common(SHOWN_REASONS)
    ]  # fmt: skip
