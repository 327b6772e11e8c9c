"""Batches: one source table, loaded exactly once, with its lineage.

On disk, below `raw/`:

- `<entity>/<batch_id>.parquet`: the typed rows, one file per entity the table feeds.
- `_rejected_rows/<batch_id>.parquet`: row number, column and reason of each row that was not loaded (no cell values).
- `_batches/<batch_id>.json`: the lineage. It is written last: **a batch exists if and only if this file does**.
- `_files/<file sha256>.json`: what became of each received file, and the ids of the batches that count for it. This is
  the switch of a re-extraction: one rename, and readers have all of the new batches and none of the old ones.
- `_announced/<channel>`: the channel's batches changed; the next build that reads the raw layer removes it.
- `_superseded/<batch_id>.json`: the lineage of a batch that no longer counts, until its rows are deleted.

The lineage holds the digest of each of the batch's Parquet files and of itself (`seal`): neither DuckDB nor pyarrow
checks Parquet pages, so that a flipped bit may read as another number. `integrity.py` compares them.

The batch id is derived from content (file, table, contract, reader's code, facts): the same file twice is the same
batch, and a changed contract makes another one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from funnelhouse.errors import Verdict
from funnelhouse.files import sha256_of, write_json


class RawDamaged(Verdict):
    """Batches are gone or damaged, and cannot be made again by themselves; the message says of which file and why."""


class LineageDamaged(ValueError):
    """A lineage file does not hold what was written into it."""


@dataclass(frozen=True)
class BatchOutput:
    """Rows of one entity in a batch; `sha256` is that of the Parquet file ("" of one that an older release wrote)."""

    entity: str
    rows: int
    sha256: str = ""


@dataclass(frozen=True)
class Batch:
    """Lineage of one batch. Times are ISO 8601 UTC texts, dates ISO texts.

    rows_in = rows_loaded + rows_rejected + sum(rows_dropped.values()), where rows_loaded counts source rows.
    `scope` separates exports that restate each other from those that do not (level, breakdowns, page, object).
    `doubts`: why the table looks cut off. `has_open_end`: a text whose last line has no line end.
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
    contract_hash: str = ""
    doubts: list[str] = field(default_factory=list)
    has_open_end: bool = False
    rejected_sha256: str = ""
    seal: str = ""


def batch_path(raw: Path, identifier: str) -> Path:
    """Where the lineage of a batch is."""
    return raw / "_batches" / f"{identifier}.json"


def entity_path(raw: Path, entity: str, identifier: str) -> Path:
    """Where the rows of one entity of a batch are."""
    return raw / entity / f"{identifier}.parquet"


def rejected_path(raw: Path, identifier: str) -> Path:
    """Where the rejected rows of a batch are listed."""
    return raw / "_rejected_rows" / f"{identifier}.parquet"


def superseded_path(raw: Path, identifier: str) -> Path:
    """Where the lineage of a batch goes that no longer counts."""
    return raw / "_superseded" / f"{identifier}.json"


def commit_batch(raw: Path, batch: Batch) -> None:
    """Make the batch exist, with the digests of its files. They must be in place already."""
    superseded_path(raw, batch.batch_id).unlink(missing_ok=True)
    rejected = rejected_path(raw, batch.batch_id)
    whole = replace(
        batch,
        outputs=[
            replace(output, sha256=sha256_of(entity_path(raw, output.entity, batch.batch_id)))
            for output in batch.outputs
        ],
        rejected_sha256=sha256_of(rejected) if batch.rows_rejected and rejected.exists() else "",
    )
    document = asdict(whole)
    write_json(batch_path(raw, batch.batch_id), {**document, "seal": _seal(document)})


