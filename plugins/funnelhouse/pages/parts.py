"""What a page is made of. A page is data: the same for the web, for files, for CSV and for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


def N_(text: str) -> str:
    """Mark an English text that is said later, in the reader's language."""
    return text


class Kind(Enum):
    """What a value is, and so how it is written."""

    TEXT = "text"
    WORD = "word"
    """A word of the marts (a status, a model, a stage) that has a translation."""
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    RATIO = "ratio"
    DAYS = "days"
    NUMBER = "number"
    DATE = "date"
    MONTH = "month"
    TIME = "time"
    GOAL = "goal"
    """A number whose row says what it is: `is_rate`, `currency`."""


FIGURES = {Kind.COUNT, Kind.MONEY, Kind.RATE, Kind.RATIO, Kind.DAYS, Kind.NUMBER, Kind.GOAL}


@dataclass(frozen=True)
class Column:
    """A column of a table. `key` names the value in each row, `source` the column it was read from: of the table's own
    mart, or `marts.other.column`. Empty: no mart holds it (a part of a link).

    `tone`: key of a row's word that colours the cell. `bar`: a bar behind the number, as long as its share of the
    largest. `change`: the sign is always written, and of a rate the points. `prose`: sentences, which need room.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    source: str | None = None
    tone: str | None = None
    bar: bool = False
    change: bool = False
    prose: bool = False

    @property
    def is_figure(self) -> bool:
        """True for numbers, which stand on the right."""
        return self.kind in FIGURES

    @property
    def is_day(self) -> bool:
        """True for days and months, which are never broken."""
        return self.kind in (Kind.DATE, Kind.MONTH, Kind.TIME)

    @property
    def column(self) -> str:
        """Column of the mart."""
        return self.source or self.key


@dataclass(frozen=True)
class Chart:
    """A picture of a table: `kind` is bars, columns, lines, combined, range or plan; the series are its columns.

    `lines` of a combined chart are drawn as lines over columns, on an axis of their own. `open_row` names a column that
    is true for a row whose period is not over, `only` one that is true for the rows drawn (default: all); `most` is how
    many of them are drawn.
    """

    kind: str
    label: str
    series: Sequence[str]
    lines: Sequence[str] = ()
    open_row: str | None = None
    highlight: str | None = None
    only: str | None = None
    most: int = 60


@dataclass(frozen=True)
class Table:
    """Rows of one mart under a title. `source` is what they were read from, as one writes it in SQL.

    `total`: a row of the mart that is the whole, never a sum of the rows shown. `more`: how many rows there are in all,
    where fewer are shown. `wide`: across the whole page; `folded`: the table opens on a click, its chart is shown.
    """

    key: str
    title: str
    source: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    empty: str
    note: str = ""
    total: dict[str, Any] | None = None
    more: int | None = None
    chart: Chart | None = None
    wide: bool = True
    folded: bool = False


@dataclass(frozen=True)
class Tile:
    """One number with what it was before. `trend` are its values over the last periods, oldest first."""

    label: str
    kind: Kind
    value: Any
    source: str
    column: str = "value"
    before: Any = None
    change: Any = None
    change_share: Any = None
    is_noise: bool = False
    good: str | None = None
    """up, down or None: which way is good."""
    metric: str = ""
    note: str = ""
    trend: Sequence[float | None] = ()


@dataclass(frozen=True)
class Tiles:
    """The first numbers of a page. `versus` says what they are compared with."""

    key: str
    title: str
    tiles: Sequence[Tile]
    versus: str = ""


@dataclass(frozen=True)
class Grid:
    """A table of cells coloured by value: `rows` are label, size and cells (None: not known yet)."""

    key: str
    title: str
    source: str
    column: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[dict[str, Any]]]]
    first: tuple[str, str]
    empty: str
    note: str = ""


@dataclass(frozen=True)
class Note:
    """Sentences: `lines` are already in the reader's language; `more` names the page that each leads to, if any."""

    key: str
    title: str
    lines: Sequence[str]
    source: str = ""
    wide: bool = True
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Picture:
    """Names with lines between them, at places in pixels: what is made from what."""

    key: str
    title: str
    nodes: Sequence[dict[str, Any]]
    lines: Sequence[tuple[int, int, int, int]]
    width: int
    height: int
    note: str = ""


@dataclass(frozen=True)
class Failed:
    """A part of the page that could not be read; the others are shown all the same."""

    key: str
    title: str
    message: str


Card = Table | Tiles | Grid | Note | Picture | Failed


@dataclass(frozen=True)
class Choice:
    """A filter: its values with their labels, and what is chosen. `off`: why this page cannot be filtered by it."""

    name: str
    label: str
    values: Sequence[tuple[str, str]] = ()
    chosen: Sequence[str] = ()
    several: bool = False
    off: str = ""


@dataclass(frozen=True)
class Page:
    """Everything on one page. `marts` are those it reads, whose troubles it says."""

    cards: Sequence[Card]
    choices: Sequence[Choice] = ()
    marts: Sequence[str] = ()
