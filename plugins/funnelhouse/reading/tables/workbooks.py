"""The recognised tables of a workbook, one per sheet at least."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.container.members import Member
from funnelhouse.reading.container.normalise import CleanFile, write_rows
from funnelhouse.reading.container.sheets import hidden_sheets, open_sheet, open_workbook, sheet_rows
from funnelhouse.reading.tables.blocks import split_blocks
from funnelhouse.reading.tables.head import Head, SawHead, unseen
from funnelhouse.reading.tables.recognition import Names, find_header, is_tie
from funnelhouse.reading.tables.table import Table, table_name, tie, unknown_kind, without_first

HEAD_ROWS = 60


def read_workbook(
    member: Member, names: Names, contracts: list[Contract], workspace: Path, saw: SawHead = unseen
) -> Iterator[Table]:  # fmt: skip
    """Every recognised table; `saw` is given the head of every sheet. Raises Refused if no visible sheet holds one."""
    workbook = open_workbook(member.path, member.kind, is_checked=member.is_checked)
    found = 0
    heads: list[list[str]] = []
    kinds: set[str] = set()
    hidden = hidden_sheets(workbook)
    for number, sheet in enumerate(_copies_last(workbook.sheet_names, contracts)):
        here = replace(names, sheet=sheet)
        parsed = open_sheet(workbook, sheet, is_old=member.kind == "xls")
        head = list(islice(sheet_rows(parsed), HEAD_ROWS))
        bindings = find_header(head, contracts, here)
        saw(Head(here, head, bindings, contracts))
        if not bindings:
            heads += head[:30]
            continue
        if is_tie(bindings) and sheet not in hidden:
            raise tie(bindings)
        found += 1
        binding = bindings[0]
        if sheet in hidden:
            reason = f"the sheet {sheet!r} is hidden; show it and save the workbook again if its rows are to count"
            yield Table(table_name(here), binding, here, [], skipped=reason, is_hidden=True)
            continue
        if binding.contract.contract in kinds and re.search(binding.contract.reading.copy_sheets or "$^", sheet):
            reason = f"the sheet {sheet!r} shows the rows of another sheet once more"
            yield Table(table_name(here), binding, here, [], skipped=reason)
            continue
        kinds.add(binding.contract.contract)
        preamble = [" ".join(cell for cell in line if cell).strip() for line in head[: binding.header_row]]
        notes = [
            f"sheet: {sheet!r} of a {member.kind} workbook",
            f"header: row {binding.header_row + 1}, language {binding.language}",
        ]
        table = Table(table_name(here), binding, here, preamble, notes=notes, packed_at=member.packed_at)
        reading = binding.contract.reading
        if reading.blocks == "stacked":
            yield from split_blocks(sheet_rows(parsed), table, contracts, workspace)
            continue
        target = workspace / f"{member.path.name}.s{number}.csv"
        table.make_clean = partial(_write_sheet, parsed, table, target)
        yield table
    if not found:
        raise unknown_kind(member.label, heads, contracts, names.source)


def _copies_last(sheets: list[str], contracts: list[Contract]) -> list[str]:
    """The sheets, those that may repeat another one behind all others."""
    patterns = {contract.reading.copy_sheets for contract in contracts if contract.reading.copy_sheets}
    return sorted(sheets, key=lambda sheet: any(re.search(pattern, sheet) for pattern in patterns))


def _write_sheet(sheet: Any, table: Table, target: Path) -> CleanFile:
    reading = table.contract.reading
    below = islice(sheet_rows(sheet), table.binding.header_row + 1, None)
    rows = without_first(below, reading.skip_after_header)
    return write_rows(
        rows, target, table.width, extra_cells=reading.extra_cells, ends_at_blank=reading.ends_at_blank_row
    )
