"""Numbers: where DuckDB and Spark divide, round and cast otherwise."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import FLOATS, INTEGERS, Type, of_node
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

SPARK_TYPES = {
    "TINYINT": "TINYINT",
    "UTINYINT": "SMALLINT",
    "SMALLINT": "SMALLINT",
    "USMALLINT": "INT",
    "INT": "INT",
    "UINT": "BIGINT",
    "BIGINT": "BIGINT",
    "UBIGINT": "DECIMAL(20, 0)",
    "INT128": "DECIMAL(38, 0)",
    "UINT128": "DECIMAL(38, 0)",
}
"""Spark's types for DuckDB's integers; it has none of 128 bits and none without a sign."""


def divide(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`a / b` is a double in DuckDB, whatever is divided; of two decimals Spark would make a decimal."""
    left, right = type_of(node.this, scope), type_of(node.args["expression"], scope)
    if "INTERVAL" in (left.name, right.name):
        return node
    for key, kind in (("this", left), ("expression", right)):
        if kind.name != "DOUBLE":
            node.set(key, spark("CAST({} AS DOUBLE)", _bare(node.args[key])))
    node.set("typed", False)
    node.set("safe", False)
    return node


def _bare(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Paren) else node


def cast(node: exp.Expr, scope: Scope) -> exp.Expr:
    """Casts to whole numbers round in DuckDB and cut in Spark; doubles become other texts and some other decimals."""
    to, of = of_node(node.args["to"]), type_of(node.this, scope)
    name = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    if to.name in INTEGERS:
        return _to_integer(node, name, to, of)
    if to.name == "DECIMAL" and of.name in FLOATS and to.scale:
        # DuckDB rounds the double times a power of ten, Spark the shortest decimal text of it: 0.285 is 0.28 and 0.29.
        power = f"1E{to.scale}D"
        return spark(f"{name}(ROUND({{}} * {power}) / {power} AS DECIMAL({to.width}, {to.scale}))", _operand(node.this))
    if to.name == "TEXT":
        refuse_text(node, of)
    if of.name == "TEXT" and to.name in FLOATS:
        # Java reads the D of 5D as 'double'.
        marked = "CASE WHEN {} RLIKE '[0-9.][dDfF]\\\\s*$' THEN CONCAT({}, '?') ELSE {} END"
        return spark(f"{name}({marked} AS DOUBLE)", node.this, node.this.copy(), node.this.copy())
    if name == "TRY_CAST" and of.name == "TEXT" and to.name in ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "BOOLEAN"):
        raise UnknownConstruct(
            f"{node.sql('duckdb')}: Spark reads other texts as {to.name}. Look at them by a pattern."
        )
    return node


