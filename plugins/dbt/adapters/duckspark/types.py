"""Names of types: Spark's as DuckDB's, and back."""

from __future__ import annotations

from functools import cache

from sqlglot import exp


@cache
def duckdb_type(spark: str) -> str:
    """DuckDB's name of a Spark type: `timestamp_ntz` is TIMESTAMP, `array<string>` VARCHAR[], `decimal(38,0)` HUGEINT.

    HUGEINT, because that is what becomes `decimal(38,0)` on the way there, and whole numbers divide otherwise.
    """
    if spark.replace(" ", "").lower() == "decimal(38,0)":
        return "HUGEINT"
    if spark == "void":
        return "INTEGER"  # as DuckDB keeps a column that is NULL in every row
    kind = exp.DataType.build(spark, dialect="spark")
    for part in kind.find_all(exp.DataType):
        if part.this == exp.DataType.Type.TIMESTAMPNTZ:
            part.set("this", exp.DataType.Type.TIMESTAMP)
    return kind.sql(dialect="duckdb").replace("TEXT", "VARCHAR")


@cache
def spark_type(duckdb: str) -> str:
    """Spark's name of a DuckDB type: VARCHAR is `string`, TIMESTAMP `timestamp_ntz`, HUGEINT `decimal(38,0)`."""
    kind = exp.DataType.build(duckdb, dialect="duckdb").transform(_as_in_spark)
    return kind.sql(dialect="spark").lower()


def _as_in_spark(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.TIMESTAMP:
        return exp.DataType(this=exp.DataType.Type.TIMESTAMPNTZ)
    if isinstance(node, exp.DataType) and node.this in (exp.DataType.Type.INT128, exp.DataType.Type.UINT128):
        return exp.DataType.build("decimal(38, 0)")
    return node