def _seal(document: dict[str, Any]) -> str:
    """Digest of a lineage without its own seal, whatever the order of its keys."""
    bare = {name: value for name, value in document.items() if name != "seal"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()


def load_batch(raw: Path, identifier: str) -> Batch:
    """The lineage of a batch. Raises FileNotFoundError, or LineageDamaged if it is not as it was written."""
    return _load(batch_path(raw, identifier))


def _load(path: Path) -> Batch:
    try:
        document = json.loads(path.read_bytes())
        if document.get("seal") and document["seal"] != _seal(document):
            raise LineageDamaged(f"{path} is not as it was written")
        return as_batch(document)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LineageDamaged(f"{path} is not as it was written") from error


def supersede(raw: Path, identifiers: Iterable[str]) -> None:
    """Put the lineage of batches away that no longer count; doing it twice changes nothing.

    Their rows stay for now: a build that is reading them is not disturbed (`maintenance.remove_superseded`).
    """
    for identifier in identifiers:
        target = superseded_path(raw, identifier)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            batch_path(raw, identifier).replace(target)
        except FileNotFoundError:
            continue


def read_batches(raw: Path) -> list[Batch]:
    """Every batch that counts, in the order of their ids.

    For a file whose record names its batches exactly those count. Of a file without such a record (its extraction is
    not finished) all do; of several readings of one of its tables the newest. Raises RawDamaged if named batches are
    gone for good.
    """
    for _ in range(50):
        found, missing = _counted(raw)
        if not missing:
            return found
        time.sleep(0.02)  # a re-extraction switched between our two looks: look again
    raise RawDamaged(
        f"batches of {len(missing)} files are gone from {raw / '_batches'} or damaged. The next build makes them "
        f"again from the archive; by hand: funnelhouse replay --all --file {sorted(missing)[0]}"
    )


def _counted(raw: Path) -> tuple[list[Batch], set[str]]:
    """Batches that count, and the files of which some are not there."""
    named = {
        record["sha256"]: set(record["batches"])
        for record in read_file_records(raw)
        if record.get("batches") is not None
    }
    counted: list[Batch] = []
    newest: dict[tuple[str, str, str], Batch] = {}
    for path in sorted((raw / "_batches").glob("*.json")):
        try:
            batch = _load(path)
        except (FileNotFoundError, LineageDamaged):
            continue
        if batch.file_sha256 in named:
            if batch.batch_id in named[batch.file_sha256]:
                counted.append(batch)
                named[batch.file_sha256].discard(batch.batch_id)
            continue
        identity = (batch.file_sha256, batch.table, batch.contract)
        rival = newest.get(identity)
        if rival is None or (rival.contract_version, rival.loaded_at) < (batch.contract_version, batch.loaded_at):
            newest[identity] = batch
    missing = {sha256 for sha256, identifiers in named.items() if identifiers}
    return sorted([*counted, *newest.values()], key=lambda batch: batch.batch_id), missing


def announce(raw: Path, channel: str) -> bool:
    """Leave a mark that a channel's batches changed, so that a build follows whoever is killed; True if new."""
    mark = raw / "_announced" / channel
    mark.parent.mkdir(parents=True, exist_ok=True)
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def withdraw(raw: Path, channel: str) -> None:
    """Take the mark away: a build reads the raw layer now, or nothing changed after all."""
    (raw / "_announced" / channel).unlink(missing_ok=True)


def announced(raw: Path) -> list[str]:
    """Channels that wait for a build to read them, by name."""
    return sorted(path.name for path in (raw / "_announced").glob("*"))


def named_batches(raw: Path, identifiers: Iterable[str]) -> list[Batch]:
    """Those of the batches that exist."""
    found = []
    for identifier in identifiers:
        with contextlib.suppress(FileNotFoundError, LineageDamaged):
            found.append(load_batch(raw, identifier))
    return found


def as_batch(document: dict[str, Any]) -> Batch:
    """The batch that a lineage file describes."""
    return Batch(**{**document, "outputs": [BatchOutput(**output) for output in document["outputs"]]})


def read_file_records(raw: Path) -> list[dict[str, Any]]:
    """What became of each received file, in the order of their hashes."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((raw / "_files").glob("*.json"))]
