"""What became of a file, in the one shape that `extract --json` prints, with and without --dry-run."""

from __future__ import annotations

from typing import Any

from funnelhouse.store.batches import Batch


def file_report(
    name: str, outcome: str, reason: str | None = None, message: str = "", *, contracts: list[str] | None = None,
    source: str | None = None, tables: list[dict[str, Any]] | None = None, notes: list[str] | None = None,
    refused_tables: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Report of one file; `tables` are table reports, and what a file says of itself is that of its first table.

    Keys: file, outcome, reason, message, contract, contracts, entity, source, account, period {start, end}, rows {in,
    loaded, rejected, dropped by rule}, sums (of every numeric column, if the file is one table), notes, tables,
    refused_tables.
    """
    contracts, tables = contracts or [], tables or []
    first = tables[0] if tables else {}
    single = len(tables) == 1
    return {
        "file": name,
        "outcome": outcome,
        "reason": reason,
        "message": message,
        "contract": first.get("contract") or next(iter(contracts), None),
        "contracts": sorted(set(contracts)),
        "entity": first.get("entity"),
        "source": first.get("source") or source,
        "account": first.get("account"),
        "period": first.get("period"),
        "rows": {
            "in": sum(table["rows"]["in"] for table in tables),
            "loaded": sum(table["rows"]["loaded"] for table in tables),
            "rejected": sum(table["rows"]["rejected"] for table in tables),
            "dropped": _added([table["rows"]["dropped"] for table in tables]),
        },
        "sums": first.get("sums", {}) if single else {},
        "notes": [*(notes or []), *(first.get("notes", []) if single else [])],
        "tables": tables,
        "refused_tables": refused_tables or [],
    }


def table_of_batch(batch: Batch) -> dict[str, Any]:
    """Report of one loaded table, from its lineage."""
    entities = sorted(output.entity for output in batch.outputs)
    return {
        "table": batch.table,
        "contract": batch.contract,
        "contract_version": batch.contract_version,
        "entity": entities[0] if len(entities) == 1 else entities,
        "outputs": {output.entity: output.rows for output in batch.outputs},
        "source": batch.source,
        "account": batch.account_id,
        "scope": batch.scope,
        "restatement": batch.restatement,
        "period": {"start": batch.period_start, "end": batch.period_end},
        "exported_at": batch.exported_at,
        "exported_at_evidence": batch.exported_at_evidence,
        "batch": batch.batch_id,
        "rows": {
            "in": batch.rows_in,
            "loaded": batch.rows_loaded,
            "rejected": batch.rows_rejected,
            "dropped": batch.rows_dropped,
        },
        "sums": batch.sums,
        "totals": batch.totals,
        "notes": batch.notes,
    }


def _added(parts: list[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return total
