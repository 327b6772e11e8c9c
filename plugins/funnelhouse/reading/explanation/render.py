"""An explanation for people: on a terminal in colour, and as the plain text beside a quarantined file."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from funnelhouse.reading.explanation.wording import OUTCOMES

FILE_WIDTH = 100
ROOMY = 120
"""From this width on a table of columns has room for an example of each."""
FEW_TABLES = 3
"""Up to so many tables each is explained in full."""
SHOWN_TABLES = 12
SHOWN_MEMBERS = 8
SHOWN_COLUMNS = 80


def print_explanation(console: Console, explained: dict[str, Any], *, everything: bool = False) -> None:
    """Print one explanation; nothing of the file is taken for markup.

    A file of many tables begins with a list of them, and only those with trouble follow, unless `everything`.
    """
    for part in _parts(explained, console.width, everything):
        console.print(part, highlight=False, markup=False)


def as_text(explained: dict[str, Any]) -> str:
    """The same without colour, for a file."""
    sink = io.StringIO()
    console = Console(file=sink, width=FILE_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    print_explanation(console, explained)
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def _parts(explained: dict[str, Any], width: int, everything: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [_headline(explained)]
    tables, heads = explained["tables"], explained["members"]
    if len(tables) > FEW_TABLES:
        parts.append(Padding(_overview(explained), (1, 0, 0, 2)))
    if not everything and len(tables) > FEW_TABLES:
        tables = [table for table in tables if _has_trouble(table)][:SHOWN_TABLES]
        heads = [head for head in heads if "chosen" not in head][:SHOWN_MEMBERS]
    for number, head in enumerate(heads):
        parts.append(_title(_member_title(head, number, len(heads))))
        parts.append(_facts(_head_lines(head)))
    for table in tables:
        parts += _table(table, width)
    if (hidden := len(explained["tables"]) + explained["more_tables"] - len(tables)) > 0:
        parts.append(Text(f"\n{hidden} more tables: --all explains each, --json too", "dim"))
    others = [part for part in explained["refused_parts"] if part["message"] != explained["message"]]
    if len(explained["tables"]) > FEW_TABLES:
        others = [part for part in others if part["reason"] != "not_used"]  # the list above has them
    if others:
        parts.append(_title("Not loaded"))
        parts.append(
            _facts([(part["reason"], f"{part['part']}: {part['message']}".lstrip(": ")) for part in others[:20]])
        )
    if explained["notes"]:
        parts.append(_title("Notes"))
        parts.append(_facts([("", note) for note in explained["notes"]]))
    return parts


def _has_trouble(table: dict[str, Any]) -> bool:
    is_wanted = table["outcome"] == "refused" and table.get("reason") not in ("not_used", None)
    return is_wanted or bool(table.get("rows", {}).get("rejected"))


def _overview(explained: dict[str, Any]) -> Table:
    """One line per table of a file that holds many."""
    overview = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, ratio in (("table", 3), ("contract", 4)):
        overview.add_column(name, overflow="fold", ratio=ratio)
    overview.add_column("outcome", no_wrap=True)
    for name in ("loaded", "rejected", "dropped"):
        overview.add_column(name, justify="right", no_wrap=True)
    for table in explained["tables"]:
        rows = table.get("rows")
        what = table.get("reason") or table["outcome"]
        style = "red" if _has_trouble(table) else "dim" if what == "not_used" else ""
        counts = [rows["loaded"], rows["rejected"], sum(rows["dropped"].values())] if rows else [None] * 3
        overview.add_row(Text(table["table"]), Text(table["contract"]), Text(what, style), *map(_count, counts))
    return overview


def _headline(explained: dict[str, Any]) -> Group:
    words, colour, _ = OUTCOMES.get(explained["outcome"], (explained["outcome"], "red", ""))
    line = Text.assemble(
        (explained["file"], "bold"), (f"  {_bytes(explained['size_bytes'])}  ", "dim"), (words, f"bold {colour}")
    )
    if explained["reason"]:
        line.append(f": {explained['reason']}", f"bold {colour}")
    rows = explained["rows"]
    lines: list[RenderableType] = [line]
    pairs = []
    if explained["reason"] and explained["means"]:
        pairs.append(("Means", explained["means"]))
    if rows["in"]:
        pairs.append(("Rows", f"{rows['in']:,} = {rows['loaded']:,} loaded + {rows['rejected']:,} rejected + "
                      f"{rows['dropped']:,} dropped by rule"))  # fmt: skip
    if explained["message"] and explained["message"] != explained["to_do"]:
        pairs.append(("Message", explained["message"]))
    pairs.append(("What to do", explained["to_do"] or "nothing"))
    if explained["given"]:
        pairs.append(("Came with it", _joined(explained["given"])))
    lines.append(_facts(pairs))
    return Group(*lines)


def _joined(facts: list[dict[str, Any]]) -> str:
    return "\n".join(f"{fact['fact']} = {fact['value']}  (from the {fact['from']})" for fact in facts)


def _member_title(head: dict[str, Any], number: int, count: int) -> str:
    where = head["member"] or "the file"
    if head["sheet"]:
        where += f", sheet {head['sheet']}"
    return f"Recognition of {where}" + (f" ({number + 1} of {count})" if count > 1 else "")


def _head_lines(head: dict[str, Any]) -> list[tuple[str, str]]:
    lines = [("Container", head["container"])]
    if encoding := head.get("encoding"):
        lines.append(("Encoding", f"{encoding['name']}: {encoding['evidence']}"))
    if delimiter := head.get("delimiter"):
        lines.append(("Delimiter", f"{delimiter['name']}: {delimiter['evidence']}"))
    if wrapped := head.get("wrapped"):
        lines.append(("Wrapped", wrapped))
    if chosen := head.get("chosen"):
        lines.append(("Header", f"row {head['header_row']}, language {chosen['language']}"))
        lines.append(("Recognised", f"{chosen['contract']} ({chosen['title']}): {chosen['why']}"))
        lines += [("Also fits", f"{other['contract']}: {other['why_not']}") for other in head["also_fit"][:5]]
    else:
        header = head["header"]
        where = (
            f"row {header['row']} {header['why']}: {', '.join(header['labels'])}" if header["row"] else header["why"]
        )
        lines.append(("Header", where))
        lines.append(
            ("Recognised", f"nothing; {head['contracts_tried']} contracts were tried on every row of the first 60")
        )
    for miss in head["near_misses"]:
        lines.append(("Near miss", f"{miss['contract']} (knows {miss['known_labels']} labels of row {miss['row']}): "
                      f"{miss['why']}"))  # fmt: skip
    return lines


def _table(explained: dict[str, Any], width: int) -> list[RenderableType]:
    name = "" if explained["table"] == "-" else f"{explained['table']}: "
    parts: list[RenderableType] = [
        _title(f"{name}{explained['title']} ({explained['contract']}, version {explained['contract_version']})")
    ]
    lines: list[tuple[str, str]] = []
    if explained["outcome"] != "loaded" and explained.get("message"):
        lines.append(("Refused", f"{explained['reason']}: {explained['message']}"))
    if explained["block"]:
        lines.append(("Block", ", ".join(f"{key} = {value}" for key, value in explained["block"].items())))
    above = f"{explained['lines_above']} lines above it, " if explained["lines_above"] else ""
    lines.append(("Header", f"row {explained['header_row']}, {above}language {explained['language']}"))
    if explained["facts"]:
        lines.append(("Facts", _joined(explained["facts"])))
    lines += _locale_lines(explained)
    if grain := explained.get("grain"):
        level = f"; level {grain['level']}" if explained["channel"] == "ads" else ""
        broken = f", broken down by {', '.join(grain['breakdowns'])}" if grain["breakdowns"] else ""
        lines.append(("Grain", f"{grain['why']}{level}{broken}"))
    if period := explained.get("period"):
        exported = f"exported {explained['exported_at']} (from: {explained['exported_at_evidence']})"
        days = f"{period['start'] or '?'} to {period['end'] or '?'}"
        lines.append(("Period", f"{days}; {exported}; time zone {explained['time_zone']}"))
        lines.append(("Account", f"{explained['account'] or 'none'}; scope {explained['scope'] or 'none'}"))
    if explained["outputs"]:
        lines.append(("Restatement", f"{explained['restatement']['rule']}: {explained['restatement']['means']}"))
        lines.append(("Becomes", "\n".join(_output(output, explained) for output in explained["outputs"])))
    lines += _row_lines(explained)
    parts.append(_facts(lines))
    if explained["columns"]:
        parts.append(Padding(_columns(explained, width), (1, 0, 0, 2)))
    if explained.get("rejected"):
        parts.append(Padding(_rejected(explained), (1, 0, 0, 2)))
    return parts


def _output(output: dict[str, Any], explained: dict[str, Any]) -> str:
    rows = f"{output['rows']:,} rows of " if explained["outcome"] == "loaded" else "rows of "
    return f"{rows}{output['entity']} (key: {', '.join(output['key'])})"


def _locale_lines(explained: dict[str, Any]) -> list[tuple[str, str]]:
    locale = explained.get("locale")
    if not locale:
        return []
    lines = []
    if numbers := locale["numbers"]:
        sides = ", ".join(
            f"{numbers[side]['cells']:,} {words}"
            + (f" ({numbers[side]['example']})" if "example" in numbers[side] else "")
            for side, words in (("point", "cells want a point"), ("comma", "want a comma"),
                                ("either", "leave it open"))
        )  # fmt: skip
        why = "the contract says so" if numbers["declared"] != "auto" else numbers["why"].partition(": ")[2]
        style = {"dot": "decimal point", "comma": "decimal comma"}[numbers["style"]]
        lines.append(("Numbers", f"{style}: {why or 'nothing to decide'}\nsampled: {sides}"))
    for name, dates in locale["dates"].items():
        text = f"{name}: {dates['read_as']}"
        if fits := dates.get("fits"):
            text += f"; of {fits['different_cells']} different sampled cells " + ", ".join(
                f"{order} reads {count}" for order, count in fits.items() if order != "different_cells")  # fmt: skip
        if dates["has_offset"]:
            text += "; cells name their offset"
        lines.append(("Dates", text))
    return lines


def _row_lines(explained: dict[str, Any]) -> list[tuple[str, str]]:
    lines = []
    if rows := explained.get("rows"):
        rules = ", ".join(f"{rule} {count:,}" for rule, count in rows["dropped"].items()) or "none"
        good = "loaded" if explained["outcome"] == "loaded" else "readable"
        lines.append(("Rows", f"{rows['in']:,} = {rows['loaded']:,} {good} + {rows['rejected']:,} rejected + "
                      f"{sum(rows['dropped'].values()):,} dropped ({rules})"))  # fmt: skip
    for total in explained.get("totals", [])[:5]:
        if "differences" not in total:
            verdict = "kept with the batch, the contract compares it with nothing"
        elif total["differences"]:
            verdict = "DIFFERS from the rows: " + ", ".join(f"{k} by {v}" for k, v in total["differences"].items())
        else:
            verdict = "agrees with the sum of the rows"
        lines.append(("Total row", f"row {total['row']} {total['label']!r}: {verdict}"))
    if sums := explained.get("sums"):
        lines.append(("Sums", ", ".join(f"{name} {value}" for name, value in sums.items())))
    return lines


def _columns(explained: dict[str, Any], width: int) -> Table:
    counted = explained.get("counted") or {"rows": 0, "is_sample": False}
    has_counts = counted["rows"] > 0
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column("column of the file", overflow="fold", ratio=3)
    table.add_column("becomes", overflow="fold", ratio=4)
    table.add_column("type", no_wrap=True)
    if has_counts:
        for name in ("read", "empty", "bad"):
            table.add_column(name, justify="right", no_wrap=True)
        if width >= ROOMY:
            table.add_column("first cell → value", overflow="fold", ratio=3)
    for entry in explained["columns"][:SHOWN_COLUMNS]:
        style = "yellow" if entry["pii"] != "keep" else "dim" if entry["becomes"].startswith("extra") else ""
        cells = [str(entry["column"]), entry["label"], Text(entry["becomes"], style), entry.get("type", "")]
        if has_counts:
            bad = entry.get("unreadable")
            cells += [
                _count(entry.get("read")),
                _count(entry.get("empty")),
                Text(_count(bad), "bold red" if bad else ""),
            ]
            if width >= ROOMY:
                example = entry.get("example")
                cells.append(f"{example[0]} → {example[1]}" if example else "")
        table.add_row(*[cell if isinstance(cell, Text) else Text(cell) for cell in cells])
    if (more := len(explained["columns"]) - SHOWN_COLUMNS) > 0:
        table.add_row("", Text(f"and {more} more; --json has them", "dim"))
    if has_counts and counted["is_sample"]:
        table.caption = f"cells of the first {counted['rows']:,} rows; rejected rows are counted in all"
    return table


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _rejected(explained: dict[str, Any]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rejected", justify="right", no_wrap=True)
    for name, ratio in (("why", 4), ("where", 3), ("what to do", 4)):
        table.add_column(name, overflow="fold", ratio=ratio)
    for entry in explained["rejected"]:
        where = f"rows {', '.join(map(str, entry['first_rows']))}" + (
            " ..." if entry["rows"] > len(entry["first_rows"]) else ""
        )
        if entry["label"]:
            where += f", column {entry['label']!r}"
        if entry["cell_shapes"]:
            where += f"; cells shaped like {', '.join(entry['cell_shapes'])}"
        table.add_row(Text(f"{entry['rows']:,}", "bold red"), Text(f"{entry['reason']}: {entry['means']}"), Text(where),
                      Text(entry["to_do"]))  # fmt: skip
    return table


def _title(text: str) -> Text:
    return Text(f"\n{text}", "bold cyan")


def _facts(pairs: list[tuple[str, str]]) -> Padding:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=12, style="bold", no_wrap=True)
    grid.add_column(overflow="fold", max_width=110)
    last = None
    for name, value in pairs:
        grid.add_row(Text("" if name == last else name), Text(value))
        last = name
    return Padding(grid, (0, 0, 0, 2))


def _bytes(size: int) -> str:
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size = round(size / 1000)
    return f"{size:,.0f} GB"
