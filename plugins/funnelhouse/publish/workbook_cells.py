"""Cells, formats and the Read me of the workbook: what XlsxWriter is told."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from funnelhouse.publish.audit import NOT_CHECKED
from funnelhouse.publish.meta_tables import Facts
from funnelhouse.safe_csv import neutral

FORMATS = {
    "count": "#,##0",
    "number": "#,##0.00",
    "money": "#,##0.00",
    "rate": "0.0%",
    "ratio": '0.00"x"',
    "days": "#,##0.0",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "time": "yyyy-mm-dd hh:mm",
    "yes_no": "General",
    "text": "@",
}
"""Excel's number format of each way to show a column."""

ROW_FORMATS = {"money": "money", "share": "rate", "count": "count", "days": "days", "minutes": "number"}
"""Formats of a row by the word in its unit column, where each row is of another unit."""

LONGEST_TEXT = 32_767
"""Characters an Excel cell can hold."""
FIRST_YEAR = 1900
"""Excel knows no day before; earlier ones are written as text."""
WIDEST, NARROWEST = 60, 9
LINE, MOST_LINES = 15, 8
"""Height of a line of text in points, and how many lines a row shows."""
_EXAMPLES = 200
"""Rows that the width of a column is taken from."""
_WORDS = ("text", "yes_no")
"""Formats of what stands to the left."""

