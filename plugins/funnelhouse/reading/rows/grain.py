"""Which day or period the rows belong to: the guard against sums of a period that pass for a day.

A file without a day per row never reaches the daily entity: its rows go to the period twin, or it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Grain
from funnelhouse.reading.cells.sql_values import day
from funnelhouse.reading.facts import date_order, period_of
from funnelhouse.reading.rows.profile import Profile
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_name, sql_text

_UNITS = {
    "week": "{0} + 6",
    "month": "last_day({0})",
    "quarter": "cast(date_trunc('quarter', {0}) + interval 3 month as date) - 1",
    "year": "cast(date_trunc('year', {0}) + interval 1 year as date) - 1",
}


@dataclass
class GrainChoice:
    """SQL of the date or period columns, and WHEN branches (`issues`) that reject rows against the grain."""

    is_period: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    issues: list[str] = field(default_factory=list)
    note: str = ""
    span: tuple[date | None, date | None] = (None, None)


def choose_grain(
    connection: duckdb.DuckDBPyConnection, binding: Binding, facts: Facts, profile: Profile, *, is_sheet: bool,
    sampled: bool, relation: str, dropped: str,
) -> GrainChoice:  # fmt: skip
    """Decide from the header, the sampled rows and the stated period. Raises Refused if the period is unknown.

    `dropped` is the SQL condition of rows without data: a total row says nothing about the grain.
    """
    contract, grain = binding.contract, binding.contract.grain
    span = period_of(facts, date_order(contract, binding.language))
    if grain is None or not any(entities()[output.entity].period_twin for output in contract.outputs):
        return GrainChoice(span=span)

    def cell_day(name: str) -> str:
        if table := profile.mapped.get(name):
            return f"(select value from {table} where cell = c{binding.columns[name]})"
        cell, pattern = f"c{binding.columns[name]}", contract.fields[name].extract
        if pattern:
            cell = f"nullif(regexp_extract(fh_trim({cell}), {sql_text(pattern)}, 1), '')"
        return day(cell, profile.formats.get(name, []), is_sheet)

    if grain.day in binding.columns:
        return _by_day(connection, binding, grain, span, cell_day(grain.day), relation, dropped, sampled=sampled)
    offset = grain.day_offset_from_period_start
    if offset in binding.columns and span[0]:
        shifted = f"date '{span[0]}' + cast(t.{sql_name('f_' + str(offset))} as integer)"
        return GrainChoice(False, {"date": shifted}, [], f"days counted from {span[0]}", span)
    for segment in grain.segments:
        if segment.field in binding.columns:
            return _segment(segment.field, segment.unit, span)
    if grain.period_start in binding.columns and grain.period_end in binding.columns:
        return _per_row(connection, grain.period_start, grain.period_end, cell_day, span, dropped)
    if span[0] and span[1]:
        return _stated(span, f"no day column: sums of the stated period {span[0]} to {span[1]}")
    raise Refused("unknown_period", _what_is_missing(binding, grain))


def _what_is_missing(binding: Binding, grain: Grain) -> str:
    """The refusal of sums that belong to no date: what to add where."""
    contract = binding.contract

    def shown(name: str | None) -> str:
        labels = contract.fields[name].all_labels() if name in contract.fields else []
        labels = [label for label in labels if not label.startswith("~")]
        return repr(labels[0]) if labels else "'Day'"

    problem, steps = "the file has no day column and states no period, so its sums belong to no date", []
    ends = [name for name in (grain.period_start, grain.period_end) if name]
    there = [name for name in ends if name in binding.columns]
    if len(there) == 1:
        problem = f"the column {binding.labels[binding.columns[there[0]]].strip()!r} is only one end of a period"
        steps = [f"add the column {shown(next(name for name in ends if name not in there))} to the report"]
    rule = contract.facts.get("period_start")
    steps += [rule.advice] if rule and rule.advice else []
    steps += [f"add the column {shown(grain.day or grain.period_start)} to the report"]
    steps += ["write period_start and period_end into a _manifest.yml beside the file"]
    return f"{contract.title}: {problem}; {', or '.join(dict.fromkeys(steps))}"


def _by_day(
    connection: duckdb.DuckDBPyConnection, binding: Binding, grain: Grain, span: tuple[date | None, date | None],
    day_of_cell: str, relation: str, dropped: str, *, sampled: bool,
) -> GrainChoice:  # fmt: skip
    """Days, unless what stands in the day column starts a longer period."""
    name = str(grain.day)
    value = sql_name("f_" + name)
    if grain.aggregate_guard and span[0] and span[1] and span[0] < span[1]:
        source = f"(select * from {relation if sampled else 'fh_sample'} where not ({dropped}))"
        low, high = _extent(connection, day_of_cell, source)
        if low == high == span[0]:
            return _stated(span, f"one single day in a report of {span[0]} to {span[1]}: the sums of the period")
    unit = _spacing(connection, day_of_cell, relation, dropped) if grain.spacing_guard else None
    if unit and grain.spacing_guard in (True, unit):
        return _segment(name, unit, span)
    issues = [f"when {value} is null then 'missing_key:{name}'"]
    return GrainChoice(False, {"date": f"t.{value}"}, issues, f"one row per day (column {name})", span)


def _extent(connection: duckdb.DuckDBPyConnection, value: str, source: str) -> tuple[date | None, date | None]:
    found = connection.execute(f"select min({value}), max({value}) from {source}").fetchone()
    return (found[0], found[1]) if found else (None, None)


def _spacing(connection: duckdb.DuckDBPyConnection, value: str, relation: str, dropped: str) -> str | None:
    """`month` or `week` if every day of the file starts one: several first days of months, or whole weeks apart."""
    found = connection.execute(
        "select count(distinct d), bool_and(day(d) = 1), bool_and(date_diff('day', low, d) % 7 = 0) from "
        f"(select d, min(d) over () as low from (select {value} as d from {relation} where not ({dropped})))"
    ).fetchone()
    if not found or found[0] < 2:
        return None
    return "month" if found[1] else "week" if found[2] else None


def _stated(span: tuple[date | None, date | None], note: str) -> GrainChoice:
    start, end = span
    if start == end:
        return GrainChoice(False, {"date": f"date '{start}'"}, [], f"the report covers one day, {start}", span)
    columns = {"period_start": f"date '{start}'", "period_end": f"date '{end}'"}
    return GrainChoice(True, columns, [], note, span)


def _per_row(connection, start: str, end: str, cell_day, span, dropped: str) -> GrainChoice:  # type: ignore[no-untyped-def]
    first, last = sql_name("f_" + start), sql_name("f_" + end)
    counted = connection.execute(
        f"select count(*) filter (a is not null and b is not null), count(*) filter (a <> b) "
        f"from (select {cell_day(start)} as a, {cell_day(end)} as b from fh_sample "
        f"where not ({dropped}))"
    ).fetchone()
    missing = f"when {first} is null or {last} is null then 'missing_key:{start}'"
    several = counted[1] if counted else 0
    # A single summed row among daily ones (a grand total) is rejected; a file of sums is a file of sums.
    if counted and several <= 0.02 * counted[0]:
        issues = [missing, f"when {first} <> {last} then 'not_a_day:{start}'"]
        return GrainChoice(False, {"date": f"t.{first}"}, issues, f"{start} equals {end}: one row per day", span)
    columns = {"period_start": f"t.{first}", "period_end": f"t.{last}"}
    return GrainChoice(True, columns, [missing], f"rows cover {start} to {end}: sums of periods", span)


def _segment(name: str, unit: str, span: tuple[date | None, date | None]) -> GrainChoice:
    value = sql_name("f_" + name)
    missing = f"when {value} is null then 'missing_key:{name}'"
    if unit == "range":
        start = f"try_cast(regexp_extract(t.{value}, '^(\\S+)', 1) as date)"
        end = f"try_cast(regexp_extract(t.{value}, '(\\S+)$', 1) as date)"
    else:
        start, end = f"t.{value}", _UNITS[unit].format(f"t.{value}")
    if span[0] and span[1]:  # the report may begin or end inside a week or month
        start, end = f"greatest({start}, date '{span[0]}')", f"least({end}, date '{span[1]}')"
    return GrainChoice(
        True, {"period_start": start, "period_end": end}, [missing], f"one row per {unit} ({name})", span
    )
