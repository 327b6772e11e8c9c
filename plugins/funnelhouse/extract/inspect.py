"""What a file is and would become, and why, without writing anything below the home folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.extract.loaded import FileFacts, Loaded
from funnelhouse.extract.outcome import process
from funnelhouse.extract.outcomes import Refused
from funnelhouse.extract.text import mask_emails
from funnelhouse.extract.workspace import engine, scratch
from funnelhouse.receive.manifest import facts_of_file
from funnelhouse.settings import Settings


def inspect_file(settings: Settings, path: str | Path, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `extract --dry-run --json` prints for one file.

    Keys: file, outcome, reason, message, contract, entity, source, account, period, rows {loaded, rejected, dropped},
    sums (of every numeric column), notes, and `tables` with the same per table. `facts` are manifest facts from the
    command line; they win over a _manifest.yml.
    """
    path = Path(path)
    contracts = load_contracts(settings.user_contracts, settings.cache if settings.cache.is_dir() else None)
    tables: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="funnelhouse-") as root, scratch(Path(root)) as workspace:
        try:
            given = facts_of_file(path, settings.inbox, {c.source for c in contracts.values()}, facts or {})
            mtime = path.stat().st_mtime
        except Refused as refusal:
            return _refused(path, refusal.reason, refusal.message)
        except OSError as error:
            return _refused(
                path, "unreadable", f"the file cannot be opened ({error.strerror}); check its name and permissions"
            )
        file = FileFacts("0" * 64, path.name, given, mtime)
        with engine(settings, reading_key(settings), workspace) as connection:
            outcome = process(
                path, file, contracts, connection, workspace, lambda loaded: tables.append(_table(loaded)),
                settings.limits,
            )  # fmt: skip
    first = tables[0] if tables else {}
    single = len(tables) == 1
    return {
        "file": path.name,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "message": outcome.message,
        "contract": first.get("contract") or next(iter(outcome.contracts), None),
        "contracts": sorted(set(outcome.contracts)),
        "entity": first.get("entity"),
        "source": first.get("source") or (contracts[outcome.contracts[0]].source if outcome.contracts else None),
        "account": first.get("account"),
        "period": first.get("period"),
        "rows": {
            "in": sum(table["rows"]["in"] for table in tables),
            "loaded": sum(table["rows"]["loaded"] for table in tables),
            "rejected": sum(table["rows"]["rejected"] for table in tables),
            "dropped": _added([table["rows"]["dropped"] for table in tables]),
        },
        "sums": first.get("sums", {}) if single else {},
        "notes": [mask_emails(note) for note in outcome.notes] + (first.get("notes", []) if single else []),
        "tables": tables,
        "refused_tables": [
            {"table": table, "reason": refusal.reason, "message": refusal.message} for table, refusal in outcome.refused
        ],
    }


def reading_key(settings: Settings) -> bytes:
    """The home's key if it has one: a dry run must not create it."""
    if os.environ.get("FUNNELHOUSE_PII_KEY") or (settings.home / "pii.key").exists():
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


def _added(parts: list[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return total


def _refused(path: Path, reason: str, message: str) -> dict[str, Any]:
    rows = {"in": 0, "loaded": 0, "rejected": 0, "dropped": {}}
    return {
        "file": path.name, "outcome": "refused", "reason": reason, "message": message, "contract": None,
        "contracts": [], "entity": None, "source": None, "account": None, "period": None, "rows": rows, "sums": {},
        "notes": [], "tables": [], "refused_tables": [],
    }  # fmt: skip
