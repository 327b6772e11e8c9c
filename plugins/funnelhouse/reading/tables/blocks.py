"""Files that are more than one plain table: stacked blocks, each with a header of its own, and `label, value` rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.container.normalise import write_rows
from funnelhouse.reading.facts import match_facts
from funnelhouse.reading.tables.recognition import bind_row, find_header, ranked
from funnelhouse.reading.tables.table import Table, table_name
from funnelhouse.text import label_key

_STATED = re.compile(r"\d{8}\W*$|^\W*$")
"""Lines above a block that state its days."""


def split_blocks(
    rows: Iterable[list[str]], first: Table, contracts: list[Contract], workspace: Path
) -> Iterator[Table]:
    """One table per recognised block; those that are not read come last, each with the reason."""
    if first.contract.reading.layout == "key_value":
        yield _key_value(rows, first, workspace)
        return
    mine = [contract for contract in contracts if contract.reading.blocks == "stacked"]
    number = used = 0
    skipped: list[str] = []
    unread: list[Table] = []
    lines: list[str] = []
    stream = iter(rows)
    for index, row in enumerate(stream):
        filled = [cell for cell in row if cell.strip()]
        bindings = ranked(bind_row(row, min(index, 1), mine, first.names)) if len(filled) > 1 else []
        if not bindings:
            if len(filled) > 1 and not filled[0].startswith("#"):
                number += 1
                rows_below = sum(1 for _ in _until_gap(stream, lines, len(row)))
                unread.append(_unread(first, number, [*lines, ", ".join(filled)], rows_below))
                continue
            lines.append(" ".join(filled).strip())
            continue
        binding = bindings[0]
        number += 1
        facts = _title_facts(binding.contract, lines)
        above = list(reversed(lines))
        target = workspace / f"block{id(first)}_{number}.csv"
        width = len(row)
        clean = write_rows(_until_gap(stream, lines, width), target, width)
        if facts is None:
            skipped.append(above[0] if above else "")
            unread.append(_unread(first, number, lines, clean.rows))
            target.unlink(missing_ok=True)
            continue
        used += 1
        yield Table(
            table_name(first.names, number), binding, first.names, above, facts,
            [*first.notes, f"block {number}: {above[0] if above else ''}"], first.packed_at, clean=clean,
        )  # fmt: skip
    if skipped and not used:
        raise _no_title(first.contract, skipped)
    yield from unread


def _unread(first: Table, number: int, lines: list[str], rows: int) -> Table:
    """A block that nobody asked for: named by its title and labels, so that the outcome can mention it."""
    titles = [line.strip("# ") for line in lines[-4:] if line.strip("# ") and not _STATED.search(line)]
    name = " ".join(" | ".join(dict.fromkeys(titles[-2:])).split())[:120]
    return Table(
        table_name(first.names, number), first.binding, first.names, [],
        skipped=f"the block {name!r} ({rows} rows) is none that the warehouse takes from such a file",
    )  # fmt: skip


def _no_title(contract: Contract, titles: list[str]) -> Refused:
    listed = ", ".join(repr(title) for title in titles[:5]) or "none"
    return Refused(
        "unknown_kind",
        f"{contract.title}: the title above the table does not say which metric of which platform it is (found: "
        f"{listed}); set the page to English and export again, or add the title to a contract of your own",
    )


def _title_facts(contract: Contract, lines: list[str]) -> dict[str, str] | None:
    """Facts of the nearest title above a block; None if titles are asked for and none matches."""
    if not contract.reading.block_titles:
        return {}
    for line in reversed(lines):
        if found := match_facts(contract.reading.block_titles, [line]):
            return found
        if any(re.search(item.pattern, line) for item in contract.reading.block_titles):
            return {}
    return None


def _until_gap(stream: Iterator[list[str]], lines: list[str], width: int) -> Iterator[list[str]]:
    """Rows of a block: up to a blank row or a lone title cell, which starts the next block's lines."""
    for row in stream:
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            break
        if len(filled) == 1 and len(row) == 1 and width > 1:
            lines.append(filled[0].strip())
            break
        yield row


def _key_value(rows: Iterable[list[str]], first: Table, workspace: Path) -> Table:
    """A file of `label, value` rows as a table of one row."""
    labels: list[str] = []
    values: list[str] = []
    for row in rows:
        if len(row) >= 2 and row[0].strip():
            labels.append(row[0].rstrip(": "))
            values.append(row[1])
    _refuse_several(first.contract, labels, values)
    rebound = find_header([labels], [_as_table(first.contract)], first.names)
    if rebound:
        first.binding = rebound[0]
        first.binding.contract = first.contract
    first.binding.labels = labels
    first.clean = write_rows([values], workspace / f"kv{id(first)}.csv", len(labels))
    return first


def _refuse_several(contract: Contract, labels: list[str], values: list[str]) -> None:
    """Raise Refused if one label has several values: the file reports several things, one below the other."""
    wanted = {label_key(label) for spec in contract.fields.values() for label in spec.all_labels()}
    seen: dict[str, str] = {}
    for label, value in zip(labels, values, strict=True):
        key = label_key(label)
        if key in wanted and seen.setdefault(key, value) != value:
            raise Refused(
                "wrong_kind",
                f"{contract.title}: {label!r} has several values, so it reports several variants (an A/B test) "
                "one below the other; export the reports of all campaigns instead, where each is a row of its own",
            )


def _as_table(contract: Contract) -> Contract:
    table = replace(contract, reading=replace(contract.reading, layout="table"))
    vars(table)["content_hash"] = contract.content_hash  # it is still that contract
    return table
