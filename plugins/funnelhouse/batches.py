"""Batches: one source table, loaded exactly once, with its lineage.

On disk, below `raw/`:

- `<entity>/<batch_id>.parquet`: the typed rows, one file per entity the table feeds.
- `_rejected_rows/<batch_id>.parquet`: row number, column and reason of each row that was not loaded (no cell values).
- `_batches/<batch_id>.json`: the lineage. It is written last: **a batch exists if and only if this file does**.
- `_files/<file sha256>.json`: what became of each received file.

The batch id is derived from content (file, table, contract, version, facts), so the same file twice is the same batch.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from funnelhouse.files import write_json


@dataclass(frozen=True)
class BatchOutput:
    """Rows of one entity in a batch."""

    entity: str
    rows: int


@dataclass(frozen=True)
class Batch:
    """Lineage of one batch. Times are ISO 8601 UTC texts, dates ISO texts.

    rows_in = rows_loaded + rows_rejected + sum(rows_dropped.values()), where rows_loaded counts source rows.
    `scope` separates exports that restate each other from those that do not (level, breakdowns, page, object).
    """

    batch_id: str
    file_sha256: str
    file_name: str
    table: str
    contract: str
    contract_version: int
    channel: str
    source: str
    account_id: str
    scope: str
    restatement: str
    exported_at: str
    exported_at_evidence: str
    loaded_at: str
    period_start: str | None
    period_end: str | None
    is_provisional: bool
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_dropped: dict[str, int] = field(default_factory=dict)
    outputs: list[BatchOutput] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)
    totals: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def batch_id(file_sha256: str, table: str, contract: str, version: int, facts: dict[str, Any]) -> str:
    """Sixteen hexadecimal digits that stand for this content under this contract and these manifest facts."""
    identity = json.dumps([file_sha256, table, contract, version, facts], sort_keys=True, default=str)
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def batch_path(raw: Path, identifier: str) -> Path:
    """Where the lineage of a batch is."""
    return raw / "_batches" / f"{identifier}.json"


def entity_path(raw: Path, entity: str, identifier: str) -> Path:
    """Where the rows of one entity of a batch are."""
    return raw / entity / f"{identifier}.parquet"


def rejected_path(raw: Path, identifier: str) -> Path:
    """Where the rejected rows of a batch are listed."""
    return raw / "_rejected_rows" / f"{identifier}.parquet"


def commit_batch(raw: Path, batch: Batch) -> None:
    """Make the batch exist. Its Parquet files must be in place already."""
    write_json(batch_path(raw, batch.batch_id), asdict(batch))


def read_batches(raw: Path) -> list[Batch]:
    """Every batch that counts, in the order of their ids.

    Where one table of one file was loaded under several versions of its contract, only the newest counts.
    """
    newest: dict[tuple[str, str, str], Batch] = {}
    for path in sorted((raw / "_batches").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        document["outputs"] = [BatchOutput(**output) for output in document["outputs"]]
        batch = Batch(**document)
        identity = (batch.file_sha256, batch.table, batch.contract)
        rival = newest.get(identity)
        if rival is None or (rival.contract_version, rival.loaded_at) < (
            batch.contract_version,
            batch.loaded_at,
        ):
            newest[identity] = batch
    return sorted(newest.values(), key=lambda batch: batch.batch_id)


def read_file_records(raw: Path) -> list[dict[str, Any]]:
    """What became of each received file, in the order of their hashes."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((raw / "_files").glob("*.json"))]
