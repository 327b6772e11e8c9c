"""Rows of one table that share their key although they differ: two campaigns of one name, a dimension nobody named.

Restatement keeps one row per key, so such rows would replace each other and money would vanish. They are kept apart by
a number in `breakdown`. Rows that are equal in everything stay as they are: they are the same fact twice.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.reading.rows.loaded import Part
from funnelhouse.sql import sql_name, sql_text


def distinct_keys(part: Part) -> str | None:
    """SQL over the part's rows: how many keys they have; None where rows may share a key."""
    if entities()[part.entity].column("breakdown") is None:  # elsewhere the key is an id
        return None
    return f"count(distinct hash({_key(part)}))"


def _key(part: Part) -> str:
    names = (name for name in entities()[part.entity].key if name not in part.absent)
    return ", ".join(["account_id", *map(sql_name, names)])


def keep_apart(connection: duckdb.DuckDBPyConnection, part: Part, keys: int | None) -> tuple[Path, int]:
    """The part's file and how many of its `keys` had several different rows; the file is a new one if any had."""
    entity, path = entities()[part.entity], part.path
    if keys is None or keys == part.rows:
        return path, 0
    key, source = _key(part), f"read_parquet({sql_text(str(path))})"
    others = [c.name for c in entity.columns if c.name not in entity.key and c.name not in part.absent]
    facts = ", ".join([sql_name(name) for name in others] or ["null"])
    several = _one(connection, f"select count(distinct hash({key}, {facts})) from {source}") - keys
    if several <= 0:
        return path, 0
    apart = path.with_name(f"{path.stem}.apart.parquet")
    names = ", ".join(
        f"concat_ws(' | ', nullif(breakdown, ''), 'row=' || place) as {sql_name(c.name)}"
        if c.name == "breakdown"
        else sql_name(c.name)
        for c in entity.all_columns
        if c.name not in part.absent
    )
    # The place follows the facts, not the order of the rows: an export sorted otherwise numbers them the same way, and
    # so does a file that leaves columns out.
    facts = ", ".join(
        f"cast(null as {c.sql_type})" if c.name in part.absent else sql_name(c.name)
        for c in entity.columns
        if c.name not in entity.key
    )
    ranked = f"select *, dense_rank() over (partition by {key} order by hash({facts})) as place from {source}"
    connection.execute(
        f"copy (select {names} from ({ranked}) order by _row_number) to {sql_text(str(apart))} "
        "(format parquet, compression snappy)"
    )
    path.unlink()
    return apart, several


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
