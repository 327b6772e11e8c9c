"""What a table says beside its rows: its facts, its scope, its time zone and the columns that every row carries."""

from __future__ import annotations

import re

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.expressions import fields_of
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.facts import match_facts
from funnelhouse.reading.rows.typed_rows import Plan
from funnelhouse.reading.tables.table import Table
from funnelhouse.sql import sql_text
from funnelhouse.text import label_key, plain


def table_facts(table: Table, given: Facts) -> Facts:
    """Facts of one table: preamble, block title, labels and names first, then what came with the file."""
    contract = table.contract
    facts = Facts()
    facts.offer("preamble", match_facts(contract.preamble, [plain(line) for line in table.preamble if line]))
    facts.offer("block title", table.block_facts)
    facts.offer("label", table.binding.label_facts)
    last = table.names.member.rsplit("/", 1)[-1]
    facts.offer("file name", match_facts(contract.names, [text for text in (last, table.names.file) if text]))
    facts.offer("another table of the file", table.beside)
    for name, value in given.values.items():
        facts.offer(given.places[name], {name: value})
    facts.values.pop("source", None)
    facts.places.pop("source", None)
    return facts


def lineage(plan: Plan, identifier: str, moment: str, loaded_at: str) -> dict[str, str]:
    """SQL of the columns that every row carries; `moment` and `loaded_at` are ISO times in UTC."""
    account = sql_text(plan.facts.get("account_id") or "")
    # Nothing but the row's account name may separate the accounts of one file. In a CRM it is a customer's name.
    if (
        plan.has("account_name")
        and _is_leveled(plan.contract)
        and plan.facts.places.get("account_id") in ("contract", None)
    ):
        account = f"coalesce(cast(t.f_account_name as varchar), {account})"
    if plan.has("account_id"):
        account = f"coalesce(cast(t.f_account_id as varchar), {account})"
    return {
        "source": sql_text(plan.contract.source), "account_id": account, "_batch_id": sql_text(identifier),
        "_row_number": "t.rn", "_exported_at": f"timestamp {sql_text(moment)}",
        "_loaded_at": f"timestamp {sql_text(loaded_at)}",
    }  # fmt: skip


def _is_leveled(contract: Contract) -> bool:
    return any(entities()[output.entity].column("level") for output in contract.outputs)


def scope(plan: Plan) -> str:
    """What separates exports that restate each other from those that do not: level, breakdowns, page, object."""
    contract = plan.contract
    usual = "{level}|{dimensions}" if _is_leveled(contract) else contract.contract.split("__", 1)[1]
    template = contract.scope or usual
    known = {
        "level": plan.level,
        "dimensions": ",".join(
            sorted({*plan.dimensions, *_key_columns(plan), *(label_key(plan.binding.labels[i]) for i in plan.unnamed)})
        ),
        **plan.facts.values,
    }
    for name, value in known.items():
        template = template.replace("{" + name + "}", value)
    return template.strip("|")


def _key_columns(plan: Plan) -> set[str]:
    """Key columns the header has, besides time: reports by different ones say different things about the same days.

    Where an entity has levels, the level says which names and ids of campaigns and ads it has.
    """
    found: set[str] = set()
    for output in plan.contract.outputs:
        entity = entities()[output.entity]
        if entity.period_twin is None or entity.column("level"):
            continue
        for name in entity.key:
            column = entity.column(name)
            fields = fields_of(output.columns[name]) if name in output.columns else [name]
            if column and column.type == "text" and any(plan.has(field) for field in fields):
                found.add(name)
    return found


def zone_of(declared: str, known: str | None, notes: list[str]) -> str | None:
    """IANA name of the zone of times without offset; None if it is not known."""
    name = known if declared == "account" else declared
    if not name or name.upper() == "UTC":
        return "UTC" if name else None
    if match := re.search(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?00)?\b", name):
        return f"Etc/GMT{'-' if match[1] == '+' else '+'}{int(match[2])}"
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        notes.append(f"time zone {name!r} is not an IANA name: times are left as written")
        return None
    return name
