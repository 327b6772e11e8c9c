"""Schema `raw` of the build file: every entity over its batches, typed and present even when nothing was loaded.

Two things do not count and are in no entity: batches of files that are suspended or withdrawn (`raw._left_out`), and
single rows that the gate kept aside (`raw._kept_aside`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.entities import Entity, entities
from funnelhouse.store.batches import (
    Batch,
    announced,
    entity_path,
    read_batches,
    read_file_records,
    rejected_path,
    withdraw,
)
from funnelhouse.store.standing import LeftOut
from funnelhouse.transform import due
from funnelhouse.transform.kept_aside import KeptRow, expose_kept

BATCH_COLUMNS = {
    "batch_id": "VARCHAR", "file_sha256": "VARCHAR", "file_name": "VARCHAR", "table": "VARCHAR",
    "contract": "VARCHAR", "contract_version": "INTEGER", "channel": "VARCHAR", "source": "VARCHAR",
    "account_id": "VARCHAR", "scope": "VARCHAR", "restatement": "VARCHAR", "exported_at": "TIMESTAMP",
    "exported_at_evidence": "VARCHAR", "loaded_at": "TIMESTAMP", "period_start": "DATE", "period_end": "DATE",
    "is_provisional": "BOOLEAN", "rows_in": "BIGINT", "rows_loaded": "BIGINT", "rows_rejected": "BIGINT",
    "rows_dropped": "BIGINT", "sums": "VARCHAR", "totals": "VARCHAR", "entities": "VARCHAR", "is_new": "BOOLEAN",
}  # fmt: skip
"""Columns of `raw._batches`; `table` is published as `source_table`, a reserved word otherwise.

`entities` lists the entities of the batch (comma-separated), also those it has no row for. `is_new`: no complete build
has had it.
"""

FILE_COLUMNS = {
    "sha256": "VARCHAR", "file_name": "VARCHAR", "folder": "VARCHAR", "size_bytes": "BIGINT",
    "received_at": "TIMESTAMP", "channel": "VARCHAR", "contract": "VARCHAR", "outcome": "VARCHAR",
    "reason": "VARCHAR", "message": "VARCHAR",
}  # fmt: skip
"""Columns of `raw._files`."""

LEFT_OUT_COLUMNS = {
    "batch_id": "VARCHAR", "file_sha256": "VARCHAR", "file_name": "VARCHAR", "contract": "VARCHAR",
    "channel": "VARCHAR", "source": "VARCHAR", "account_id": "VARCHAR", "exported_at": "TIMESTAMP",
    "period_start": "DATE", "period_end": "DATE", "rows_in": "BIGINT", "rows_loaded": "BIGINT",
    "rows_rejected": "BIGINT", "rows_dropped": "BIGINT", "standing": "VARCHAR", "reason": "VARCHAR",
    "message": "VARCHAR", "advice": "VARCHAR",
}  # fmt: skip
"""Columns of `raw._left_out`: loaded tables of files that are suspended or withdrawn (`store.standing`)."""

_REPORTING_DATE = (
    "select coalesce(max(exported_at) filter (where channel <> 'plans'), max(exported_at), "
    "timestamp '1970-01-01')::date as as_of from raw._batches"
)
"""The reporting date of what was loaded: the newest export's day over everything but plans, never the wall clock."""


def expose_raw(build_file: Path, raw: Path, left_out: Iterable[LeftOut] = ()) -> dict[str, int]:
    """Create or replace the views of schema `raw`; rows per entity. Batches that are `left_out` are in none of them.

    Views are bound to the list of Parquet files that exist now, so that a build sees one state of the raw layer
    even if an extraction commits a batch meanwhile.
    """
    for channel in announced(raw):
        withdraw(raw, channel)
    excluded = list(left_out)
    unused = {one.batch.batch_id for one in excluded}
    batches = [batch for batch in read_batches(raw) if batch.batch_id not in unused]
    build_file.parent.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("create schema if not exists raw")
        expose_kept(connection, [])
        for entity in entities().values():
            paths = _paths(raw, entity.name, batches)
            connection.execute(f"create or replace view raw.{entity.name} as {_entity_query(entity, paths)}")
            counts[entity.name] = sum(
                output.rows for batch in batches for output in batch.outputs if output.entity == entity.name
            )
        files = list(read_file_records(raw))
        _expose_batches(connection, batches)
        _expose_files(connection, files)
        _expose_rejected(connection, raw, batches)
        _expose_left_out(connection, excluded)
        due.expose_facts(connection, batches, files, excluded)
        connection.execute(f"create or replace view raw._reporting_date as {_REPORTING_DATE}")
        connection.execute("drop schema if exists build_state cascade")  # of a home that older code built
    return counts


