"""Cells that are made of the cells of several columns and of facts: a day whose parts stand apart."""

from __future__ import annotations

from funnelhouse.contracts.facts import Facts
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_text


def joined_cells(binding: Binding, facts: Facts) -> list[str]:
    """SQL `<expression> as c<index>` of each field with `joined`, in place of the cell of its column.

    A row that lacks one of the cells keeps its own: a total is still called a total, and what is no day is rejected.
    """
    found = []
    for name, spec in binding.contract.fields.items():
        if not spec.joined or name not in binding.columns:
            continue
        columns = [f"c{binding.columns[part]}" for part in spec.joined if part in binding.columns]
        parts = [
            f"trim(c{binding.columns[part]})" if part in binding.columns else sql_text(facts.get(part) or "")
            for part in spec.joined
            if part in binding.columns or facts.get(part)
        ]
        own = f"c{binding.columns[name]}"
        has_all = " and ".join(f"nullif(trim({column}), '') is not null" for column in columns)
        if columns:
            found.append(f"case when {has_all} then concat_ws('-', {', '.join(parts)}) else {own} end as {own}")
    return found
