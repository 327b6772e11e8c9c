"""`funnelhouse extract` without --dry-run: receive and load single files."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from funnelhouse.commands.extract_files import existing
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.file_report import file_report, table_of_batch
from funnelhouse.files import sha256_of
from funnelhouse.progress import Report, listening
from funnelhouse.quality.files import announce_settled, left_out
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.receive.manifest import MANIFEST, facts_of_file
from funnelhouse.settings import Settings
from funnelhouse.store.archive import load_record
from funnelhouse.store.batches import named_batches
from funnelhouse.store.ledger import is_extracted, read_entry

FOLDER = "command line"
"""Folder that single files seem to come from."""


def load_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """Receive and extract the files; what became of each, as `file_report` gives it.

    `facts` count for all of them and win over the manifests beside them.
    """
    sources = {contract.source for contract in load_contracts(settings.user_contracts, settings.cache).values()}
    reports: list[dict[str, Any]] = []
    began = datetime.now(UTC)
    received: dict[int, tuple[Path, str, bool]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        # A folder of its own with a manifest: single files come in by the same door as every other.
        for position, path in enumerate(existing(files)):
            reports.append({})
            try:
                given = facts_of_file(path, settings.inbox, sources, facts)
                sha256 = sha256_of(path)
                folder = Path(scratch) / FOLDER / str(position + 1)
                folder.mkdir(parents=True)
                shutil.copy2(path, folder / path.name)
            except Refused as refusal:
                reports[-1] = file_report(path.name, "refused", refusal.reason, refusal.message)
                continue
            except OSError as error:
                message = f"the file cannot be opened ({error.strerror}); check its name and permissions"
                reports[-1] = file_report(path.name, "refused", "unreadable", message)
                continue
            (folder / MANIFEST).write_text(yaml.safe_dump(given.values, allow_unicode=True), encoding="utf-8")
            received[position] = path, sha256, is_extracted(settings, sha256)
        not_taken: dict[str, tuple[str, str]] = {}

        def note(entry: Report) -> None:
            if entry.stage == "receive" and entry.outcome == "failed":
                not_taken[entry.item] = str(entry.facts["reason"]), str(entry.facts["message"])

        with listening(note):
            receive_exports(settings, Path(scratch), drain=False)
    for channel, hashes in _waiting(settings, [sha256 for _, sha256, _ in received.values()]).items():
        extract_channel(settings, channel, hashes)
    announce_settled(settings, began)
    excluded = {one.batch.file_sha256: one for one in left_out(settings)}
    for position, (path, sha256, known) in received.items():
        said = not_taken.get(
            f"{FOLDER}/{position + 1}/{path.name}", ("disk_full", "it could not be archived; run again")
        )
        reports[position] = _report(settings, path, sha256, known=known, otherwise=said)
        if one := excluded.get(sha256):
            standing = f"it does not count ({one.standing}): {one.message}; {one.advice}"
            reports[position]["message"] = "; ".join(filter(None, (reports[position]["message"], standing)))
    return reports


def _waiting(settings: Settings, hashes: list[str]) -> dict[str, list[str]]:
    """Those of the archived files that have no outcome that stands, by channel: also of an earlier try without room."""
    found: dict[str, list[str]] = {}
    for sha256 in hashes:
        record = load_record(settings, sha256)
        if record is not None and not is_extracted(settings, sha256):
            found.setdefault(record.channel, []).append(sha256)
    return found


def _report(
    settings: Settings, path: Path, sha256: str, *, known: bool, otherwise: tuple[str, str]
) -> dict[str, Any]:  # fmt: skip
    """What the record says of the file; `otherwise` are reason and message if it has none, since it was not taken."""
    record = read_entry(settings, sha256)
    if record is None:
        return file_report(path.name, "refused", *otherwise)
    contract = record.get("contract") or None
    message = record["message"]
    if known:
        before = f"the same bytes were received at {record['received_at']} UTC as {record['file_name']}: no row is new"
        message = f"{before}; {message}" if message else before
    return file_report(
        path.name, record["outcome"], record["reason"], message, contracts=[contract] if contract else [],
        tables=[table_of_batch(batch) for batch in named_batches(settings.raw, record.get("batches") or [])],
    )  # fmt: skip
