"""The slow, forgiving path: any rows to a clean rectangular CSV, one row at a time in constant memory.

DuckDB reads clean files by itself. What it refuses comes through here: ragged rows, footers, csv inside csv, stacked
blocks, sheets. Each output row carries its number in the table and its state: ok, short, long, mixed or below.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.bounds import check_time
from funnelhouse.reading.container.decoding import zero_bytes

csv.field_size_limit(16 * 2**20)
CHECKED_ROWS = 200
"""Rows that are handled at a time, with a look at the clock: more would not fit into the processor's cache."""
LINES_OF_ROW = 1_000
"""Lines that one row may have whose lines were quoted each by itself."""
OTHER_DELIMITERS = {",": ";\t|", ";": ",\t|", "\t": ";,|", "|": ";,\t"}


@dataclass
class CleanFile:
    """A normalised table on disk; columns n, state, c0..c{width - 1}.

    `last_cells` is how many cells the last row has if it lacks some; `is_unclosed` says that a quote in it is open.
    """

    path: Path
    width: int
    rows: int = 0
    states: dict[str, int] = field(default_factory=dict)
    last_cells: int | None = None
    is_unclosed: bool = False


@dataclass
class Ending:
    """How a text ends: `is_unclosed` if a quote that its last record opens is never closed."""

    is_unclosed: bool = False


def text_rows(stream: Iterable[str], delimiter: str, ending: Ending | None = None) -> Iterator[list[str]]:
    """Rows of a CSV text; `ending` notes how it ends. Raises Refused where the quoting is beyond repair."""
    record: list[str] = []
    last: list[str] = []

    def lines() -> Iterator[str]:
        for line in _without_zeros(stream):
            record.append(line)
            yield line

    reader = csv.reader(lines() if ending else _without_zeros(stream), delimiter=delimiter, skipinitialspace=True)
    for count in itertools.count():
        if count % CHECKED_ROWS == 0:
            check_time()
        try:
            row = next(reader)
        except StopIteration:
            if ending:
                ending.is_unclosed = _is_unclosed(last, delimiter)
            return
        except csv.Error as error:
            raise Refused("damaged_file", f"line {reader.line_num}: {error}; export the file again") from None
        if ending:
            last = record.copy() if len(record) > 1 or '"' in record[0] else []
            record.clear()
        yield row


def _is_unclosed(lines: list[str], delimiter: str) -> bool:
    """True if a quote that one record opens is still open at its end."""
    try:
        list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _without_zeros(stream: Iterable[str]) -> Iterator[str]:
    for line in stream:
        if "\0" in line:
            raise zero_bytes()
        yield line


def unwrapped(rows: Iterable[list[str]], delimiter: str) -> Iterator[list[str]]:
    """Rows of a csv inside csv: each row is one quoted cell that holds a whole row, or a line of one.

    A cell of a row may hold line ends; then its lines are cells, and the row goes on until the quotes are closed.
    Raises Refused if they never are.
    """
    begun: list[str] = []
    for row in rows:
        filled = [cell for cell in row if cell.strip()]
        if begun or (len(filled) == 1 and filled[0].count('"') % 2):
            begun.append(delimiter.join(row))
            if len(begun) > LINES_OF_ROW:
                break
            if sum(line.count('"') for line in begun) % 2:
                continue
            text, begun = "\n".join(begun), []
            yield _inner_row(text, delimiter) or [text]
            continue
        yield _inner_row(filled[0], delimiter) or row if len(filled) == 1 else row
    if begun:
        raise Refused(
            "damaged_file", "each row is one quoted cell, and a quote inside is never closed; export it again"
        )


def _inner_row(cell: str, delimiter: str) -> list[str] | None:
    """The one row that the cell holds; None if it holds anything else."""
    try:
        found = list(csv.reader(io.StringIO(cell, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def write_rows(
    rows: Iterable[list[str]], target: Path, width: int, *, delimiter: str = ",", extra_cells: int = 0,
    ends_at_blank: bool = False,
) -> CleanFile:  # fmt: skip
    """Write data rows (the header is gone) as a rectangular file of `width` + `extra_cells` columns.

    Wholly blank lines are not rows. With `ends_at_blank` one after a row ends the table, unless the next row goes on
    with it: rows of another table are kept in the state `below`, so that they are counted. Blank cells beyond these
    columns are dropped; others make the row long.
    """
    result = CleanFile(target, width + extra_cells)
    has_rows = is_gap = is_below = False
    others = OTHER_DELIMITERS.get(delimiter, "")
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)  # its line end CR LF makes it quote cells that hold either of them
        for row in rows if ends_at_blank else _written(iter(rows), sink, result):
            if ends_at_blank:
                is_blank = not any(cell.strip() for cell in row)
                is_below = is_below or (is_gap and not is_blank and not _goes_on(row, width + extra_cells, width))
                is_gap = has_rows and is_blank
                has_rows = has_rows or not is_blank
            if not row:
                continue
            state, cells = "ok", len(row)
            if cells != width + extra_cells:
                row, state = _fit(row, width, others, extra_cells)
                if not row:
                    continue
            result.last_cells = cells if state in ("short", "mixed") else None
            if is_below:
                state = "below"
            result.rows += 1
            result.states[state] = result.states.get(state, 0) + 1
            writer.writerow([result.rows, state, *row])
    return result


def _written(rows: Iterator[list[str]], sink: TextIO, result: CleanFile) -> Iterator[list[str]]:
    """Write the blocks of rows that are all as wide as the table; the rows of other blocks are for the caller."""
    writer = csv.writer(sink)
    while block := list(itertools.islice(rows, CHECKED_ROWS)):
        if set(map(len, block)) != {result.width}:
            yield from block
            continue
        lines = [f"{number},ok,{','.join(row)}\r\n" for number, row in enumerate(block, result.rows + 1)]
        text = "".join(lines)
        marks = [text.count(mark) for mark in ',"\r\n']
        if marks == [len(block) * (result.width + 1), 0, len(block), len(block)]:  # no cell needs quotes
            sink.write(text)
        else:
            writer.writerows([number, "ok", *row] for number, row in enumerate(block, result.rows + 1))
        result.last_cells = None
        result.rows += len(block)
        result.states["ok"] = result.states.get("ok", 0) + len(block)


def _goes_on(row: list[str], most: int, width: int) -> bool:
    """True for a row that belongs to the table above the gap: as many cells, and a value among them, so no header."""
    while len(row) > most and not row[-1].strip():
        row = row[:-1]
    return width <= len(row) <= most and any(cell.strip()[:1].isdigit() for cell in row)


def _fit(row: list[str], width: int, others: str, extra_cells: int) -> tuple[list[str], str]:
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    if len(row) == 1 and not row[0].strip():
        return [], "blank"
    total = width + extra_cells
    if len(row) > total:
        return row[:total], "long"
    filler = [""] * (total - len(row))
    if len(row) >= width:
        return row + filler, "ok"
    text = "".join(row)
    state = "mixed" if any(text.count(other) == width - len(row) for other in others) else "short"
    return row + filler, state


def lines_of(path: Path, encoding: str, mark: int, errors: str = "strict") -> io.TextIOWrapper:
    """The file as text lines with their ends kept (quoted cells may hold line ends)."""
    handle = path.open("rb")
    handle.seek(mark)
    return io.TextIOWrapper(handle, encoding=encoding, errors=errors, newline="")
