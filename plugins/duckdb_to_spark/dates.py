"""Days, instants and spans of time."""

from __future__ import annotations

import re

from sqlglot import exp

from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import BIGINT
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

_UNITS = {
    "YEAR": (1, "YEAR"),
    "QUARTER": (3, "MONTH"),
    "MONTH": (1, "MONTH"),
    "WEEK": (7, "DAY"),
    "DAY": (1, "DAY"),
    "HOUR": (1, "HOUR"),
    "MINUTE": (1, "MINUTE"),
    "SECOND": (1, "SECOND"),
    "MICROSECOND": (1, "MICROSECOND"),
}
"""DuckDB's units of intervals: so many of a unit that Spark's intervals have."""

_CODES = {"Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "j": "DDD"}
"""Codes of strftime: Spark's pattern letters."""

_SECONDS = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_PARTS = {
    "ISODOW": "DAYOFWEEK_ISO",
    "ISOYEAR": "YEAROFWEEK",
    "WEEK": "WEEK",
    "YEAR": "YEAR",
    "QUARTER": "QUARTER",
    "MONTH": "MONTH",
    "DAY": "DAY",
    "DOY": "DOY",
    "HOUR": "HOUR",
    "MINUTE": "MINUTE",
}
"""DuckDB's parts of a date that are whole numbers: Spark's names of the same. DOW counts from 0 here, from 1 there."""


_TRUNCATED_TO = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
"""Units that both engines cut at the same place: weeks begin on Mondays."""


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper().removesuffix("S") if unit is not None else ""


def interval(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`interval (n) day`: an interval times n. Spark has intervals of literals, and no quarters."""
    unit = _unit(node)
    if unit not in _UNITS:
        raise UnknownConstruct(f"{node.sql('duckdb')}: an interval in other units than {', '.join(_UNITS).lower()}.")
    times, of = _UNITS[unit]
    value = node.this
    while isinstance(value, exp.Paren):
        value = value.this
    if isinstance(value, exp.Literal):
        if not re.fullmatch(r"[+-]?\d+", value.name.strip()):
            raise UnknownConstruct(f"{node.sql('duckdb')}: a part of a unit. Write whole ones of a smaller unit.")
        return spark(f"INTERVAL '{int(value.name) * times}' {of}")
    return _times(node, value, scope, of, times)


def _made(unit: str, times: int = 1) -> Rule:
    return lambda node, scope: _times(node, node.expressions[0], scope, unit, times)


def _times(node: exp.Expr, value: exp.Expr, scope: Scope, unit: str, times: int) -> exp.Expr:
    kind = type_of(value, scope)
    if not kind.is_integer and kind.name != "NULL":  # rounded, or a part of a unit
        raise UnknownConstruct(f"{node.sql('duckdb')}: {kind.name} times a unit. Cast it to an integer.")
    factor = f" * {times}" if times > 1 else ""
    return spark(f"(({{}}){factor} * INTERVAL '1' {unit})", value)


def add(node: exp.Expr, scope: Scope) -> exp.Expr:
    """A day plus an interval is an instant; Spark keeps a day, as long as the interval is of days."""
    for key, other in (("this", "expression"), ("expression", "this")):
        of, by = type_of(node.args[key], scope), type_of(node.args[other], scope)
        if of.name == "DATE":
            if by.name == "INTERVAL":
                node.set(key, spark("CAST({} AS TIMESTAMP_NTZ)", node.args[key]))
            elif by.name != "INT" and by.is_integer:
                node.set(other, spark("CAST({} AS INT)", node.args[other]))
            return node
    return node


def subtract(node: exp.Expr, scope: Scope) -> exp.Expr:
    """A day less a day is a number of days, in Spark an interval."""
    left, right = type_of(node.this, scope), type_of(node.args["expression"], scope)
    if left.name == right.name == "DATE":
        return spark("CAST(DATEDIFF({}, {}) AS BIGINT)", node.this, node.args["expression"])
    return add(node, scope) if left.name == "DATE" else node


def difference(node: exp.Expr, _: Scope) -> exp.Expr:
    """`date_diff(unit, from, to)` counts the borders of units between; Spark's counts whole units."""
    unit, to, from_ = _unit(node) or "DAY", node.this, node.args["expression"]
    if unit == "DAY":
        return spark("CAST(DATEDIFF({}, {}) AS BIGINT)", to, from_)
    if unit in ("MONTH", "QUARTER", "YEAR"):
        per_year = {"MONTH": 12, "QUARTER": 4, "YEAR": 1}[unit]
        if per_year == 1:
            return spark("CAST(YEAR({}) - YEAR({}) AS BIGINT)", to, from_)
        return spark(
            f"CAST((YEAR({{}}) - YEAR({{}})) * {per_year} + {unit}({{}}) - {unit}({{}}) AS BIGINT)",
            to, from_, to.copy(), from_.copy(),
        )  # fmt: skip
    if unit in _SECONDS:
        seconds = f"FLOOR(UNIX_SECONDS(CAST({{}} AS TIMESTAMP_LTZ)) / {_SECONDS[unit]})"
        return spark(f"({seconds} - {seconds})", to, from_)
    raise UnknownConstruct(f"{node.sql('duckdb')}: date_diff in {unit.lower()}s. Use day, month or second.")


def truncated(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`date_trunc` gives an instant without a zone, also of a day; Spark's has one."""
    unit, is_column = _unit(node), isinstance(node.args.get("unit"), exp.Column)
    if not is_column and unit not in _TRUNCATED_TO:
        raise UnknownConstruct(
            f"{node.sql('duckdb')}: date_trunc to {unit.lower()}. Known: {', '.join(_TRUNCATED_TO).lower()}, "
            "or a column named with its table."
        )
    of = type_of(node.this, scope)
    if of.name in ("TIMESTAMPTZ", "INTERVAL"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: date_trunc of {of.name}. Bring it into its zone first.")
    if is_column:
        return spark("CAST(DATE_TRUNC({}, {}) AS TIMESTAMP_NTZ)", node.args["unit"], node.this)
    return spark(f"CAST(DATE_TRUNC('{unit}', {{}}) AS TIMESTAMP_NTZ)", node.this)


def part(node: exp.Expr, _: Scope) -> exp.Expr:
    """`date_part` and `extract` under Spark's names, as BIGINT."""
    if isinstance(node, exp.Extract):
        name, value = node.name, node.args["expression"]
    else:
        name, value = node.expressions[0].name, node.expressions[1]
    if name.upper() not in _PARTS:
        raise UnknownConstruct(f"{node.sql('duckdb')}: part {name} of a date. Known: {', '.join(_PARTS).lower()}.")
    return spark(f"CAST(DATE_PART('{_PARTS[name.upper()]}', {{}}) AS BIGINT)", value)


def _named_part(name: str) -> Rule:
    return lambda node, _: spark(f"CAST(DATE_PART('{name}', {{}}) AS BIGINT)", node.this)


def epoch(node: exp.Expr, scope: Scope) -> exp.Expr:
    """Seconds, with their fraction, of an instant or of the time between two."""
    value = node.this
    while isinstance(value, exp.Paren):
        value = value.this
    micros = "UNIX_MICROS(CAST({} AS TIMESTAMP_LTZ))"
    if isinstance(value, exp.Sub) and type_of(value, scope) != BIGINT:
        return spark(f"(CAST({micros} - {micros} AS DOUBLE) / 1E6D)", value.this, value.expression)
    if type_of(value, scope).name not in ("TIMESTAMP", "TIMESTAMPTZ", "DATE"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: epoch of other than an instant or a difference of two.")
    return spark(f"(CAST({micros} AS DOUBLE) / 1E6D)", value)


def in_zone(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`timezone(zone, t)`: an instant without a zone is one of that zone; one with a zone is told as that zone's clock.

    An instant with a zone lives only inside of two such calls: from one clock to another.
    """
    zone, value = node.expressions
    of = type_of(value, scope)
    if isinstance(value, exp.Anonymous) and value.name.lower() == "timezone" and of.name == "TIMESTAMPTZ":
        return spark(
            "CONVERT_TIMEZONE({}, {}, CAST({} AS TIMESTAMP_NTZ))", value.expressions[0], zone, value.expressions[1]
        )
    if of.name == "TIMESTAMPTZ":
        return spark("CONVERT_TIMEZONE('UTC', {}, CAST({} AS TIMESTAMP_NTZ))", zone, value)
    return spark("CAST(CONVERT_TIMEZONE({}, 'UTC', CAST({} AS TIMESTAMP_NTZ)) AS TIMESTAMP_LTZ)", zone, value)


def written_time(node: exp.Expr, _: Scope) -> exp.Expr:
    """`strftime` with a format that is written out, in digits only: names of days are another matter."""
    pattern = node.args["format"]
    if not isinstance(pattern, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the format as a text.")
    written: list[str] = []
    for found in re.finditer(r"%(.)|([^%A-Za-z\[\]{}#']+)|([^%]+?)(?=%|[^%A-Za-z\[\]{}#']|$)", pattern.name):
        if found[1] is not None:
            if found[1] not in _CODES:
                raise UnknownConstruct(f"{node.sql('duckdb')}: {found[0]}. Known: %{' %'.join(_CODES)}.")
            written.append(_CODES[found[1]])
        elif found[2] is not None:
            written.append(found[2])
        else:  # letters and some signs mean something in Spark's formats unless they are quoted
            quote = "\\'"
            written.append(f"{quote}{found[3].replace(chr(39), quote * 2)}{quote}")
    return spark(f"DATE_FORMAT({{}}, '{''.join(written)}')", node.this)


RULES: Rules = {
    exp.Interval: interval,
    exp.Add: add,
    exp.Sub: subtract,
    exp.DateDiff: difference,
    exp.DateTrunc: truncated,
    exp.TimestampTrunc: truncated,
    exp.Extract: part,
    exp.TimeToUnix: epoch,
    exp.TimeToStr: written_time,
    exp.Year: _named_part("YEAR"),
    exp.Quarter: _named_part("QUARTER"),
    exp.Month: _named_part("MONTH"),
    exp.Day: _named_part("DAY"),
    exp.DayOfWeekIso: _named_part("DAYOFWEEK_ISO"),
    exp.ToDays: lambda node, scope: _times(node, node.this, scope, "DAY", 1),
}
FUNCTIONS: dict[str, Rule] = {
    "date_part": part,
    "timezone": in_zone,
    "to_years": _made("YEAR"),
    "to_months": _made("MONTH"),
    "to_weeks": _made("DAY", 7),
    "to_hours": _made("HOUR"),
    "to_minutes": _made("MINUTE"),
    "to_seconds": _made("SECOND"),
}
