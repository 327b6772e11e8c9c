"""The ledger of outcomes: one small JSON per received file below raw/_files, read by the warehouse.

File names are written without e-mail addresses. An outcome that may change by itself (no space left) leaves a mark
that the file is to be tried again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from funnelhouse.files import write_json
from funnelhouse.masks import mask_emails
from funnelhouse.settings import Settings
from funnelhouse.store.archive import Record

RETRIED = {"disk_full"}
"""Reasons that are not the file's: it is tried again by the next run."""


def _path(settings: Settings, sha256: str) -> Path:
    return settings.raw / "_files" / f"{sha256}.json"


def _retry_mark(settings: Settings, sha256: str) -> Path:
    return settings.raw / "_files" / f"{sha256}.retry"


def is_extracted(settings: Settings, sha256: str) -> bool:
    """True if the file has an outcome that stands."""
    return _path(settings, sha256).exists() and not _retry_mark(settings, sha256).exists()


def again(settings: Settings, sha256: str) -> None:
    """Have a file extracted again; until then its outcome and its batches stand."""
    if _path(settings, sha256).exists():
        _retry_mark(settings, sha256).touch()


def forget(settings: Settings, sha256: str) -> None:
    """Remove an outcome of a file that was never archived."""
    _path(settings, sha256).unlink(missing_ok=True)
    _retry_mark(settings, sha256).unlink(missing_ok=True)


def was_turned_away(settings: Settings, sha256: str) -> bool:
    """True if what is noted of the file is a refusal at the front door."""
    entry = read_entry(settings, sha256)
    return entry is not None and entry.get("channel") is None


def write_outcome(
    settings: Settings, record: Record, outcome: str, reason: str | None, message: str, contract: str, **reading: Any
) -> None:
    """Note the outcome of an archived file.

    `reading` says how it was read: `batches` (ids of those that count from now on), `recognised` (table, contract and
    its hash) and `conditions`.
    """
    chosen = record.chosen
    write_entry(
        settings, sha256=record.sha256, file_name=chosen.file_name, folder=chosen.folder, size_bytes=record.size_bytes,
        received_at=record.received_at, channel=record.channel, contract=contract, outcome=outcome, reason=reason,
        message=message, **reading,
    )  # fmt: skip


def is_loaded_in_part(entry: dict[str, Any]) -> bool:
    """True if some of the file's tables were loaded and others refused; rejected rows alone give no reason."""
    return entry.get("outcome") == "loaded_with_rejects" and entry.get("reason") is not None


def read_entry(settings: Settings, sha256: str) -> dict[str, Any] | None:
    """What is noted of a file, or None."""
    path = _path(settings, sha256)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write_entry(settings: Settings, **entry: Any) -> None:
    """Note an outcome; columns as in `transform.raw_views.FILE_COLUMNS`."""
    for name in ("file_name", "folder", "message"):
        entry[name] = mask_emails(entry.get(name) or "")
    entry.setdefault("received_at", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    mark = _retry_mark(settings, entry["sha256"])
    if entry.get("reason") in RETRIED:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    write_json(_path(settings, entry["sha256"]), entry)
    if entry.get("reason") not in RETRIED:
        mark.unlink(missing_ok=True)
