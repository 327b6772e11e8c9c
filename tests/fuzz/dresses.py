"""Which dresses suit which table: a dress is only worn where it cannot change the meaning."""

from __future__ import annotations

import random

from tests.fuzz.corpus import Original
from tests.fuzz.dress import MARKS, Dress, write
from tests.fuzz.driver import SeenTable

LINES = ("Exported by the marketing team", "Confidential", "Weekly download", "Sheet 1 of 1")


def dressed(rng: random.Random, original: Original) -> tuple[str, bytes, Dress] | None:
    """The same table in a random dress; None if the original is not a text table."""
    table = original.table
    if table is None or not _is_whole(table):
        return None
    dress = suitable(rng, table)
    name, content = write(table.lines[1:] if _has_hint(table) else table.lines, _header(table), dress, original.name)
    return name, content, dress


def _has_hint(table: SeenTable) -> bool:
    """True if the first record is the `sep=` line."""
    return table.header > 0 and table.lines[0] == [] and not table.preamble[0]


def _header(table: SeenTable) -> int:
    return table.header - 1 if _has_hint(table) else table.header


def _is_whole(table: SeenTable) -> bool:
    return table.contract.reading.layout == "table" and table.contract.reading.blocks == "single"


def suitable(rng: random.Random, table: SeenTable) -> Dress:
    """A random dress; what would change the meaning of this table is left out."""
    labels, data = table.lines[table.header], table.lines[table.header + 1 :]
    encoding = _encoding(rng, table)
    container = _container(rng, table)
    wrapped = container not in ("xlsx", "xls") and rng.random() < 0.08 and encoding == "utf-8"
    delimiter = "," if wrapped else rng.choice((",", ",", "\t", ";", "|"))
    mark = MARKS.get(encoding, b"") if encoding != "utf-8" or rng.random() < 0.4 else b""
    return Dress(
        delimiter=delimiter,
        encoding=encoding,
        mark=mark,
        eol=rng.choice(("\n", "\n", "\r\n", "\r")),
        quote_all=rng.random() < 0.3,
        sep_line=not wrapped and rng.random() < 0.2 and container not in ("xlsx", "xls"),
        preamble=tuple(rng.sample(LINES, rng.choice((0, 0, 1, 3)))) if not wrapped else (),
        blank_lines=tuple(sorted(rng.sample(range(len(data)), min(len(data), rng.choice((0, 0, 1, 2)))))),
        padding=rng.choice((0, 0, 0, 1, 3)) if _is_rectangular(table) and not wrapped else 0,
        spaces=rng.random() < 0.15,
        upper_labels=not _has_spoken_labels(table) and rng.random() < 0.15,
        extra_column=_is_rectangular(table) and rng.random() < 0.2,
        wrapped=wrapped,
        columns=_columns(rng, table, labels),
        rows=_rows(rng, table, len(data)),
        container=container,
    )


def _encoding(rng: random.Random, table: SeenTable) -> str:
    text = "".join(cell for row in table.lines for cell in row)
    if table.encoding not in ("utf-8", "utf-16-le", "utf-16-be") and not text.isascii():
        return table.encoding  # the fallback of the contract
    return rng.choice(("utf-8", "utf-8", "utf-8", "utf-16-le", "utf-16-be"))


def _container(rng: random.Random, table: SeenTable) -> str:
    found = ["text"] * 6 + ["zip", "zip in zip", "gzip"]
    kinds = table.contract.detect.containers
    # Rates without a sign are points in a text and fractions in a workbook.
    rates = any(table.contract.field_type(name) == "rate" for name in table.columns)
    small = len(table.lines) < 400 and max(map(len, table.lines)) < 250
    named = {"file", "member"} & set(table.contract.detect.must_match)  # a workbook has another ending
    if not rates and small and not named:
        found += [kind for kind in ("xlsx", "xls") if kind in kinds]
    return rng.choice(found)


def _has_spoken_labels(table: SeenTable) -> bool:
    """True if labels hold values, such as names of stages: their case means something."""
    return any(output.unpivot and output.unpivot.labels for output in table.contract.outputs)


def _is_rectangular(table: SeenTable) -> bool:
    width = len(table.lines[table.header])
    return (
        all(len(row) in (0, width) for row in table.lines[table.header + 1 :]) and table.lines[table.header][-1] != ""
    )


def _columns(rng: random.Random, table: SeenTable, labels: list[str]) -> tuple[int, ...]:
    """Another order of columns, unless the place of a cell means something."""
    placed = any(condition.first_cells for rule in table.contract.drop_rows for condition in rule.when)
    keys = [label.strip().casefold() for label in labels]
    if placed or not _is_rectangular(table) or len(set(keys)) < len(keys) or rng.random() < 0.75:
        return ()
    return tuple(rng.sample(range(len(labels)), len(labels)))


def _rows(rng: random.Random, table: SeenTable, count: int) -> tuple[int, ...]:
    """Another order of rows, unless years are counted along them or a second header follows the first."""
    yearless = any(spec.yearless for spec in table.contract.fields.values())
    if yearless or table.contract.reading.skip_after_header or rng.random() < 0.75:
        return ()
    return tuple(rng.sample(range(count), count))
