"""What a file is and would become, and why, without writing anything below the home folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.extract.file_report import file_report
from funnelhouse.masks import mask_emails
from funnelhouse.reading.read_file import process
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.reading.workspace import engine, scratch
from funnelhouse.receive.manifest import facts_of_file
from funnelhouse.settings import Settings


def inspect_file(settings: Settings, path: str | Path, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `extract --dry-run --json` prints for one file.

    Keys as `file_report` names them. `facts` are manifest facts from the command line; they win over a _manifest.yml.
    """
    path = Path(path)
    contracts = load_contracts(settings.user_contracts, settings.cache if settings.cache.is_dir() else None)
    tables: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="funnelhouse-") as root, scratch(Path(root)) as workspace:
        try:
            given = facts_of_file(path, settings.inbox, {c.source for c in contracts.values()}, facts or {})
            mtime = path.stat().st_mtime
        except Refused as refusal:
            return file_report(path.name, "refused", refusal.reason, refusal.message)
        except OSError as error:
            return file_report(
                path.name, "refused", "unreadable",
                f"the file cannot be opened ({error.strerror}); check its name and permissions",
            )  # fmt: skip
        file = FileFacts("0" * 64, path.name, given, mtime)
        with engine(settings, reading_key(settings), workspace) as connection:
            outcome = process(
                path, file, contracts, connection, workspace, lambda loaded: tables.append(_table(loaded)),
                settings.limits,
            )  # fmt: skip
    return file_report(
        path.name, outcome.outcome, outcome.reason, outcome.message, contracts=outcome.contracts,
        source=contracts[outcome.contracts[0]].source if outcome.contracts else None, tables=tables,
        notes=[mask_emails(note) for note in outcome.notes],
        refused_tables=[
            {"table": table, "reason": refusal.reason, "message": refusal.message} for table, refusal in outcome.refused
        ],
    )  # fmt: skip


def reading_key(settings: Settings) -> bytes:
    """The home's key if it has one: a dry run must not create it."""
    if settings.given_pii_key or (settings.home / "pii.key").exists():
        return settings.pii_key
    return os.urandom(32)


def _table(loaded: Loaded) -> dict[str, Any]:
    contract = loaded.table.contract
    entities = sorted({part.entity for part in loaded.parts})
    return {
        "table": loaded.table.name,
        "contract": contract.contract,
        "contract_version": contract.version,
        "entity": entities[0] if len(entities) == 1 else entities,
        "outputs": {part.entity: part.rows for part in loaded.parts},
        "source": contract.source,
        "account": loaded.account_id,
        "scope": loaded.scope,
        "restatement": loaded.facts.get("restatement") or contract.restatement,
        "currency": ", ".join(sorted(loaded.currencies)) or loaded.facts.get("currency"),
        "period": {"start": loaded.period[0], "end": loaded.period[1]},
        "exported_at": loaded.exported_at,
        "exported_at_evidence": loaded.exported_evidence,
        "rows": {
            "in": loaded.rows_in,
            "loaded": loaded.rows_loaded,
            "rejected": loaded.rows_rejected,
            "dropped": loaded.dropped,
        },
        "rejected_rows": [
            {"row": number, "column": name, "reason": reason} for number, reason, name, _ in loaded.rejected[:50]
        ],
        "sums": loaded.sums,
        "totals": loaded.totals,
        "notes": [mask_emails(note) for note in loaded.notes],
    }
