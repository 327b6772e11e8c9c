"""Rows for single tables of a warehouse, where a test fills what a model reads by hand."""

from __future__ import annotations

from typing import Any

import duckdb


def fill(connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Put rows into a mart, or into a table named with its schema."""
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(
        f"insert into {table if '.' in table else f'marts.{table}'} ({columns}) values ({marks})", rows
    )
