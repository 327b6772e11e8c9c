"""DuckDB's SQL of a SELECT as Spark 4.3's, with the columns of the tables it reads known.

`render` gives Spark the same rows as DuckDB has, or raises UnknownConstruct; `unknown_constructs` tells beforehand, and
without columns, what it will refuse: all but what depends on types. SESSION is how Spark has to be set up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError

from duckdb_to_spark import allowed
from duckdb_to_spark.queries import Rewriter
from duckdb_to_spark.scope import Relation, UnknownConstruct
from duckdb_to_spark.steps import Step, in_steps
from duckdb_to_spark.writer import typed, write

__all__ = ["SESSION", "Step", "UnknownConstruct", "render", "render_steps", "unknown_constructs"]

SESSION = {
    # Casts and divisions that cannot be done are errors, as in DuckDB, and not NULL.
    "spark.sql.ansi.enabled": "true",
    # A division behind a condition is made only if the condition holds: else Spark's compiled code makes parts that a
    # query has twice beforehand, and ends with a division by zero.
    "spark.sql.subexpressionElimination.enabled": "false",
    # Products of decimals keep their digits: else Spark cuts them to fit and rounds twice.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # A sum of cents beside a sum of counts (UNION, CASE, coalesce) keeps its cents: else Spark makes room for 38 whole
    # digits and rounds all of it, without a word.
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    # DuckDB's TIMESTAMP has no zone, and its build runs in UTC.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # A CTE inside of another query may have the name of an outer one, and is meant there.
    "spark.sql.legacy.ctePrecedencePolicy": "CORRECTED",
    # A recursive CTE may go as deep as a tree of goals or companies is.
    "spark.sql.cteRecursionLevelLimit": "1000",
    # Backslashes in texts escape, as the renderer writes them.
    "spark.sql.parser.escapedStringLiterals": "false",
}
"""Settings of a Spark session that decide what the rendered SQL gives."""


def render(sql: str, columns_of: Callable[[str, str], Mapping[str, str]]) -> str:
    """Spark's SQL for a query of DuckDB's.

    `columns_of(schema, table)`: column -> DuckDB's type, asked for tables that the SQL reads. Raises UnknownConstruct.
    """
    return write(_rewritten(sql, columns_of)[0])


def render_steps(sql: str, columns_of: Callable[[str, str], Mapping[str, str]], prefix: str) -> tuple[list[Step], str]:
    """As `render`, for a table: its columns get DuckDB's types, and large CTEs that are read more than once are steps.

    Each step (module steps) is to be run first, its result kept as a table of its name. Raises UnknownConstruct.
    """
    tree, columns = _rewritten(sql, columns_of)
    steps, query = in_steps(tree, prefix)
    return steps, typed(query, columns)


def _rewritten(sql: str, columns_of: Callable[[str, str], Mapping[str, str]]) -> tuple[exp.Expr, Relation]:
    tree = _parsed(sql)
    unknown = allowed.unknown_constructs(tree)
    if unknown:
        raise UnknownConstruct(" ".join(unknown))
    holder = exp.Paren(this=tree)  # a query has a parent, so that it can be replaced
    columns = Rewriter(columns_of).query(tree, {}, None)
    return holder.this, columns


def unknown_constructs(sql: str) -> list[str]:
    """What `render` refuses of a query whatever the types of its columns are, each as a sentence."""
    try:
        return allowed.refused_constructs(_parsed(sql))
    except UnknownConstruct as error:
        return [str(error)]


def _parsed(sql: str) -> exp.Expr:
    dialect = DuckDB()
    dialect.INDEX_OFFSET = 0  # list[n] as it is written: the parser counts some from 0, by what it guesses n to be
    try:
        trees = [tree for tree in dialect.parse(sql) if tree is not None]
    except (ParseError, TokenError) as error:
        raise UnknownConstruct(f"SQL that the parser does not know: {str(error).splitlines()[0]}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise UnknownConstruct("Not a single query: only a SELECT can be rendered.")
    return trees[0]
