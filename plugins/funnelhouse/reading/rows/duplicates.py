"""Rows of one table that share their key although they differ: two campaigns of one name, a dimension nobody named.

Restatement keeps one row per key, so such rows would replace each other and money would vanish. They are kept apart by
a number in `breakdown`. Only lines that are equal in every cell of the file, read or not, are the same fact twice.
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


def keep_apart(
    connection: duckdb.DuckDBPyConnection, part: Part, keys: int | None, relation: str, width: int
) -> tuple[Path, list[str]]:
    """The part's file, a new one if rows had to be numbered, and notes about rows that share one of its `keys`.

    `relation` has the lines of the table as they were read (rn, c0 ... up to `width`).
    """
    entity, path = entities()[part.entity], part.path
    if keys is None or keys == part.rows:
        return path, []
    key, source = _key(part), f"read_parquet({sql_text(str(path))})"
    shared = f"select _row_number from {source} qualify count(*) over (partition by {key}) > 1"
    cells = ", ".join(f"c{index}" for index in range(width))
    connection.execute(
        f"create or replace temp table fh_lines as select rn, hash({cells}) as line from {relation} "
        f"where rn in ({shared})"
    )
    counted = connection.execute(
        f"select count(distinct hash({key}, line)) - count(distinct hash({key})), "
        f"count(*) - count(distinct hash({key}, line)) from {source} inner join fh_lines on rn = _row_number"
    ).fetchone()
    several, equal = counted or (0, 0)
    notes = [f"{equal} lines are equal to another one in every cell: each such line counts once"] if equal else []
    if not several:
        return path, notes
    notes.append(f"{several} rows share their key with another: kept apart by `row=` in breakdown")
    apart = path.with_name(f"{path.stem}.apart.parquet")
    names = ", ".join(
        f"case when several then concat_ws(' | ', nullif(breakdown, ''), 'row=' || place) else breakdown end "
        f"as {sql_name(c.name)}"
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
    ranked = (
        f"select *, dense_rank() over (partition by {key} order by hash({facts}), line) as place, "
        f"min(line) over (partition by {key}) <> max(line) over (partition by {key}) as several "
        f"from {source} left join fh_lines on rn = _row_number"
    )
    connection.execute(
        f"copy (select {names} from ({ranked}) order by _row_number) to {sql_text(str(apart))} "
        "(format parquet, compression snappy)"
    )
    path.unlink()
    return apart, notes