READ_ME, COLUMNS = "Read me", "Columns"
GUARDED = "guarded"


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `place` is where it comes from, `shown_as` a key of FORMATS or {"by": unit column}."""

    name: str
    header: str
    description: str
    formula: str | None
    place: str
    shown_as: Any


@dataclass(frozen=True)
class FilledSheet:
    """A sheet with its rows; `found` is how many the query gave before the cut."""

    name: str
    question: str
    tables: tuple[str, ...]
    columns: list[Column]
    rows: list[tuple[Any, ...]]
    found: int

    @property
    def cut(self) -> str | None:
        """Where the rest of a cut sheet is, in words; None if it is whole."""
        if self.found == len(self.rows):
            return None
        where = ", ".join(f"marts.{table}" for table in self.tables) or "schema meta"
        return f"First {len(self.rows):,} of {self.found:,} rows. The rest is in {where} of warehouse.duckdb."


def workbook_bytes(facts: Facts, currency: str, sheets: list[FilledSheet], missing: list[tuple[str, str]]) -> bytes:
    """The whole file: Read me, the sheets, then what their columns mean. Equal input gives equal bytes.

    `missing` are sheets that are left out and the table each lacks.
    """
    import xlsxwriter

    content = io.BytesIO()
    options = {
        "in_memory": True,
        # Texts of exports are strangers' words: no text becomes a formula, a link or a number.
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, options) as workbook:
        workbook.set_properties({
            "title": f"Marketing and sales as of {facts.as_of}", "comments": f"Version {facts.version}",
            "created": facts.created_at,
        })  # fmt: skip
        writer = _Writer(workbook, currency)
        writer.read_me(_read_me(facts, currency, sheets, missing))
        for sheet in sheets:
            writer.sheet(sheet)
        writer.sheet(_columns_sheet(sheets))
    return content.getvalue()


class _Writer:
    """XlsxWriter with the formats of one workbook."""

    def __init__(self, workbook: Any, currency: str) -> None:
        self._workbook = workbook
        codes = {**FORMATS, "money": f"#,##0{'.' + '0' * _decimals(currency) if _decimals(currency) else ''}"}
        words = {"text_wrap": True, "align": "left", "indent": 1}
        self._formats = {
            name: workbook.add_format({"num_format": code, "valign": "top", **(words if name in _WORDS else {})})
            for name, code in codes.items()
        }
        # Text that begins like a formula stays text also when somebody edits the cell.
        self._formats[GUARDED] = workbook.add_format(
            {**words, "num_format": "@", "valign": "top", "quote_prefix": True}
        )
        header = {"bold": True, "bg_color": "#DDE3EA", "bottom": 1, "text_wrap": True, "valign": "top"}
        self._header = workbook.add_format({**header, "align": "left", "indent": 1})
        self._number_header = workbook.add_format({**header, "align": "right"})
        self._title = workbook.add_format({"bold": True, "font_size": 14})
        self._bold = workbook.add_format({"bold": True, "valign": "top"})
        self._note = workbook.add_format({"italic": True})

    def read_me(self, lines: list[tuple[str, str]]) -> None:
        """Name and text on each line; a name alone is a heading."""
        page = self._workbook.add_worksheet(READ_ME)
        page.hide_gridlines(2)
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 100)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for row, (name, text) in enumerate(lines):
            page.set_row(row, LINE * (1.6 if row == 0 else _lines(text, 100)))
            page.write_string(row, 0, name, self._title if row == 0 else self._bold)
            if text:
                self._write(page, row, 1, text, "text")

    def sheet(self, sheet: FilledSheet) -> None:
        """Header, rows, frozen header, filter and widths; a line below says where the rows were cut."""
        page = self._workbook.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        widths = [
            _width(column, (row[number] for row in sheet.rows[:_EXAMPLES]))
            for number, column in enumerate(sheet.columns)
        ]
        for number, column in enumerate(sheet.columns):
            style = self._header if column.shown_as in _WORDS else self._number_header
            page.write_string(0, number, column.header, style)
            page.set_column(number, number, widths[number])
        # Heights are written, too: not every program works them out when it opens a file.
        page.set_row(0, LINE * max(_lines(c.header, w - 3) for c, w in zip(sheet.columns, widths, strict=True)) + 2)
        names = [column.name for column in sheet.columns]
        units = [
            names.index(column.shown_as["by"]) if isinstance(column.shown_as, dict) else None
            for column in sheet.columns
        ]
        for line, row in enumerate(sheet.rows, 1):
            lines = max(map(_lines, row, widths))
            if lines > 1:
                page.set_row(line, LINE * lines)
            for number, value in enumerate(row):
                unit = units[number]
                shown_as = sheet.columns[number].shown_as if unit is None else ROW_FORMATS.get(row[unit], "number")
                self._write(page, line, number, value, shown_as)
        page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
        if note := sheet.cut or (None if sheet.rows else "No rows: the exports hold nothing of this kind."):
            page.write_string(len(sheet.rows) + 2, 0, note, self._note)

    def _write(self, page: Any, row: int, column: int, value: Any, shown_as: str) -> None:
        if value is None:
            return  # unknown is an empty cell, never zero
        if isinstance(value, bool):
            page.write_string(row, column, "yes" if value else "no", self._formats["yes_no"])
        elif isinstance(value, int | float | Decimal) and math.isfinite(value):
            page.write_number(row, column, float(value), self._formats[shown_as])
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            page.write_datetime(row, column, value, self._formats[shown_as])
        else:
            text = str(value)
            text = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
            guarded = neutral(text) != text
            page.write_string(row, column, text, self._formats[GUARDED if guarded else "text"])


def _decimals(currency: str) -> int:
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def _lines(value: Any, width: float) -> int:
    """Lines that a cell of a width in characters needs, MOST_LINES at most."""
    if not isinstance(value, str) or len(value) < width - 1:
        return 1
    return min(len(textwrap.wrap(value, max(int(width), 2))), MOST_LINES)


def _width(column: Column, values: Iterable[Any]) -> float:
    """Characters that show most cells whole; the header may wrap between its words."""
    longest_word = max(map(len, column.header.split()), default=0)
    header = max(longest_word, (len(column.header) + 1) // 2) + 3  # room for the button of the filter
    if column.shown_as != "text":
        return max(header, 12 if column.shown_as != "time" else 17)
    cells = max((len(str(value)) for value in values if value is not None), default=0)
    return min(max(header, cells + 2, NARROWEST), WIDEST)


def _columns_sheet(sheets: Sequence[FilledSheet]) -> FilledSheet:
    """What each column of each sheet means."""
    names = ("Sheet", "Column", "Meaning", "Formula", "Comes from")
    columns = [Column(name, name, "", None, "", "text") for name in names]
    rows = [
        (sheet.name, column.header, column.description, column.formula, column.place)
        for sheet in sheets
        for column in sheet.columns
    ]
    return FilledSheet(COLUMNS, "What the columns mean", (), columns, rows, len(rows))


def _read_me(
    facts: Facts, currency: str, sheets: list[FilledSheet], missing: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    audit = facts.audit
    broken = [check for check in audit.checks if check["outcome"] in ("failed", "raised")]
    status = {
        "pass": f"Passed: {len(audit.checks)} checks.",
        "warn": f"Warning: {len(broken)} of {len(audit.checks)} checks failed, none of them critical. They are below.",
        NOT_CHECKED: "Not checked: the numbers were published without the checks.",
    }[audit.status]
    lines = [
        ("Marketing and sales", ""),
        ("Data through", f"{facts.as_of}"),
        ("Published", f"{facts.created_at:%Y-%m-%d %H:%M} UTC"),
        ("Version", facts.version),
        ("Currency", f"{currency}, into which all amounts are converted"),
        ("Checks", status),
        ("", ""),
        ("How to read it", ""),
        ("Empty cells", "Unknown: no export says it. Zero means that it is known to be nothing."),
        ("Rates", "Made from sums. Do not average them; divide the sums of the columns they are made of."),
        ("The newest month", "Runs up to the day above. Where it matters, column Complete tells which are over."),
        ("Definitions", f"Sheet {COLUMNS} says what each column means; meta.data_dictionary of warehouse.duckdb and "
                        "docs/definitions.md say it of every published table."),
        ("", ""),
        ("Sheets", ""),
    ]  # fmt: skip
    for sheet in sheets:
        size = sheet.cut or f"{len(sheet.rows):,} rows"
        source = ", ".join(f"marts.{table}" for table in sheet.tables) or "schema meta"
        lines.append((sheet.name, f"{sheet.question} {size.rstrip('.')}. From {source}."))
    lines += [(name, f"Left out: this version has no table marts.{table}.") for name, table in missing]
    if broken:
        order = {"critical": 0, "warning": 1, "info": 2}
        broken.sort(key=lambda check: (order[check["severity"]], check["table"], check["check"]))
        lines += [("", ""), ("Failed checks", "")]
        lines += [
            (check["severity"], f"{check['description'].rstrip('.')} ({check['table']}). {check['why']}".strip())
            for check in broken
        ]
    return lines
