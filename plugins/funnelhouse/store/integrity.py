"""Are the batches that count as they were committed? Each file's bytes against the digest that its lineage holds."""

from __future__ import annotations

import json
from pathlib import Path

from funnelhouse.files import sha256_of
from funnelhouse.store.batches import Batch, LineageDamaged, entity_path, load_batch, read_file_records, rejected_path


def damaged_batches(raw: Path) -> dict[str, dict[str, str]]:
    """Received file (sha256) -> batch id -> what is wrong with it, of the batches that the files' records name.

    Reads every Parquet file that a build reads, once, and nothing else.
    """
    found: dict[str, dict[str, str]] = {}
    for record in read_file_records(raw):
        for identifier in record.get("batches") or []:
            if (wrong := what_is_wrong(raw, identifier)) is not None:
                found.setdefault(record["sha256"], {})[identifier] = wrong
    return found


def what_is_wrong(raw: Path, identifier: str) -> str | None:
    """What is wrong with a batch, in words; None if it is whole."""
    try:
        batch = load_batch(raw, identifier)
    except FileNotFoundError:
        return "its lineage is missing"
    except LineageDamaged:
        return "its lineage is damaged"
    return next((f"{entity} is {fault}" for entity, fault in _faults(raw, batch)), None)


def _faults(raw: Path, batch: Batch) -> list[tuple[str, str]]:
    digests = [(o.entity, entity_path(raw, o.entity, batch.batch_id), o.sha256) for o in batch.outputs]
    if batch.rejected_sha256:
        digests.append(("the list of rejected rows", rejected_path(raw, batch.batch_id), batch.rejected_sha256))
    faults = []
    for name, path, digest in digests:
        if not path.exists():
            faults.append((name, "missing"))
        elif digest and sha256_of(path) != digest:
            faults.append((name, "damaged"))
    return faults


def remove_unreadable_records(raw: Path) -> list[str]:
    """Delete records of received files that are no JSON any more, so that the files are read again; their hashes."""
    removed = []
    for path in sorted((raw / "_files").glob("*.json")):
        try:
            known = json.loads(path.read_bytes())
            is_whole = isinstance(known, dict) and known.get("sha256") == path.stem
        except ValueError:
            is_whole = False
        if not is_whole:
            path.unlink(missing_ok=True)
            removed.append(path.stem)
    return removed
