"""Aggregates and window functions, with what surrounds them: FILTER, IGNORE NULLS and OVER belong to the call itself.

A rule gives the call that Spark has, and a text around the whole of it (a cast, for instance), or None.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from duckdb_to_spark import order
from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import FLOATS, Type
from duckdb_to_spark.numbers import SPARK_TYPES, refuse_text
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

Call = tuple[exp.Expr, str | None]

_DIGITS_OF_DOUBLES = 15
_WRAPPERS = (exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls)


def surrounded(node: exp.Expr, scope: Scope) -> exp.Expr:
    """A call with FILTER, OVER and so on: rewritten as one."""
    above, core = node, node.this
    while isinstance(core, _WRAPPERS):
        above, core = core, core.this
    found = _call(core, scope)
    if found is None:
        return node
    call, around = found
    if isinstance(core, exp.AnyValue) and isinstance(above, exp.IgnoreNulls):  # the parser's words
        if above is node or above.parent is None:
            return call
        above.parent.set("this", call)
    else:
        above.set("this", call)
    return spark(around, node) if around else node


def bare(node: exp.Expr, scope: Scope) -> exp.Expr:
    """A call without any of these."""
    found = _call(node, scope)
    if found is None:
        return node
    call, around = found
    return spark(around, call) if around else call


def _call(core: exp.Expr, scope: Scope) -> Call | None:
    rule = CALLS.get(type(core))
    if rule is None and type(core) is exp.Anonymous and not core.args.get("written"):
        rule = CALLS_BY_NAME.get(core.name.lower())
    return rule(core, scope) if rule else None


def _bigint(name: str) -> Callable[[exp.Expr, Scope], Call]:
    """Functions whose result is a BIGINT in DuckDB and an INT in Spark."""
    return lambda node, _: (
        spark(f"{name}({', '.join('{}' for _ in node.expressions)})", *node.expressions),
        "CAST({} AS BIGINT)",
    )


def _ntile(node: exp.Expr, _: Scope) -> Call:
    return spark("NTILE({})", node.this), "CAST({} AS BIGINT)"


def _extreme(name: str) -> Callable[[exp.Expr, Scope], Call]:
    """`arg_max(x, y)`: rows whose x or y is NULL do not count in DuckDB; in Spark only those of y."""

    def rule(node: exp.Expr, scope: Scope) -> Call:
        value, by = node.this, node.args["expression"]
        _all_of_them(node)
        if order.is_row(by, scope):
            by = order.key(by, scope)
        if isinstance(value, exp.Literal):
            return spark(f"{name}({{}}, {{}})", value, by), None
        shown = order.operand(value.copy())
        return spark(f"{name}({{}}, CASE WHEN {{}} IS NOT NULL THEN {{}} END)", value, shown, by), None

    return rule


def _outermost(name: str) -> Callable[[exp.Expr, Scope], Call | None]:
    """`max` and `min` of rows: that one whose key is the largest or smallest."""

    def rule(node: exp.Expr, scope: Scope) -> Call | None:
        _all_of_them(node)
        if not order.is_row(node.this, scope):
            return None
        return spark(f"{name}({{}}, {{}})", node.this, order.key(node.this, scope)), None

    return rule


def _all_of_them(node: exp.Expr) -> None:
    if node.args.get("count") is not None or node.expressions:
        raise UnknownConstruct(f"{node.sql('duckdb')}: the first n. Number the rows in a CTE instead.")


def _any_value(node: exp.Expr, _: Scope) -> Call:
    return spark("ANY_VALUE({}, TRUE)", node.this), None  # DuckDB's is never NULL if there is another


def _average(node: exp.Expr, scope: Scope) -> Call | None:
    """The mean is a double; of decimals, which sums of whole numbers are here, Spark's has four digits more."""
    of = type_of(node.this, scope)
    if of.name == "DOUBLE":
        return None
    if of.name not in ("UNKNOWN", "DECIMAL", "FLOAT", "NULL") and not of.is_integer:
        raise UnknownConstruct(f"{node.sql('duckdb')}: the mean of {of.name}. Take one of a number.")
    if isinstance(node.this, exp.Distinct):
        if of.width > _DIGITS_OF_DOUBLES:
            raise UnknownConstruct(f"{node.sql('duckdb')}: values of {of.width} digits may become one as doubles.")
        return spark("AVG(DISTINCT CAST({} AS DOUBLE))", node.this.expressions[0]), None
    return spark("AVG(CAST({} AS DOUBLE))", node.this), None


def _sum(node: exp.Expr, scope: Scope) -> Call | None:
    """Sums of whole numbers have 128 bits in DuckDB: products of them do not overflow, and hashes need them."""
    if isinstance(node.this, exp.Order):  # of doubles, for the last digit: Spark has no order, and no such digit
        node.set("this", node.this.this)
    of = type_of(node.this, scope)
    if of.name == "UBIGINT" and not isinstance(node.this, exp.Distinct):
        return spark("SUM(CAST({} AS DECIMAL(20, 0)))", node.this), None
    return (spark("SUM({})", node.this), "CAST({} AS DECIMAL(38, 0))") if of.is_integer else None


def _count(node: exp.Expr, _: Scope) -> Call | None:
    """`count(distinct x) over (..)`: Spark counts no different values in a window, but collects them."""
    above = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    if not isinstance(above, exp.Window) or not isinstance(node.this, exp.Distinct):
        return None
    if len(node.this.expressions) > 1:
        raise UnknownConstruct(f"{node.sql('duckdb')} over a window: count one value, for instance a text of both.")
    return spark("COLLECT_SET({})", node.this.expressions[0]), "CAST(SIZE({}) AS BIGINT)"


