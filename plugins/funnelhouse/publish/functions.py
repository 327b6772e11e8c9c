"""Table functions that the published file carries: questions with an argument, which no table can answer by itself.

They are DuckDB macros. Each exists twice: in `marts` beside its table, and in `main`, where it needs no schema name.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.tables import quoted


@dataclass(frozen=True)
class TableFunction:
    """`name(parameters)`, a query on the mart `table`; `example` are arguments that it must answer."""

    name: str
    table: str
    parameters: str
    example: str
    sql: str


FUNCTIONS = (
    # Days, not instants, are compared: who entered on or before the day and left after it was there when the day ended.
    TableFunction(
        name="position_as_of",
        table="fct_stage_interval",
        parameters="day",
        example="date '2000-01-01'",
        sql="""
            select
                entity_type, entity_id, person_id, opportunity_id, account_id, pipeline, stage, stage_order, stage_type,
                entered_at, entered_on, cast(cast(day as date) - entered_on as bigint) as days_in_stage, entry_number,
                sla_days, cast(day as date) - entered_on > sla_days as is_over_sla, rep_id, rep_name, team, region,
                segment, channel, campaign_id, source, amount_reporting, cast(day as date) as position_on
            from marts.fct_stage_interval
            where
                entered_on <= cast(day as date)
                and (left_on is null or left_on > cast(day as date))
                and cast(day as date) <= data_as_of
        """,
    ),
)
"""`position_as_of(day)`: one row per lead and deal that existed when the business day ended, its stage then (R077).

Nothing before the first event of a lead or deal, and nothing for days after the one the marts speak of.
"""


def create_functions(connection: duckdb.DuckDBPyConnection, catalog: str, tables: set[str]) -> None:
    """Create the functions whose table is among `tables` in an attached database; the connection keeps its own one."""
    row = connection.execute("select current_database()").fetchone()
    # A macro names its table without the database, which readers may attach under any name.
    connection.execute(f"use {quoted(catalog)}")
    try:
        for function in FUNCTIONS:
            if function.table in tables:
                for schema in ("marts", "main"):
                    connection.execute(
                        f"create macro {schema}.{function.name}({function.parameters}) as table {function.sql}"
                    )
    finally:
        connection.execute(f"use {quoted(row[0] if row else 'memory')}")


def verify_functions(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    """Ask each function once as a reader would. Raises PublishRefused if one does not answer."""
    for function in FUNCTIONS:
        if function.table not in tables:
            continue
        for name in (f"marts.{function.name}", function.name):
            try:
                connection.execute(f"select count(*) from {name}({function.example})").fetchone()
            except duckdb.Error as error:
                raise PublishRefused(f"{name}() does not answer in the written file: {error}") from error
