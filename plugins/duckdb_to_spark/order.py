"""Order of rows, that is of tuples and structs: a field that is NULL is the largest in DuckDB, the smallest in Spark.

Spark is given each field as a pair: whether it is NULL, and the field. Such a pair is never NULL and is ordered alike.
"""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import Type
from duckdb_to_spark.scope import Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

_NESTED = ("STRUCT", "LIST", "MAP")


def is_row(node: exp.Expr, scope: Scope) -> bool:
    """Whether an expression gives a tuple or a struct. Raises UnknownConstruct for a list: its NULLs differ, too."""
    of = type_of(node, scope).name
    if of in ("LIST", "MAP"):
        raise UnknownConstruct(f"{node.sql('duckdb')} in an order: lists with NULLs are ordered otherwise in Spark.")
    return of == "STRUCT"


def key(node: exp.Expr, scope: Scope) -> exp.Expr:
    """A struct that Spark sorts as DuckDB sorts this row; NULL for no row. Raises UnknownConstruct for nested rows."""
    fields = _written_fields(node)
    if fields is not None:
        for field in fields:
            _simple(node, type_of(field, scope))
        return _pairs([operand(field.copy()) for field in fields])
    pairs = pairs_of("{}", node, type_of(node, scope))
    holes = pairs.count("{}")
    return spark(f"CASE WHEN {{}} IS NOT NULL THEN {pairs} END", *(operand(node.copy()) for _ in range(holes + 1)))


def pairs_of(row: str, node: exp.Expr, of: Type) -> str:
    """The pairs of a row that Spark's text `row` names, `of` its type. Raises UnknownConstruct, naming `node`."""
    names = [name for name, _ in of.fields]
    if not names or not all(name.isidentifier() for name in names) or len(set(map(str.lower, names))) < len(names):
        raise UnknownConstruct(f"{node.sql('duckdb')} in an order: name the fields of the row, each once.")
    for _, kind in of.fields:
        _simple(node, kind)
    return f"STRUCT({', '.join(f'{row}.`{name}` IS NULL, {row}.`{name}`' for name in names)})"


def _written_fields(node: exp.Expr) -> list[exp.Expr] | None:
    row = node.unnest()
    if not isinstance(row, (exp.Tuple, exp.Struct)):
        return None
    return [one.expression if isinstance(one, exp.PropertyEQ) else one.unalias() for one in row.expressions]


def _pairs(fields: list[exp.Expr]) -> exp.Expr:
    holes = ", ".join("{} IS NULL, {}" for _ in fields)
    return spark(f"STRUCT({holes})", *(part for field in fields for part in (field, field.copy())))


def _simple(node: exp.Expr, of: Type) -> None:
    if of.name in _NESTED:
        raise UnknownConstruct(f"{node.sql('duckdb')} in an order: write the fields of what is inside as its own.")


def operand(node: exp.Expr) -> exp.Expr:
    """A part of an expression, in parentheses where it needs them."""
    return exp.Paren(this=node) if isinstance(node, (exp.Binary, exp.Connector, exp.Not, exp.Between)) else node


def compared(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`(a, b) < (c, d)`; equal rows have equal fields, NULL or not, on both."""
    left, right = node.this, node.args["expression"]
    if not is_row(left, scope) and not is_row(right, scope):
        return node
    return type(node)(this=key(left, scope), expression=key(right, scope))


def ordered(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`order by (a, b)`."""
    if is_row(node.this, scope):
        node.set("this", key(node.this, scope))
    return node


def refused(node: exp.Expr, scope: Scope) -> exp.Expr:
    """What compares values, where nobody needed it of rows so far."""
    if any(is_row(part, scope) for part in node.iter_expressions()):
        raise UnknownConstruct(f"{node.sql('duckdb')} of rows: compare them with < or take max(..) of them.")
    return node


RULES: Rules = {
    **dict.fromkeys((exp.LT, exp.LTE, exp.GT, exp.GTE), compared),
    **dict.fromkeys((exp.Between, exp.Greatest, exp.Least), refused),
    exp.Ordered: ordered,
}
