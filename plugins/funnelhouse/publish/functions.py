"""Table functions that the published file carries: questions with an argument, which no table can answer by itself.

Each is a model of `dbt_project/models/marts/functions` that dbt makes a DuckDB table macro in schema `marts` of the
build. Publishing copies the macros as they are there; each then exists twice: in `marts` beside its tables, and in
`main`, where it needs no schema name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.sql import sql_name, sql_text


@dataclass(frozen=True)
class TableFunction:
    """`name(parameters)` and the query that it stands for, which names its tables without their database."""

    name: str
    parameters: tuple[str, ...]
    sql: str
    description: str = ""

    @property
    def definition(self) -> str:
        """The query as text that is equal for equal functions: DuckDB writes excluded columns in no fixed order."""
        return re.sub(r"EXCLUDE \(([^()]*)\)", lambda found: f"EXCLUDE {sorted(found[1].split(', '))}", self.sql)


def list_functions(
    connection: duckdb.DuckDBPyConnection, catalog: str, descriptions: dict[str, str] | None
) -> list[TableFunction]:
    """The functions of schema `marts` by name; without `descriptions` (no dbt manifest) all that the build has.

    Functions that no model makes any more stay behind. Raises PublishRefused if one of `descriptions` is missing.
    """
    rows = connection.execute(
        "select function_name, parameters, macro_definition from duckdb_functions() "
        "where database_name = ? and schema_name = 'marts' and function_type = 'table_macro' order by function_name",
        [catalog],
    ).fetchall()
    built = {name: TableFunction(name, tuple(parameters), sql) for name, parameters, sql in rows}
    if descriptions is None:
        return list(built.values())
    if missing := sorted(set(descriptions) - set(built)):
        raise PublishRefused(
            f"the build has no function {', '.join(f'marts.{name}()' for name in missing)}: build the marts again"
        )
    return [
        TableFunction(name, built[name].parameters, built[name].sql, " ".join(descriptions[name].split()))
        for name in sorted(descriptions)
    ]


def create_functions(connection: duckdb.DuckDBPyConnection, catalog: str, functions: Iterable[TableFunction]) -> None:
    """Create the functions in an attached database; the connection keeps its own current one."""
    row = connection.execute("select current_database()").fetchone()
    # A macro names its table without the database, which readers may attach under any name.
    connection.execute(f"use {sql_name(catalog)}")
    try:
        for function in functions:
            parameters = ", ".join(map(sql_name, function.parameters))
            for schema in ("marts", "main"):
                name = f"{schema}.{sql_name(function.name)}"
                connection.execute(f"create macro {name}({parameters}) as table {function.sql}")
                if function.description:
                    connection.execute(f"comment on macro table {name} is {sql_text(function.description)}")
    finally:
        connection.execute(f"use {sql_name(row[0] if row else 'memory')}")


def verify_functions(connection: duckdb.DuckDBPyConnection, functions: Iterable[TableFunction]) -> None:
    """Ask each function once as a reader would, for an unknown day. Raises PublishRefused if one does not answer."""
    for function in functions:
        arguments = ", ".join("null" for _ in function.parameters)
        for name in (f"marts.{sql_name(function.name)}", sql_name(function.name)):
            try:
                connection.execute(f"select count(*) from {name}({arguments})").fetchone()
            except duckdb.Error as error:
                raise PublishRefused(f"{function.name}() does not answer in the written file: {error}") from error
