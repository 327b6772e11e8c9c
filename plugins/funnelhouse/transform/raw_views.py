"""Schema `raw` of the build file: every entity over its batches, typed and present even when nothing was loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
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
from funnelhouse.transform import due

BATCH_COLUMNS = {
    "batch_id": "VARCHAR", "file_sha256": "VARCHAR", "file_name": "VARCHAR", "table": "VARCHAR",
    "contract": "VARCHAR", "contract_version": "INTEGER", "channel": "VARCHAR", "source": "VARCHAR",
    "account_id": "VARCHAR", "scope": "VARCHAR", "restatement": "VARCHAR", "exported_at": "TIMESTAMP",
    "exported_at_evidence": "VARCHAR", "loaded_at": "TIMESTAMP", "period_start": "DATE", "period_end": "DATE",
    "is_provisional": "BOOLEAN", "rows_in": "BIGINT", "rows_loaded": "BIGINT", "rows_rejected": "BIGINT",
    "rows_dropped": "BIGINT", "sums": "VARCHAR", "totals": "VARCHAR", "entities": "VARCHAR",
}  # fmt: skip
"""Columns of `raw._batches`; `table` is published as `source_table`, a reserved word otherwise.

`entities` lists the entities the batch speaks about (comma-separated), also those it has no row for.
"""

FILE_COLUMNS = {
    "sha256": "VARCHAR", "file_name": "VARCHAR", "folder": "VARCHAR", "size_bytes": "BIGINT",
    "received_at": "TIMESTAMP", "channel": "VARCHAR", "contract": "VARCHAR", "outcome": "VARCHAR",
    "reason": "VARCHAR", "message": "VARCHAR",
}  # fmt: skip
"""Columns of `raw._files`."""


def expose_raw(build_file: Path, raw: Path) -> dict[str, int]:
    """Create or replace the views of schema `raw`; rows per entity.

    Views are bound to the list of Parquet files that exist now, so that a build sees one state of the raw layer
    even if an extraction commits a batch meanwhile.
    """
    for channel in announced(raw):
        withdraw(raw, channel)
    batches = read_batches(raw)
    build_file.parent.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("create schema if not exists raw")
        for entity in entities().values():
            paths = _paths(raw, entity.name, batches)
            connection.execute(f"create or replace view raw.{entity.name} as {_entity_query(entity, paths)}")
            counts[entity.name] = sum(
                output.rows for batch in batches for output in batch.outputs if output.entity == entity.name
            )
        _expose_batches(connection, batches)
        _expose_files(connection, raw)
        _expose_rejected(connection, raw, batches)
        _tell_contents(connection, raw, batches)
    return counts


def _tell_contents(connection: duckdb.DuckDBPyConnection, raw: Path, batches: list[Batch]) -> None:
    """Write what each raw relation is made of, so that dbt sees what changed since a model was built."""
    due.prepare(connection)
    connection.begin()
    for name, entity in entities().items():
        columns = _hash(f"{column.name} {column.sql_type}" for column in entity.all_columns)
        own = [batch for batch in batches if any(output.entity == name for output in batch.outputs)]
        _tell_entity(connection, f"source.raw.{name}", columns, own)
    for name, content in {
        "_batches": _hash(asdict(batch) for batch in batches),
        "_rejected_rows": _hash(batch.batch_id for batch in batches if batch.rows_rejected),
        "_files": _hash(read_file_records(raw)),
    }.items():
        connection.execute("delete from build_state.nodes where id = ?", [f"source.raw.{name}"])
        connection.execute("insert into build_state.nodes (id, content) values (?, ?)", [f"source.raw.{name}", content])
    connection.commit()


def _tell_entity(connection: duckdb.DuckDBPyConnection, node: str, columns: str, batches: list[Batch]) -> None:
    """Write the contents of one entity and, if batches that add or renew records are all that changed, these."""
    facts = {f"{batch.batch_id} {_hash([asdict(batch)])}": batch for batch in batches}
    content = _hash([columns, *facts])
    known = connection.execute("select content, code, reads from build_state.nodes where id = ?", [node]).fetchone()
    if known and known[0] == content:
        return
    came = [batch for fact, batch in facts.items() if not known or fact not in (known[2] or ())]
    renews = all(batch.restatement == "upsert" for batch in came)
    if known and known[1] == columns and renews and set(known[2] or ()) <= facts.keys():
        connection.execute(
            "insert into build_state.changes select ?, coalesce(max(number), 0) + 1, ?, ?, ? "
            "from build_state.changes where id = ?",
            [node, known[0], content, [batch.batch_id for batch in came], node],
        )
        connection.execute(
            "delete from build_state.changes where id = ? and number <= "
            "(select max(number) - 16 from build_state.changes where id = ?)",
            [node, node],
        )
    else:
        connection.execute("delete from build_state.changes where id = ?", [node])
    connection.execute("delete from build_state.nodes where id = ?", [node])
    connection.execute(
        "insert into build_state.nodes (id, content, code, reads) values (?, ?, ?, ?)",
        [node, content, columns, list(facts)],
    )


def _hash(facts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for text in sorted(json.dumps(fact, sort_keys=True, default=str) for fact in facts):
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()


def _paths(raw: Path, entity: str, batches: list[Batch]) -> list[Path]:
    return [
        entity_path(raw, entity, batch.batch_id)
        for batch in batches
        if any(output.entity == entity and output.rows for output in batch.outputs)
    ]


def _entity_query(entity: Entity, paths: list[Path]) -> str:
    if not paths:
        typed = ", ".join(f'cast(null as {c.sql_type}) as "{c.name}"' for c in entity.all_columns)
        return f"select {typed} where false"
    # A column added to an entity after a batch was written is absent from its file: union by name gives NULL,
    # and the empty typed relation in front gives the column even if no file has it.
    typed = ", ".join(f'cast(null as {c.sql_type}) as "{c.name}"' for c in entity.all_columns)
    columns = ", ".join(f'"{c.name}"' for c in entity.all_columns)
    listed = ", ".join(_quoted(str(path)) for path in paths)
    return (
        f"select {columns} from (select {typed} where false "
        f"union all by name select * from read_parquet([{listed}], union_by_name = true))"
    )


def _expose_batches(connection: duckdb.DuckDBPyConnection, batches: list[Batch]) -> None:
    names = ["source_table" if name == "table" else name for name in BATCH_COLUMNS]
    typed = ", ".join(f'"{n}" {t}' for n, t in zip(names, BATCH_COLUMNS.values(), strict=True))
    connection.execute(f"create or replace table raw._batches ({typed})")
    rows = []
    for batch in batches:
        values = dict(vars(batch))
        values["rows_dropped"] = sum(batch.rows_dropped.values())
        values["sums"], values["totals"] = json.dumps(batch.sums), json.dumps(batch.totals)
        values["entities"] = ",".join(output.entity for output in batch.outputs)
        rows.append([values[name] for name in BATCH_COLUMNS])
    if rows:
        connection.executemany(f"insert into raw._batches values ({', '.join('?' * len(names))})", rows)


def _expose_files(connection: duckdb.DuckDBPyConnection, raw: Path) -> None:
    typed = ", ".join(f'"{n}" {t}' for n, t in FILE_COLUMNS.items())
    connection.execute(f"create or replace table raw._files ({typed})")
    rows = [[record.get(name) for name in FILE_COLUMNS] for record in read_file_records(raw)]
    if rows:
        connection.executemany(f"insert into raw._files values ({', '.join('?' * len(FILE_COLUMNS))})", rows)


def _expose_rejected(connection: duckdb.DuckDBPyConnection, raw: Path, batches: list[Batch]) -> None:
    paths = [path for batch in batches if batch.rows_rejected and (path := rejected_path(raw, batch.batch_id)).exists()]
    query = (
        f"select * from read_parquet([{', '.join(_quoted(str(path)) for path in paths)}], union_by_name = true)"
        if paths
        else "select null::varchar as batch_id, null::bigint as row_number, null::varchar as column_name, "
        "null::varchar as reason where false"
    )
    connection.execute(f"create or replace view raw._rejected_rows as {query}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
