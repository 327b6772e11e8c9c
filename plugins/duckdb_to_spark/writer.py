"""The text of the rewritten tree: sqlglot's Spark generator, with words of its own where a node needs no types.

The handlers are given to one generator rather than to a class derived from it: sqlglot's compiled generators cannot be
derived from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.generator import Generator

from duckdb_to_spark.kinds import Type
from duckdb_to_spark.scope import Relation, UnknownConstruct

_TYPES = {
    exp.DType.INT128: "DECIMAL(38, 0)",
    exp.DType.UINT128: "DECIMAL(38, 0)",
    exp.DType.UBIGINT: "DECIMAL(20, 0)",
    exp.DType.TIMESTAMP: "TIMESTAMP_NTZ",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP_NTZ",
    exp.DType.TIMESTAMPTZ: "TIMESTAMP_LTZ",
}


_NAMES = {
    "BOOLEAN": "BOOLEAN", "TINYINT": "TINYINT", "SMALLINT": "SMALLINT", "INT": "INT", "BIGINT": "BIGINT",
    "INT128": "DECIMAL(38, 0)", "DOUBLE": "DOUBLE", "TEXT": "STRING", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP_NTZ",
    "NULL": "INT",  # what DuckDB makes of a column that is nothing but NULL
}  # fmt: skip
"""Types of tables by DuckDB's name."""


def _written(generator: Generator, node: exp.Expr) -> str:
    """Text of Spark with its holes filled (module templates); any other function by its name."""
    if not node.args.get("written"):
        return generator.anonymous_sql(node)  # type: ignore[arg-type]
    texts: list[str] = node.args["this"].split("{}")
    parts = [generator.sql(part) for part in node.expressions]
    return texts[0] + "".join(part + after for part, after in zip(parts, texts[1:], strict=True))


def _type(generator: Generator, node: exp.Expr) -> str:
    return _TYPES.get(node.this, "") or generator.datatype_sql(node)  # type: ignore[arg-type]


def _cast(generator: Generator, node: exp.Expr) -> str:
    return f"CAST({generator.sql(node, 'this')} AS {generator.sql(node, 'to')})"


def _try_cast(generator: Generator, node: exp.Expr) -> str:
    return f"TRY_CAST({generator.sql(node, 'this')} AS {generator.sql(node, 'to')})"


def _select(generator: Generator, node: exp.Expr) -> str:
    return generator.select_sql(node)  # type: ignore[arg-type]


_HANDLERS: dict[type[exp.Expr], Callable[[Any, Any], str]] = {
    exp.Anonymous: _written,
    exp.Cast: _cast,
    exp.DataType: _type,
    # As it is: sqlglot would write QUALIFY and unnest otherwise, which is done already or Spark's own.
    exp.Select: _select,
    exp.TryCast: _try_cast,
}


@cache
def _generator() -> Generator:
    generator = Spark().generator(comments=False)
    generator._dispatch = {**generator._dispatch, **_HANDLERS}
    return generator


def write(tree: exp.Expr) -> str:
    """SQL of Spark. Nested WITHs stay where they are, as Spark has them.

    Raises UnknownConstruct for what the generator would leave out, because Spark has no words for it.
    """
    generator = _generator()
    generator.unsupported_messages = []
    written = generator.sql(tree)
    if generator.unsupported_messages:
        raise UnknownConstruct(" ".join(f"{message.rstrip('.')}." for message in generator.unsupported_messages))
    return written


def typed(query: str, columns: Relation) -> str:
    """A query with DuckDB's types: Spark counts and ranks in other integers, and gives decimals other widths."""
    if len({name.lower() for name in columns.names}) < len(columns.names):
        return query
    shown = []
    for name, kind in zip(columns.names, columns.kinds, strict=True):
        quoted, cast = f"`{name}`", _spark_name(kind)
        shown.append(f"CAST({quoted} AS {cast}) AS {quoted}" if cast else quoted)
    return f"SELECT {', '.join(shown)} FROM ({query}) AS `typed`"


def _spark_name(kind: Type) -> str:
    """Spark's name of a type; empty for those that are not cast: lists, structs, what is not known."""
    if kind.name == "DECIMAL":
        return f"DECIMAL({kind.width}, {kind.scale})" if kind.width else ""
    return _NAMES.get(kind.name, "")
