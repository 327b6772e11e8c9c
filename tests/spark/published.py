"""Two published files, table by table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from funnelhouse.sql import sql_name, sql_text
from tests.spark.compare import differences, other_types


def compare_files(
    expected: Path, actual: Path, elsewhere: Mapping[str, Path] | None = None
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Rows of every mart of `expected`, and what is different of those that `actual` has otherwise, by table.

    Types have to be the same, too: readers see them. `elsewhere` names tables that are in no file, and the folder of
    Parquet files of each.
    """
    elsewhere = elsewhere or {}
    counted: dict[str, int] = {}
    different: dict[str, list[str]] = {}
    with duckdb.connect() as connection:
        for name, path in (("expected", expected), ("actual", actual)):
            connection.execute(f"attach {sql_text(str(path.resolve()))} as {name} (read_only)")
        tables, others = (marts(connection, catalog) for catalog in ("expected", "actual"))
        for table in tables:
            if table not in others and table not in elsewhere:
                different[table] = [f"{table} is missing"]
                continue
            mine = connection.sql(f"from expected.marts.{sql_name(table)}")
            other = (
                connection.read_parquet(f"{elsewhere[table]}/*.parquet")
                if table in elsewhere
                else connection.sql(f"from actual.marts.{sql_name(table)}")
            )
            counted[table] = len(mine)
            if found := [*differences(mine, other), *other_types(mine, other)]:
                different[table] = [f"{table}: {line}" for line in found]
        for table in sorted(set(others) - set(tables)):
            different[table] = [f"{table} is not expected"]
    return counted, different


def marts(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    """Names of the tables of schema marts."""
    query = "select table_name from duckdb_tables() where database_name = ? and schema_name = 'marts' order by 1"
    return [str(name) for (name,) in connection.execute(query, [catalog]).fetchall()]