def refuse_text(node: exp.Expr, of: Type) -> None:
    """Raises UnknownConstruct if values of that type become other texts than in DuckDB: 10000000.0 and 1.0E7."""
    if of.name in FLOATS:
        raise UnknownConstruct(
            f"{node.sql('duckdb')}: texts of doubles differ (1.0E7). Cast to a DECIMAL first, or use format()."
        )
    if of.name in ("LIST", "STRUCT", "MAP", "INTERVAL", "TIMESTAMPTZ", "BLOB"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: texts of a {of.name} differ. Make one of its parts.")


def _to_integer(node: exp.Expr, name: str, to: Type, of: Type) -> exp.Expr:
    target = SPARK_TYPES[to.name]
    if of.name in FLOATS:
        return spark(f"{name}(RINT({{}}) AS {target})", _bare(node.this))  # halves go to the even number
    if of.name == "DECIMAL":
        if not of.scale:
            return spark(f"{name}({{}} AS {target})", _bare(node.this))
        return spark(f"{name}(ROUND({{}}) AS {target})", _bare(node.this))  # halves go away from zero
    if of.name == "TEXT" and not isinstance(node.this, exp.Literal):
        return spark(f"{name}(ROUND({name}({{}} AS DECIMAL(38, 10))) AS {target})", _bare(node.this))
    if of.name == "UNKNOWN":
        raise UnknownConstruct(f"{node.sql('duckdb')}: the type of what is cast is not known. Cast to it first.")
    return node


def _operand(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, (exp.Binary, exp.Connector)) else node


def round_(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`round(double, n)`: DuckDB rounds the double times a power of ten, Spark the shortest decimal text of it."""
    digits = node.args.get("decimals")
    if digits is None or type_of(node.this, scope).name not in FLOATS:
        return node
    if not isinstance(digits, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: a number of digits that is not written out.")
    if digits.name == "0":
        return spark("ROUND({})", node.this)
    power = f"1E{digits.name}D"
    return spark(f"(ROUND({{}} * {power}) / {power})", _operand(node.this))


def truncate(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`trunc` keeps the type of its number; Spark has it for dates only."""
    if node.args.get("decimals") is not None:
        raise UnknownConstruct(f"{node.sql('duckdb')}: trunc with digits. Truncate the product and divide.")
    of = type_of(node.this, scope)
    if of.name in FLOATS:
        # floor and ceil of a double are integers in Spark, of 64 bits.
        return spark("(SIGN({}) * CAST(FLOOR(ABS({})) AS DOUBLE))", node.this, node.this.copy())
    if of.name == "DECIMAL":
        return spark(
            f"CAST(CASE WHEN {{}} < 0 THEN CEIL({{}}) ELSE FLOOR({{}}) END AS DECIMAL({of.width}, 0))",
            *(_operand(node.this.copy()) if place == 0 else node.this.copy() for place in range(3)),
        )
    return _known(node, of, node.this)


def floor(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`floor` and `ceil` keep the type of their number; of a double, Spark makes a BIGINT."""
    of = type_of(node.this, scope)
    if of.name in FLOATS:
        return spark(f"CAST({'FLOOR' if isinstance(node, exp.Floor) else 'CEIL'}({{}}) AS DOUBLE)", node.this)
    return _known(node, of, node)


def _known(node: exp.Expr, of: Type, result: exp.Expr) -> exp.Expr:
    if of.name == "UNKNOWN":
        raise UnknownConstruct(f"{node.sql('duckdb')}: the type of the number is not known. Cast it to its type first.")
    return result


def sign(node: exp.Expr, _: Scope) -> exp.Expr:
    """The sign is an integer; Spark's double would make a double of the decimal it is multiplied with."""
    return spark("CAST(SIGN({}) AS INT)", node.this)


def divide_whole(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`//` of integers is `div`; of others DuckDB gives a double or decimal that Spark does not."""
    left, right = type_of(node.this, scope), type_of(node.args["expression"], scope)
    if not (left.is_integer and right.is_integer):
        raise UnknownConstruct(f"{node.sql('duckdb')}: // of other than integers. Cast both sides to BIGINT.")
    if "INT128" in (left.name, right.name):
        return spark("CAST({} DIV {} AS DECIMAL(38, 0))", node.this, node.args["expression"])
    return node


def is_infinite(node: exp.Expr, _: Scope) -> exp.Expr:
    """`isinf`."""
    return spark("(ABS({}) = DOUBLE('Infinity'))", node.this)


def is_finite(node: exp.Expr, _: Scope) -> exp.Expr:
    """`isfinite`: neither infinite nor not a number."""
    value = node.expressions[0]
    return spark("(ABS({}) < DOUBLE('Infinity'))", value)


RULES: Rules = {
    exp.IsInf: is_infinite,
    exp.Div: divide,
    exp.Cast: cast,
    exp.TryCast: cast,
    exp.Round: round_,
    exp.Trunc: truncate,
    exp.Floor: floor,
    exp.Ceil: floor,
    exp.Sign: sign,
    exp.IntDiv: divide_whole,
}
FUNCTIONS: dict[str, Rule] = {"isfinite": is_finite}
