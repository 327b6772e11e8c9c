"""Failing rows of a check, as people see them: found by SQL, made harmless, without personal data."""

from __future__ import annotations

import re
from typing import Any

import duckdb

from funnelhouse.quality.duckdb_source import index_query, table_query
from funnelhouse.quality.suites import Suite

MOST_ROWS = 20
"""Failing rows kept per check; the number of all of them is always given."""

_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+\.\w+")
UNSHOWN = re.compile(r"(^extra$|_hash$|(^|_)e?mail$|phone|(^|_)(first|last)_name$|_loaded_at$)")


def failing_rows_query(suite: Suite, expectation: dict[str, Any], result: dict[str, Any]) -> str | None:
    """SQL that selects the failing rows of one expectation; None if it is about the table as a whole."""
    kwargs = expectation["kwargs"]
    if query := kwargs.get("unexpected_rows_query"):
        return str(query).format(batch=f"({table_query(suite.table)}) as batch")
    listed = kwargs.get("column_list")
    if listed and "unique" in expectation["type"]:
        shown = ", ".join(f'"{name}"' for name in dict.fromkeys([*suite.rows_by, *listed]))
        keys = ", ".join(f'"{name}"' for name in listed)
        return (
            f"select {shown}, count(*) over (partition by {keys}) as rows_with_this_key "
            f"from ({table_query(suite.table)}) qualify rows_with_this_key > 1 order by {keys}"
        )
    query = result.get("unexpected_index_query")
    return index_query(suite.table, str(query)) if query else None


def failing_rows(
    connection: duckdb.DuckDBPyConnection, suite: Suite, query: str
) -> tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Number of failing rows, the shown columns and the first rows as texts; raw rows with their file's name."""
    counted = connection.execute(f"select count(*) from ({query})").fetchone()
    names = [column[0] for column in connection.execute(f"select * from ({query}) limit 0").description or []]
    shown = [name for name in names if not UNSHOWN.search(name)]
    selected = ", ".join(f'failing."{name}"' for name in shown)
    if suite.boundary == "raw" and "_batch_id" in names:
        statement = (
            f"select {selected}, batches.file_name from ({query}) as failing "
            "left join raw._batches as batches on batches.batch_id = failing._batch_id"
        )
        shown.append("file_name")
    else:
        statement = f"select {selected} from ({query}) as failing"
    rows = connection.execute(f"{statement} limit {MOST_ROWS}").fetchall()
    return (
        int(counted[0]) if counted else 0,
        tuple(shown),
        tuple(tuple(harmless(cell) for cell in row) for row in rows),
    )


def harmless(value: Any, longest: int = 200) -> str:
    """A cell as text: without control characters (a terminal would obey them) and without e-mail addresses."""
    if value is None:
        return "NULL"
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return _ADDRESS.sub("<e-mail address>", text)[:longest]
