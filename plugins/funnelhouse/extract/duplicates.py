"""Rows of one table that share their key although they differ: two campaigns of one name, a dimension nobody named.

Restatement keeps one row per key, so such rows would replace each other and money would vanish. They are kept apart by
a number in `breakdown`. Rows that are equal in everything stay as they are: they are the same fact twice.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from funnelhouse.contracts.entities import Entity
from funnelhouse.extract.text import sql_name, sql_text


def keep_apart(connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity) -> tuple[Path, int]:
    """The part's file and how many keys had several different rows; the file is a new one if there were any."""
    if entity.column("breakdown") is None:  # elsewhere the key is an id
        return path, 0
    key = ", ".join(["account_id", *(sql_name(name) for name in entity.key)])
    facts = ", ".join(sql_name(c.name) for c in entity.columns if c.name not in entity.key)
    source = f"read_parquet({sql_text(str(path))})"
    found = connection.execute(
        f"select count(distinct hash({key})), count(distinct hash({key}, {facts})) from {source}"
    ).fetchone()
    several = found[1] - found[0] if found else 0
    if several <= 0:
        return path, 0
    apart = path.with_name(f"{path.stem}.apart.parquet")
    names = ", ".join(
        f"concat_ws(' | ', nullif(breakdown, ''), 'row=' || place) as {sql_name(c.name)}"
        if c.name == "breakdown"
        else sql_name(c.name)
        for c in entity.all_columns
    )
    # The place follows the facts, not the order of the rows: an export sorted otherwise numbers them the same way.
    ranked = f"select *, dense_rank() over (partition by {key} order by hash({facts})) as place from {source}"
    connection.execute(
        f"copy (select {names} from ({ranked}) order by _row_number) to {sql_text(str(apart))} "
        "(format parquet, compression snappy)"
    )
    path.unlink()
    return apart, several