def _median(node: exp.Expr, scope: Scope) -> Call:
    _interpolated(node, scope)
    return spark("MEDIAN({})", node.this), None


def _interpolated(node: exp.Expr, scope: Scope) -> None:
    of = type_of(node.this, scope)
    if of.name == "DECIMAL":  # cut to the digits of the column
        raise UnknownConstruct(f"{node.sql('duckdb')}: a quantile of DECIMAL has its digits only. Cast it to double.")
    if not of.is_integer and of.name not in FLOATS:
        raise UnknownConstruct(f"{node.sql('duckdb')}: a quantile of {of.name}. Take one of a number.")


def _quantile_cont(node: exp.Expr, scope: Scope) -> Call:
    _interpolated(node, scope)
    return spark("PERCENTILE({}, {})", node.this, node.args["expression"]), None


def _quantile_disc(node: exp.Expr, scope: Scope) -> Call:
    """Spark's gives a double of whatever number it orders."""
    of = type_of(node.this, scope)
    if not (of.is_integer or of.name in ("DECIMAL", "DOUBLE")):
        raise UnknownConstruct(f"{node.sql('duckdb')}: a quantile of {of.name}. Take one of a number.")
    call = spark("PERCENTILE_DISC({}) WITHIN GROUP (ORDER BY {})", node.args["expression"], node.this)
    return call, f"CAST({{}} AS {_spark_type(of)})"


def _spark_type(of: Type) -> str:
    return f"DECIMAL({of.width}, {of.scale})" if of.name == "DECIMAL" else SPARK_TYPES.get(of.name, of.name)


def _joined(node: exp.Expr, scope: Scope) -> Call:
    """`string_agg`. Of different values a set is sorted: LISTAGG(DISTINCT ..) fails beside other aggregates."""
    value, separator = node.this, node.args.get("separator") or exp.Literal.string(",")
    by = value if isinstance(value, exp.Order) else None
    value = by.this if by else value
    if not isinstance(value, exp.Distinct):
        if by is None:
            raise UnknownConstruct(f"{node.sql('duckdb')}: without an order the text is by chance. Add ORDER BY.")
        text = _as_text(value, scope)
        holes = ", ".join("{}" for _ in by.expressions)
        return spark(f"LISTAGG({{}}, {{}}) WITHIN GROUP (ORDER BY {holes})", text, separator, *by.expressions), None
    value = value.expressions[0]
    keys = by.expressions if by else []
    if len(keys) != 1 or keys[0].this != value or keys[0].args.get("desc"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: of different values only in their own order, ascending.")
    around = "ARRAY_JOIN(ARRAY_SORT(NULLIF({}, CAST(ARRAY() AS ARRAY<STRING>))), %s)"
    literal = separator.sql("spark") if isinstance(separator, exp.Literal) else None
    if literal is None or "{" in literal:
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the separator as a text.")
    return spark("COLLECT_SET({})", _as_text(value, scope)), around % literal


def _as_text(node: exp.Expr, scope: Scope) -> exp.Expr:
    of = type_of(node, scope)
    refuse_text(node, of)
    return node if of.name == "TEXT" else spark("CAST({} AS STRING)", node)


def _product(node: exp.Expr, _: Scope) -> Call:
    return (
        spark("COLLECT_LIST(CAST({} AS DOUBLE))", node.expressions[0]),
        "AGGREGATE(NULLIF({}, CAST(ARRAY() AS ARRAY<DOUBLE>)), 1D, (product, one) -> product * one)",
    )


def _list(node: exp.Expr, _: Scope) -> Call:
    """`list(x)`: of no rows it is NULL. COLLECT_LIST leaves NULLs out, so x must have none; orders get lost."""
    value = node.this
    if isinstance(value, exp.Order):
        raise UnknownConstruct(f"{node.sql('duckdb')}: Spark's lists have no order. Sort them: list_sort(list(..)).")
    of = value.expressions[0] if isinstance(value, exp.Distinct) else value
    last = of.expressions[-1] if isinstance(of, exp.Coalesce) and of.expressions else of
    if not isinstance(last, (exp.Struct, exp.Literal, exp.Boolean)):
        raise UnknownConstruct(
            f"{node.sql('duckdb')}: Spark leaves NULLs out. List coalesce(.., ..) that ends with a literal."
        )
    return spark(f"COLLECT_{'LIST' if of is value else 'SET'}({{}})", of), "NULLIF({}, ARRAY())"


CALLS: dict[type[exp.Expr], Callable[[exp.Expr, Scope], Call | None]] = {
    exp.RowNumber: _bigint("ROW_NUMBER"),
    exp.Rank: _bigint("RANK"),
    exp.DenseRank: _bigint("DENSE_RANK"),
    exp.Ntile: _ntile,
    exp.ArgMax: _extreme("MAX_BY"),
    exp.ArgMin: _extreme("MIN_BY"),
    exp.Max: _outermost("MAX_BY"),
    exp.Min: _outermost("MIN_BY"),
    exp.AnyValue: _any_value,
    exp.Avg: _average,
    exp.Count: _count,
    exp.Sum: _sum,
    exp.Median: _median,
    exp.PercentileCont: _quantile_cont,
    exp.PercentileDisc: _quantile_disc,
    exp.GroupConcat: _joined,
    exp.ArrayAgg: _list,
}
"""What Spark calls otherwise, or counts otherwise."""

CALLS_BY_NAME: dict[str, Callable[[exp.Expr, Scope], Call | None]] = {"product": _product}

RULES: Rules = {
    **dict.fromkeys(_WRAPPERS, surrounded),
    **dict.fromkeys(CALLS, bare),
}
FUNCTIONS: dict[str, Rule] = dict.fromkeys(CALLS_BY_NAME, bare)
