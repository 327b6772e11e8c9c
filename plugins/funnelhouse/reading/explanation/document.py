"""The explanation of one file as a plain document: for `--json`, for the screen and beside a quarantined file.

Cells appear only from typed columns without personal data, everything else by shape or count (see masking.py).
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.reasons import REASONS, Refused
from funnelhouse.reading.explanation.candidates import explain_head
from funnelhouse.reading.explanation.columns import explain_columns
from funnelhouse.reading.explanation.wording import OUTCOMES, RESTATEMENTS, ROW_REASONS
from funnelhouse.reading.facts import date_order
from funnelhouse.reading.masking import shown_text
from funnelhouse.reading.read_file import FileOutcome
from funnelhouse.reading.rows.lineage import table_facts
from funnelhouse.reading.rows.loaded import FileFacts
from funnelhouse.reading.trace import TableTrace, Trace

MAX_HEADS = 25
MAX_TABLES = 60


def explain_file(
    name: str, size: int, given: Facts, trace: Trace, outcome: FileOutcome
) -> dict[str, Any]:  # fmt: skip
    """Every decision about one file, in the order it was taken."""
    refused = [(table, refusal) for table, refusal in (*outcome.refused, *outcome.unused)]
    heads = sorted(trace.heads, key=lambda head: bool(head.bindings))  # what was not recognised needs words first
    return {
        "file": shown_text(name),
        "size_bytes": size,
        "outcome": outcome.outcome,
        "would_load": outcome.outcome != "refused",
        "reason": outcome.reason,
        "means": REASONS.get(outcome.reason or "", ""),
        "message": shown_text(outcome.message, 2000),
        "to_do": _to_do(outcome),
        "given": [{"fact": fact, "value": shown_text(value), "from": given.places[fact]}
                  for fact, value in given.values.items()],
        "rows": {
            "in": sum(table.rows_in for table in outcome.loaded), "loaded": outcome.rows, "rejected": outcome.rejected,
            "dropped": sum(sum(table.dropped.values()) for table in outcome.loaded),
        },
        "members": [explain_head(head) for head in heads[:MAX_HEADS]],
        "more_members": max(0, len(heads) - MAX_HEADS) + trace.more_heads,
        "tables": [_table(seen, given, name, refused) for seen in trace.tables[:MAX_TABLES]],
        "more_tables": max(0, len(trace.tables) - MAX_TABLES),
        "refused_parts": [{"part": shown_text(part), "reason": refusal.reason,
                           "message": shown_text(refusal.message, 1000)} for part, refusal in refused[:MAX_TABLES]],
        "notes": [shown_text(note, 1000) for note in outcome.notes],
    }  # fmt: skip


def _to_do(outcome: FileOutcome) -> str:
    if outcome.outcome == "refused" or outcome.reason not in (None, "header_only"):
        return shown_text(outcome.message, 2000)
    return OUTCOMES.get(outcome.outcome, ("", "", ""))[2]


def _table(seen: TableTrace, given: Facts, file_name: str, refused: list[tuple[str, Refused]]) -> dict[str, Any]:
    table, contract, binding, loaded = seen.table, seen.table.contract, seen.table.binding, seen.loaded
    refusal = next((found for part, found in refused if part == table.name), None)
    facts = seen.plan.facts if seen.plan else table_facts(table, given)
    explained: dict[str, Any] = {
        "table": shown_text(table.name),
        "contract": contract.contract,
        "contract_version": contract.version,
        "title": contract.title,
        "source": contract.source,
        "channel": contract.kind_channel,
        "header_row": binding.header_row + 1,
        "language": binding.language,
        "lines_above": len([line for line in table.preamble if line]),
        "block": {key: shown_text(value) for key, value in table.block_facts.items()},
        "facts": [{"fact": name, "value": shown_text(value), "from": facts.places[name]}
                  for name, value in sorted(facts.values.items())],
        "columns": explain_columns(seen),
        "outputs": _outputs(seen),
        "restatement": _restatement(seen),
        "reading": [shown_text(note, 500) for note in (loaded.notes if loaded else table.notes)],
        "outcome": "refused" if refusal else "loaded" if loaded else "not read",
    }  # fmt: skip
    if refusal:
        explained |= {"reason": refusal.reason, "message": shown_text(refusal.message, 1000)}
    if contract.refuse is not None:
        explained["outcome"] = "refused"
        return explained
    explained["date_order"] = date_order(contract, binding.language)
    if seen.measures:
        explained["locale"] = {"numbers": seen.measures["numbers"], "dates": seen.measures["dates"]}
        explained["counted"] = {"rows": seen.measures["counted_rows"], "is_sample": seen.measures["is_sample"]}
        rejected = seen.measures["rejected"]
        explained["rejected"] = [_rejected(entry, binding.labels, binding.columns) for entry in rejected]
    if seen.plan and loaded:
        explained["grain"] = {
            "is_period": seen.plan.grain.is_period, "why": seen.plan.grain.note or "no day or period to decide",
            "level": seen.plan.level, "breakdowns": seen.plan.dimensions,
        }  # fmt: skip
        explained |= {
            "rows": {"in": loaded.rows_in, "loaded": loaded.rows_loaded, "rejected": loaded.rows_rejected,
                     "dropped": loaded.dropped},
            "period": {"start": loaded.period[0], "end": loaded.period[1]},
            "account": shown_text(loaded.account_id),
            "scope": shown_text(loaded.scope),
            "exported_at": loaded.exported_at,
            "exported_at_evidence": loaded.exported_evidence,
            "time_zone": seen.plan.zone or "unknown: times are left as written",
            "sums": loaded.sums,
            "totals": loaded.totals,
        }  # fmt: skip
    return explained


def _outputs(seen: TableTrace) -> list[dict[str, Any]]:
    loaded = seen.loaded
    if loaded and loaded.parts:
        rows = {part.entity: part.rows for part in loaded.parts}
    else:
        rows = dict.fromkeys((output.entity for output in seen.table.contract.outputs), 0)
    return [{"entity": name, "rows": count, "key": list(entities()[name].key)} for name, count in rows.items()]


def _restatement(seen: TableTrace) -> dict[str, str]:
    rule = (seen.plan.facts.get("restatement") if seen.plan else None) or seen.table.contract.restatement
    return {"rule": rule, "means": RESTATEMENTS.get(rule, "")}


def _rejected(entry: dict[str, Any], labels: list[str], columns: dict[str, int]) -> dict[str, Any]:
    means, advice = ROW_REASONS.get(entry["reason"], ("", ""))
    label = shown_text(labels[columns[entry["field"]]], 80) if entry["field"] in columns else ""
    return {**entry, "label": label, "means": means, "to_do": advice}


def in_words(document: dict[str, Any]) -> str:
    """The explanation as text for people."""
    # Most files need no explanation, and what renders one (rich) takes 70 ms to import.
    from funnelhouse.reading.explanation.render import as_text

    return as_text(document)


def from_refusal(refusal: Refused) -> FileOutcome:
    """The outcome of a file that was refused before any of its tables was read."""
    return FileOutcome("refused", refusal.reason, refusal.message, refused=[("", refusal)])


def explain_received(path: Path, file: FileFacts, trace: Trace, outcome: FileOutcome) -> dict[str, Any] | None:
    """The explanation of a received file; None if it fails: it must not change what becomes of the file."""
    try:
        return explain_file(file.file_name, path.stat().st_size, file.given, trace, outcome)
    except Exception as error:  # noqa: BLE001 (see above)
        logging.getLogger("funnelhouse").warning("%s cannot be explained: %s", file.sha256, type(error).__name__)
        return None
