"""`funnelhouse extract` without --dry-run: receive and load single files."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from funnelhouse.commands.extract_files import existing
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.file_report import file_report, table_of_batch
from funnelhouse.files import sha256_of
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.receive.manifest import MANIFEST, facts_of_file
from funnelhouse.settings import Settings
from funnelhouse.store.batches import named_batches


def load_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """Receive and extract the files; what became of each, as `file_report` gives it.

    `facts` count for all of them and win over the manifests beside them.
    """
    sources = {contract.source for contract in load_contracts(settings.user_contracts, settings.cache).values()}
    reports: list[dict[str, Any]] = []
    received: dict[int, tuple[Path, str, bool]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        # A folder of its own with a manifest: single files come in by the same door as every other.
        for position, path in enumerate(existing(files)):
            reports.append({})
            try:
                given = facts_of_file(path, settings.inbox, sources, facts)
                sha256 = sha256_of(path)
                folder = Path(scratch) / "command line" / str(position + 1)
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
            received[position] = path, sha256, _record_path(settings, sha256).exists()
        archived = receive_exports(settings, Path(scratch), drain=False)
    for channel, new in archived.items():
        if new:
            extract_channel(settings, channel, new)
    for position, (path, sha256, known) in received.items():
        reports[position] = _report(settings, path, sha256, known)
    return reports


def _record_path(settings: Settings, sha256: str) -> Path:
    return settings.raw / "_files" / f"{sha256}.json"


def _report(settings: Settings, path: Path, sha256: str, known: bool) -> dict[str, Any]:
    record = json.loads(_record_path(settings, sha256).read_text(encoding="utf-8"))
    contract = record.get("contract") or None
    message = record["message"]
    if known:
        before = (
            f"the same bytes were received at {record['received_at']} UTC as {record['file_name']}: nothing changed"
        )
        message = f"{before}; {message}" if message else before
    return file_report(
        path.name, record["outcome"], record["reason"], message, contracts=[contract] if contract else [],
        tables=[table_of_batch(batch) for batch in named_batches(settings.raw, record.get("batches") or [])],
    )  # fmt: skip
