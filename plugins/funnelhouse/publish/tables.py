"""Tables as they may be published: their columns, allowed types, hashes of content and schema."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.sql import sql_name, sql_text

ALLOWED_TYPE = re.compile(
    r"^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DECIMAL\(\d+,\d+\)|DOUBLE|VARCHAR|DATE|TIMESTAMP)$"
)
"""What every reader of Parquet and of old DuckDB files understands (HUGEINT becomes a double in Parquet)."""

ADVICE = {
    "HUGEINT": "cast it to BIGINT (sum() of integers gives HUGEINT)",
    "FLOAT": "cast it to DOUBLE, or to DECIMAL if it is money",
    "TIMESTAMP WITH TIME ZONE": "cast it to TIMESTAMP in UTC",
}


@dataclass(frozen=True)
class PublishedTable:
    """One table of the build: its columns with types in order, its number of rows once it was measured, its key."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int = 0
    key: tuple[str, ...] = field(default=(), compare=False)

    @property
    def schema_hash(self) -> str:
        """Sixteen hexadecimal digits that change when a column is added, removed, moved or retyped."""
        return hashlib.sha256(repr(self.columns).encode()).hexdigest()[:16]

    @property
    def order(self) -> str:
        """ORDER BY list that gives equal tables equal files: the key; without one the first day, then all columns."""
        days = [name for name, kind in self.columns if kind == "DATE"][:1]
        names = self.key or [*days, *(name for name, _ in self.columns if name not in days)]
        return ", ".join(f"{sql_name(name)} nulls first" for name in names)


def list_tables(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str) -> list[PublishedTable]:
    """Every table of a schema by name, its rows not counted; a view of the build counts as one and is published as one.

    Raises PublishRefused for a forbidden type.
    """
    described = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? and not internal order by table_name, column_index",
        [catalog, schema],
    ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in described:
        if not ALLOWED_TYPE.match(kind):
            advice = ADVICE.get(
                kind, "publish plain columns: BOOLEAN, BIGINT, DECIMAL, DOUBLE, VARCHAR, DATE, TIMESTAMP"
            )
            raise PublishRefused(f"{schema}.{table}.{column} has type {kind}, which readers cannot use: {advice}")
        tables.setdefault(table, []).append((column, kind))
    return [PublishedTable(schema, name, tuple(columns)) for name, columns in tables.items()]


def content_hash(connection: duckdb.DuckDBPyConnection, catalog: str, table: PublishedTable) -> str:
    """Hash of a table's columns and rows, as `measured` gives it."""
    return measured(connection, catalog, table)[1]


def measured(connection: duckdb.DuckDBPyConnection, catalog: str, table: PublishedTable) -> tuple[PublishedTable, str]:
    """The table with its number of rows, and a hash of them.

    The hash does not depend on their order; equal rows count as often as they occur.

    Ratios (DOUBLE) enter with the seven digits of a FLOAT: the last ones of a double depend on the order in which
    threads add up, and what a ratio is made of stands beside it exactly.
    """
    values = ", ".join(
        f"try_cast({sql_name(name)} as float)" if kind == "DOUBLE" else sql_name(name) for name, kind in table.columns
    )
    row = connection.execute(
        "select count(*), coalesce(sum(row_hash), 0)::varchar, coalesce(bit_xor(row_hash), 0)::varchar "
        f"from (select hash({values}) as row_hash "
        f"from {sql_name(catalog)}.{sql_name(table.schema)}.{sql_name(table.name)})"
    ).fetchone()
    digest = hashlib.sha256(repr((table.columns, row)).encode()).hexdigest()[:32]
    return replace(table, rows=int(row[0]) if row else 0), digest


def table_hashes(path: Path, schemas: tuple[str, ...] = ("marts",)) -> dict[str, str]:
    """`schema.table` to the hash of its columns and rows, for any DuckDB file; the file is opened read-only."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(path))} as looked_at (read_only)")
        return {
            f"{table.schema}.{table.name}": content_hash(connection, "looked_at", table)
            for schema in schemas
            for table in list_tables(connection, "looked_at", schema)
        }
