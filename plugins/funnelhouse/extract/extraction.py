"""Extracting what a channel's archive holds: every received file to batches, its outcome to the ledger."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import NO_VERDICT, Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.extract.commit import commit, name_anew
from funnelhouse.masks import mask_emails
from funnelhouse.progress import report
from funnelhouse.reading.explanation.document import explain_received, in_words
from funnelhouse.reading.read_file import FileOutcome, process
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.reading.trace import Trace
from funnelhouse.reading.version import conditions, scan_mark
from funnelhouse.reading.workspace import engine, scratch
from funnelhouse.receive.deliveries import deliveries
from funnelhouse.settings import Settings
from funnelhouse.space import is_no_space
from funnelhouse.store.archive import Record, content_path, list_records
from funnelhouse.store.batches import Batch, announce, named_batches, read_batches, supersede
from funnelhouse.store.ledger import again, is_extracted, read_entry, write_outcome
from funnelhouse.store.quarantine import Explanation, explain, explain_rows, quarantine_file, release

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
    with extractor(settings, load_contracts(settings.user_contracts, settings.cache)) as work:
        for number, record in enumerate(records, 1):
            report("extract", record.shown_name, number - 1, len(records), channel=channel)
            outcome = work.extract(record, summary)
            tell("extract", record, outcome, number, len(records))
    return summary


def tell(stage: str, record: Record, outcome: FileOutcome, number: int, total: int) -> None:
    """Report what became of one file."""
    shown = {"refused": "failed", "loaded_with_rejects": "warning"}.get(outcome.outcome, "ok")
    report(
        stage, record.shown_name, number, total, shown,
        channel=record.channel, result=outcome.outcome, reason=outcome.reason, message=outcome.message,
        rows=outcome.rows,
    )  # fmt: skip


@contextmanager
def extractor(settings: Settings, contracts: dict[str, Contract]) -> Iterator[Extractor]:
    """An engine and a scratch folder to extract files with; both are gone at the end."""
    with scratch(settings.home / "work") as workspace, engine(settings, settings.pii_key, workspace) as connection:
        yield Extractor(settings, contracts, connection, workspace)


@dataclass
class Extractor:
    """Extracts archived files, one after another."""

    settings: Settings
    contracts: dict[str, Contract]
    connection: duckdb.DuckDBPyConnection
    workspace: Path

    def extract(self, record: Record, summary: ExtractSummary) -> FileOutcome:
        """Extract one file; its batches count from the moment its outcome is noted, and older ones no longer.

        Without room or time for it, a file that was loaded before stays as it was.
        """
        settings = self.settings
        path = content_path(settings, record.sha256)
        used: list[str] = []
        summary.files += 1
        trace = Trace()
        names = deliveries(record, self.contracts.get(record.contract))
        files = [FileFacts(record.sha256, name.file_name, name.facts, name.mtime) for name in names]
        file, *others = files
        try:
            outcome = self._process(record, file, trace, used, summary)
            for other in others:
                outcome.join(self._process(record, other, Trace(), used, summary))
            if others:
                listed = ", ".join(mask_emails(f"{name.folder}/{name.file_name}".strip("/")) for name in names)
                note = f"the same bytes are {len(names)} exports, each counts as its own: {listed}"
                outcome.message = "; ".join(filter(None, (outcome.message, note)))
        except (OSError, duckdb.Error) as error:
            if not is_no_space(error):
                raise
            outcome = _disk_full(error)
        try:
            why = _explained(path, file, trace, outcome) if outcome.refused or outcome.rejected else None
            self._record(record, outcome, path, used, why)
        except OSError as error:
            if not is_no_space(error):
                raise
            outcome = _disk_full(error)  # without an entry in the ledger the next run tries again
        _count(summary, outcome)
        return outcome

    def _process(
        self, record: Record, file: FileFacts, trace: Trace, used: list[str], summary: ExtractSummary
    ) -> FileOutcome:
        """Read the content as one of its deliveries; the ids of its batches are added to `used`."""
        settings = self.settings

        def use(loaded: Loaded) -> None:
            if commit(settings, file, loaded, self.connection):
                summary.new_batches += 1
                summary.rows += loaded.rows_loaded
            else:
                name_anew(settings, file, loaded)
            for part in loaded.parts:
                part.path.unlink(missing_ok=True)
            used.append(loaded.batch_id)

        own = self.workspace / record.sha256[:16]
        own.mkdir(exist_ok=True)
        try:
            return process(
                content_path(settings, record.sha256), file, self.contracts, self.connection, own, use,
                settings.limits, is_checked=record.scanned == scan_mark(settings.limits), trace=trace,
            )  # fmt: skip
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def _record(
        self, record: Record, outcome: FileOutcome, path: Path, used: list[str], explanation: Explanation | None
    ) -> None:
        settings, sha256 = self.settings, record.sha256
        old = read_entry(settings, sha256)
        counted = batches_of(settings, sha256, old)
        if outcome.reason in NO_VERDICT and counted:
            if outcome.reason == "disk_full":
                again(settings, sha256)
            return
        for loaded in outcome.loaded:
            if explanation and loaded.rows_rejected:
                explain_rows(settings, loaded.batch_id, explanation)
        if outcome.outcome == "refused" and outcome.reason != "disk_full":
            reason, message = outcome.reason or "", outcome.message
            quarantine_file(settings, sha256, record.chosen.file_name, path, reason, message, explanation)
        elif outcome.refused and outcome.outcome != "refused":
            lines = [f"{table}: {refusal.message}" for table, refusal in outcome.refused]
            reason, message = outcome.reason or "unknown_kind", "\n".join(lines)
            explain(settings, sha256, record.chosen.file_name, reason, message, explanation)
        else:
            release(settings, sha256)  # an older refusal, by an older contract
        contract = ", ".join(sorted(set(outcome.contracts))) or record.contract
        changes = set(used) != {batch.batch_id for batch in counted}
        if changes:
            # Whoever is killed from here on finds nothing to extract when it runs again, and has told nobody.
            announce(settings.raw, record.channel)
        write_outcome(
            settings, record, outcome.outcome, outcome.reason, outcome.message, contract, batches=sorted(set(used)),
            recognised=outcome.recognised, conditions=conditions(self.contracts, settings.limits),
        )  # fmt: skip
        if changes:
            announce(settings.raw, record.channel)  # a build may have read the raw layer in between
        supersede(settings.raw, sorted({batch.batch_id for batch in counted} - set(used)))


def batches_of(settings: Settings, sha256: str, entry: dict[str, Any] | None) -> list[Batch]:
    """The batches that count for a file now. `entry` is what the ledger says of it."""
    if entry is None:
        return []
    if entry.get("batches") is not None:
        return named_batches(settings.raw, entry["batches"])
    return [batch for batch in read_batches(settings.raw) if batch.file_sha256 == sha256]


def _disk_full(error: BaseException) -> FileOutcome:
    refusal = Refused("disk_full", "no space left while writing; free some space and run again, the file is kept")
    log.error("disk full: %s", error)
    return FileOutcome("refused", refusal.reason, refusal.message, refused=[("", refusal)])


def _explained(path: Path, file: FileFacts, trace: Trace, outcome: FileOutcome) -> Explanation | None:
    decisions = explain_received(path, file, trace, outcome)
    return Explanation(decisions, in_words(decisions)) if decisions else None


def _count(summary: ExtractSummary, outcome: FileOutcome) -> None:
    summary.rejected_rows += outcome.rejected
    if outcome.outcome == "refused":
        summary.refused += 1
    elif outcome.outcome == "empty_report":
        summary.empty += 1
    else:
        summary.loaded += 1
