"""Extracting what a channel's archive holds: every received file to batches, its outcome to the ledger."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.schema import Contract
from funnelhouse.explain.explanation import explain_received
from funnelhouse.extract.commit import commit, drop_superseded, is_committed
from funnelhouse.extract.loaded import FileFacts, Loaded
from funnelhouse.extract.outcome import FileOutcome, is_no_space, process
from funnelhouse.extract.outcomes import Refused
from funnelhouse.extract.watch import Watch, watching
from funnelhouse.extract.workspace import engine, scratch
from funnelhouse.progress import report
from funnelhouse.receive.archive import Record, content_path, list_records
from funnelhouse.receive.ledger import is_extracted, write_outcome
from funnelhouse.receive.quarantine import explain, explain_rows, quarantine_file, release
from funnelhouse.settings import Settings

log = logging.getLogger("funnelhouse")


@dataclass
class ExtractSummary:
    """What one extraction did. `rows` are source rows loaded by this call, `new_batches` batches that are new."""

    files: int = 0
    loaded: int = 0
    rejected_rows: int = 0
    refused: int = 0
    empty: int = 0
    rows: int = 0
    new_batches: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For logs, XCom and asset events."""
        return asdict(self)


def extract_channel(settings: Settings, channel: str, only: list[str] | None = None) -> ExtractSummary:
    """Extract the channel's received files that have no outcome yet, or just the files `only` (sha256s).

    A file already extracted is a no-op. Safe to run in several processes at once. Raises ContractError for a broken
    user contract.
    """
    summary = ExtractSummary()
    records = [
        record
        for record in list_records(settings)
        if record.channel == channel
        and (record.sha256 in only if only is not None else not is_extracted(settings, record.sha256))
    ]
    if not records:
        return summary
    contracts = load_contracts(settings.user_contracts, settings.cache)
    with scratch(settings.home / "work") as workspace, engine(settings, settings.pii_key, workspace) as connection:
        for number, record in enumerate(records, 1):
            report("extract", record.shown_name, number - 1, len(records), channel=channel)
            outcome = _extract_file(settings, record, contracts, connection, workspace, summary)
            shown = {"refused": "failed", "loaded_with_rejects": "warning"}.get(outcome.outcome, "ok")
            report(
                "extract", record.shown_name, number, len(records), shown,
                channel=channel, result=outcome.outcome, reason=outcome.reason, message=outcome.message,
                rows=outcome.rows,
            )  # fmt: skip
    return summary


def _extract_file(
    settings: Settings, record: Record, contracts: dict[str, Contract], connection: duckdb.DuckDBPyConnection,
    workspace: Path, summary: ExtractSummary,
) -> FileOutcome:  # fmt: skip
    name = record.chosen
    file = FileFacts(record.sha256, name.file_name, name.facts, name.mtime)
    path = content_path(settings, record.sha256)

    def use(loaded: Loaded) -> None:
        if not is_committed(settings, loaded):
            commit(settings, file, loaded, connection)
            if len(record.names) > 1:
                drop_superseded(settings, loaded)
            summary.new_batches += 1
            summary.rows += loaded.rows_loaded
        for part in loaded.parts:
            part.path.unlink(missing_ok=True)

    summary.files += 1
    watch = Watch()
    try:
        with watching() as watch:
            outcome = process(path, file, contracts, connection, workspace, use)
    except (OSError, duckdb.Error) as error:
        if not is_no_space(error):
            raise
        outcome = _disk_full(error)
    try:
        told = explain_received(path, file, watch, outcome) if outcome.refused or outcome.rejected else None
        _record(settings, record, outcome, path, told)
    except OSError as error:
        if not is_no_space(error):
            raise
        outcome = _disk_full(error)  # without an entry in the ledger the next run tries again
    _count(summary, outcome)
    return outcome


def _disk_full(error: BaseException) -> FileOutcome:
    refusal = Refused("disk_full", "no space left while writing; free some space and run again, the file is kept")
    log.error("disk full: %s", error)
    return FileOutcome("refused", refusal.reason, refusal.message, refused=[("", refusal)])


def _record(settings: Settings, record: Record, outcome: FileOutcome, path: Path, told: dict[str, Any] | None) -> None:
    for loaded in outcome.loaded:
        if told and loaded.rows_rejected:
            explain_rows(settings, loaded.batch_id, told)
    if outcome.outcome == "refused" and outcome.reason != "disk_full":
        quarantine_file(
            settings, record.sha256, record.chosen.file_name, path, outcome.reason or "", outcome.message, told
        )
    elif outcome.refused and outcome.outcome != "refused":
        telling = [f"{table}: {refusal.message}" for table, refusal in outcome.refused]
        reason, message = outcome.reason or "unknown_kind", "\n".join(telling)
        explain(settings, record.sha256, record.chosen.file_name, reason, message, told)
    else:
        release(settings, record.sha256)  # an older refusal, by an older contract
    contract = ", ".join(sorted(set(outcome.contracts))) or record.contract
    write_outcome(settings, record, outcome.outcome, outcome.reason, outcome.message, contract)


def _count(summary: ExtractSummary, outcome: FileOutcome) -> None:
    summary.rejected_rows += outcome.rejected
    if outcome.outcome == "refused":
        summary.refused += 1
    elif outcome.outcome == "empty_report":
        summary.empty += 1
    else:
        summary.loaded += 1
