"""Column by column: what a label of the file became, or why nothing did."""

from __future__ import annotations

from typing import Any

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.expressions import fields_of
from funnelhouse.contracts.facts import Facts
from funnelhouse.reading.masking import shown_text
from funnelhouse.reading.rows.grain import GrainChoice
from funnelhouse.reading.rows.profile import Profile
from funnelhouse.reading.rows.typed_rows import PERSONAL, Plan, dynamic_columns
from funnelhouse.reading.rows.unclaimed import ignored_labels, money_labels
from funnelhouse.reading.trace import TableTrace
from funnelhouse.text import label_keys


def explain_columns(seen: TableTrace) -> list[dict[str, Any]]:
    """One entry per labelled column: label, field, becomes, type, pii and, where counted, read/empty/unreadable."""
    binding = seen.table.binding
    plan = seen.plan or Plan(binding, Facts(), Profile(), GrainChoice(), False, None)
    by_index: dict[int, list[str]] = {}
    for name, index in binding.columns.items():
        by_index.setdefault(index, []).append(name)
    dynamic = dynamic_columns(plan)
    ignored, money = ignored_labels(plan.contract), money_labels(plan.contract)
    keys = label_keys(binding.labels)
    counted = seen.measures.get("columns", {})
    explained = []
    for index, label in enumerate(binding.labels):
        if not label.strip():
            continue
        entry: dict[str, Any] = {"column": index + 1, "label": shown_text(label, 80)}
        names = by_index.get(index, [])
        if names:
            kinds = [destination(plan, name) for name in names]
            spec = plan.contract.fields[names[0]]
            entry |= {"field": ", ".join(names), "becomes": ", ".join(dict.fromkeys(kinds)),
                      "type": plan.contract.field_type(names[0]), "pii": spec.pii}  # fmt: skip
            if names[0] in counted:
                entry |= counted[names[0]]
        elif index in dynamic:
            output, match = dynamic[index]
            made = ", ".join(f"{key} = {shown_text(value, 40)}" for key, value in match.groupdict().items() if value)
            entry |= {"becomes": f"rows of {output.entity}" + (f" ({made})" if made else ""), "pii": "keep"}
            entry |= counted.get(f"d{index}", {})
        elif any(test(keys[index]) for test in ignored):
            entry |= {"becomes": "ignored (the contract says so)", "pii": "drop"}
        elif PERSONAL.search(label):
            entry |= {"becomes": "dropped: may hold personal data", "pii": "drop"}
        elif any(test(keys[index]) for test in money):
            entry |= {"becomes": "extra, as money", "type": "decimal", "pii": "keep"}
        elif plan.contract.extra == "drop":
            entry |= {"becomes": "dropped (the contract keeps no extra columns)", "pii": "drop"}
        else:
            entry |= {"becomes": "extra, as text", "type": "text", "pii": "keep"}
        explained.append(entry)
    return explained


def destination(plan: Plan, name: str) -> str:
    """Where a field's value goes, in a few words."""
    contract = plan.contract
    spec = contract.fields[name]
    mark = {"hash": " (keyed hash)", "drop": " (dropped: personal)", "keep": ""}[spec.pii]
    found: list[str] = []
    for output in contract.outputs:
        entity = entities()[output.entity]
        if plan.grain.is_period and entity.period_twin:
            entity = entities()[entity.period_twin]
        if entity.column(name) and name not in output.columns:
            found.append(name)
        found += [f"{column} (computed)" if column != name else column
                  for column, made in output.columns.items() if name in fields_of(made)]  # fmt: skip
        if output.unpivot and any(item.field == name for item in output.unpivot.fields):
            item = next(item for item in output.unpivot.fields if item.field == name)
            made_of = ", ".join(f"{key} = {value}" for key, value in item.set.items())
            found.append(f"{output.unpivot.value} of a row of its own ({made_of})")
    if name == "account_id":
        found.append("account_id")
    grain = contract.grain
    if not found and grain and name in (grain.day, grain.period_start, grain.period_end):
        found.append("the period of the row")
    if spec.dimension:
        found.append("breakdown")
    if not found:
        return "dropped: personal" if spec.pii == "drop" else "read, but stored nowhere"
    return ", ".join(dict.fromkeys(found)) + mark