def keep_aside(build_file: Path, raw: Path, kept: Sequence[KeptRow]) -> None:
    """Take rows of files out of every entity that they feed, and list them in `raw._kept_aside`.

    A build that runs `expose_raw` first starts again with all rows.
    """
    with duckdb.connect(str(build_file)) as connection:
        expose_kept(connection, kept)
        if not kept:
            return
        marked = {row.batch_id for row in kept}
        counting = {row[0] for row in connection.execute("select batch_id from raw._batches").fetchall()}
        batches = [batch for batch in read_batches(raw) if batch.batch_id in counting]
        for entity in entities().values():
            fed = [batch for batch in batches if any(o.entity == entity.name and o.rows for o in batch.outputs)]
            if not marked & {batch.batch_id for batch in fed}:
                continue
            whole = _paths(raw, entity.name, [batch for batch in fed if batch.batch_id not in marked])
            partly = _paths(raw, entity.name, [batch for batch in fed if batch.batch_id in marked])
            query = _entity_query(entity, whole, partly)
            connection.execute(f"create or replace view raw.{entity.name} as {query}")
        due.note_kept(connection)


def _paths(raw: Path, entity: str, batches: list[Batch]) -> list[Path]:
    return [
        entity_path(raw, entity, batch.batch_id)
        for batch in batches
        if any(output.entity == entity and output.rows for output in batch.outputs)
    ]


def _entity_query(entity: Entity, paths: list[Path], partly: Sequence[Path] = ()) -> str:
    """The rows of Parquet files; of those in `partly` the rows that were not kept aside."""
    if partly:
        whole = _entity_query(entity, paths)
        counting = _entity_query(entity, [*partly])
        return (
            f"{whole} union all by name select * from ({counting}) as one where not exists (select 1 from "
            "raw._kept_aside as kept where kept.batch_id = one._batch_id and kept.row_number = one._row_number)"
        )
    if not paths:
        typed = ", ".join(f'cast(null as {c.sql_type}) as "{c.name}"' for c in entity.all_columns)
        return f"select {typed} where false"
    # A column added to an entity after a batch was written is absent from its file: union by name gives NULL,
    # and the empty typed relation in front gives the column even if no file has it.
    typed = ", ".join(f'cast(null as {c.sql_type}) as "{c.name}"' for c in entity.all_columns)
    # Cast, since files that an earlier reader wrote may hold a word said once for all rows as text.
    columns = ", ".join(f'cast("{c.name}" as {c.sql_type}) as "{c.name}"' for c in entity.all_columns)
    listed = ", ".join(_quoted(str(path)) for path in paths)
    return (
        f"select {columns} from (select {typed} where false "
        f"union all by name select * from read_parquet([{listed}], union_by_name = true))"
    )


def _expose_batches(connection: duckdb.DuckDBPyConnection, batches: list[Batch]) -> None:
    names = ["source_table" if name == "table" else name for name in BATCH_COLUMNS]
    typed = ", ".join(f'"{n}" {t}' for n, t in zip(names, BATCH_COLUMNS.values(), strict=True))
    connection.execute(f"create or replace table raw._batches ({typed})")
    built = due.built_batches(connection)
    rows = []
    for batch in batches:
        values = dict(vars(batch))
        values["rows_dropped"] = sum(batch.rows_dropped.values())
        values["sums"], values["totals"] = json.dumps(batch.sums), json.dumps(batch.totals)
        values["entities"] = ",".join(output.entity for output in batch.outputs)
        values["is_new"] = batch.batch_id not in built
        rows.append([values[name] for name in BATCH_COLUMNS])
    if rows:
        connection.executemany(f"insert into raw._batches values ({', '.join('?' * len(names))})", rows)


def _expose_files(connection: duckdb.DuckDBPyConnection, files: list[dict[str, Any]]) -> None:
    typed = ", ".join(f'"{n}" {t}' for n, t in FILE_COLUMNS.items())
    connection.execute(f"create or replace table raw._files ({typed})")
    rows = [[record.get(name) for name in FILE_COLUMNS] for record in files]
    if rows:
        connection.executemany(f"insert into raw._files values ({', '.join('?' * len(FILE_COLUMNS))})", rows)


def _expose_left_out(connection: duckdb.DuckDBPyConnection, excluded: list[LeftOut]) -> None:
    typed = ", ".join(f'"{n}" {t}' for n, t in LEFT_OUT_COLUMNS.items())
    connection.execute(f"create or replace table raw._left_out ({typed})")
    rows = []
    for one in excluded:
        values = {**vars(one.batch), **vars(one), "advice": one.advice}
        values["rows_dropped"] = sum(one.batch.rows_dropped.values())
        rows.append([values[name] for name in LEFT_OUT_COLUMNS])
    if rows:
        connection.executemany(f"insert into raw._left_out values ({', '.join('?' * len(LEFT_OUT_COLUMNS))})", rows)


def _expose_rejected(connection: duckdb.DuckDBPyConnection, raw: Path, batches: list[Batch]) -> None:
    paths = [path for batch in batches if batch.rows_rejected and (path := rejected_path(raw, batch.batch_id)).exists()]
    unread = (
        "select batch_id, row_number, column_name, reason "
        f"from read_parquet([{', '.join(_quoted(str(path)) for path in paths)}], union_by_name = true)"
        if paths
        else "select null::varchar as batch_id, null::bigint as row_number, null::varchar as column_name, "
        "null::varchar as reason where false"
    )
    query = (
        f"select *, 'extraction' as rejected_by from ({unread}) union all by name select batch_id, row_number, "
        "column_name, check_name as reason, 'check' as rejected_by from raw._kept_aside where not is_replaced"
    )
    connection.execute(f"create or replace view raw._rejected_rows as {query}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
