"""From a loaded table to a batch that exists: files in place first, the lineage last."""

from __future__ import annotations

import errno
import io
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from funnelhouse.files import sync_file, sync_folder, temporary_path, write_bytes
from funnelhouse.masks import mask_emails
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.safe_csv import write_csv
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_list, sql_text
from funnelhouse.store.batches import Batch, BatchOutput, commit_batch, entity_path, named_batches, rejected_path
from funnelhouse.store.integrity import what_is_wrong
from funnelhouse.store.locks import held


def commit(settings: Settings, file: FileFacts, loaded: Loaded, connection: duckdb.DuckDBPyConnection) -> bool:
    """Put the batch's files in place and make it exist; False if it exists already and is whole.

    Doing it twice, or in two processes, changes nothing: one of them commits, and the digests are of its files.
    """
    with held(settings.raw / ".commit.lock", "extract", wait=True):
        if what_is_wrong(settings.raw, loaded.batch_id) is None:
            return False
        for part in loaded.parts:
            _move(part.path, entity_path(settings.raw, part.entity, loaded.batch_id))
        if loaded.rejected:
            _write_rejected(settings, loaded, connection)
        _write_quarantined_rows(settings, loaded)
        commit_batch(settings.raw, as_batch(file, loaded))
    return True


def name_anew(settings: Settings, file: FileFacts, loaded: Loaded) -> None:
    """Let a batch that exists have the name that counts for its file now: the same bytes may arrive under another."""
    name = mask_emails(file.file_name)
    with held(settings.raw / ".commit.lock", "extract", wait=True):
        batch = next(iter(named_batches(settings.raw, [loaded.batch_id])), None)
        if batch and batch.file_name != name:
            commit_batch(settings.raw, replace(batch, file_name=name))


def as_batch(file: FileFacts, loaded: Loaded) -> Batch:
    """The lineage record of a loaded table."""
    contract = loaded.table.contract
    return Batch(
        batch_id=loaded.batch_id,
        file_sha256=file.sha256,
        file_name=mask_emails(file.file_name),
        table=mask_emails(loaded.table.name),
        contract=contract.contract,
        contract_version=contract.version,
        channel=contract.kind_channel,
        source=contract.source,
        account_id=loaded.account_id,
        scope=loaded.scope,
        restatement=loaded.facts.get("restatement") or contract.restatement,
        exported_at=loaded.exported_at,
        exported_at_evidence=loaded.exported_evidence,
        loaded_at=loaded.loaded_at,
        period_start=loaded.period[0],
        period_end=loaded.period[1],
        is_provisional=(loaded.facts.get("is_provisional") or "").lower() in ("true", "1", "yes"),
        rows_in=loaded.rows_in,
        rows_loaded=loaded.rows_loaded,
        rows_rejected=loaded.rows_rejected,
        rows_dropped=loaded.dropped,
        outputs=[BatchOutput(part.entity, part.rows) for part in loaded.parts],
        sums=loaded.sums,
        totals=loaded.totals,
        notes=[mask_emails(note) for note in loaded.notes],
        contract_hash=contract.content_hash,
        doubts=[mask_emails(doubt) for doubt in loaded.doubts],
        has_open_end=loaded.has_open_end,
    )


def _move(source: Path, target: Path) -> None:
    """Rename into place; across file systems through a temporary copy beside the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(target)
    try:
        try:
            source.replace(temporary)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copyfile(source, temporary)
        sync_file(temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _write_rejected(settings: Settings, loaded: Loaded, connection: duckdb.DuckDBPyConnection) -> None:
    """Which rows and why, without cell values: this is below raw/."""
    target = rejected_path(settings.raw, loaded.batch_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(target)
    contract, labels = loaded.table.contract, loaded.table.binding.labels
    columns = loaded.table.binding.columns
    del contract
    rows = [
        (number, labels[columns[name]].strip() if name in columns else name, reason)
        for number, reason, name, _ in loaded.rejected
    ]
    numbers, names, reasons = zip(*rows, strict=True)
    try:
        connection.execute(
            f"create or replace temp table fh_rejected as select {sql_text(loaded.batch_id)} as batch_id, "
            f"unnest({sql_list(numbers, 'bigint')}) as row_number, "
            f"unnest({sql_list(names, 'varchar')}) as column_name, unnest({sql_list(reasons, 'varchar')}) as reason"
        )
        connection.execute(f"copy fh_rejected to {sql_text(str(temporary))} (format parquet)")
        sync_file(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _write_quarantined_rows(settings: Settings, loaded: Loaded) -> None:
    """The rejected rows with their cells, for the person who corrects them; safe to open in a spreadsheet."""
    rows = [(number, name, reason, cells) for number, reason, name, cells in loaded.rejected]
    rows += [(number, "", f"dropped by {rule}", cells) for number, kind, rule, cells in loaded.kept if kind == "errors"]
    if not rows:
        return
    sink = io.StringIO()
    header = ["row", "column", "reason", *(label.strip() for label in loaded.table.binding.labels)]
    ordered = sorted(rows, key=lambda row: row[0])
    write_csv(
        sink,
        header,
        ([number, name, reason, *(cell or "" for cell in cells)] for number, name, reason, cells in ordered),
    )
    write_bytes(
        settings.quarantine / "rows" / f"{loaded.batch_id}.csv", sink.getvalue().encode("utf-8-sig"), mode=0o600
    )
