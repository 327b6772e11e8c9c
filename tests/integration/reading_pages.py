"""A page of the warehouse as a reader's browser gets it: its numbers, tables, filters and addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class ShownCell:
    """A cell or tile: `column` of the mart it is read from, `value` as the mart has it; None: none is shown."""

    column: str | None
    value: str | None
    text: str = ""


@dataclass
class ShownTable:
    """Numbers under one source: the rows of a table, its row of totals, or the tiles of a card."""

    source: str
    key: str
    rows: list[list[ShownCell]] = field(default_factory=list)
    total: list[ShownCell] = field(default_factory=list)

    @property
    def all_rows(self) -> list[list[ShownCell]]:
        """Rows and totals."""
        return [*self.rows, *([self.total] if self.total else [])]


class ShownPage(HTMLParser):
    """What is on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[ShownTable] = []
        self.failed: list[str] = []
        self.options: dict[str, list[str]] = {}
        self.chosen: dict[str, str] = {}
        self.addresses: list[str] = []
        self.files: list[str] = []
        self._select = ""
        self._open: ShownCell | None = None
        self._place = ""
        self._is_failed = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        self.addresses += [had[name] for name in ("src", "href", "action", "poster", "data") if name in had]
        if "data-source" in had:
            self.tables.append(ShownTable(had["data-source"], had.get("data-key", "")))
        if tag in ("thead", "tbody", "tfoot"):
            self._place = tag
        if tag == "ul" and "data-source" in had:
            self._place = "tiles"
        if tag == "tr" and self._place == "tbody":
            self.tables[-1].rows.append([])
        if tag in ("td", "th") and self._place in ("tbody", "tfoot"):
            self._open = ShownCell(had.get("data-column"), had.get("data-value"))
            (self.tables[-1].total if self._place == "tfoot" else self.tables[-1].rows[-1]).append(self._open)
        elif "data-column" in had:
            self._open = ShownCell(had["data-column"], had.get("data-value"))
            self.tables[-1].rows.append([self._open])
        elif "data-value" in had:
            raise AssertionError(f"a number without a column: {had}")
        if tag == "select":
            self._select = had["name"]
        if tag == "option":
            self.options.setdefault(self._select, []).append(had["value"])
            if "selected" in had:
                self.chosen[self._select] = had["value"]
        if tag == "a" and "download" in had:
            self.files.append(had["href"])
        self._is_failed = self._is_failed or (tag == "p" and had.get("class") == "failed")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "span"):
            self._open = None
        if tag == "p":
            self._is_failed = False

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.text += data
        if self._is_failed and data.strip():
            self.failed.append(data.strip())

    @property
    def numbers(self) -> list[tuple[str, str, str]]:
        """Source, column and value of every number, in the order of the page."""
        return [
            (table.source, cell.column or "", cell.value)
            for table in self.tables
            for row in table.all_rows
            for cell in row
            if cell.value is not None
        ]
