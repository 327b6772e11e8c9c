"""What is known about a file and about one of its tables once it is typed and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from funnelhouse.contracts.facts import Facts
from funnelhouse.reading.tables.table import Table


@dataclass
class FileFacts:
    """What is known about the received file as a whole."""

    sha256: str
    file_name: str
    given: Facts
    mtime: float | None = None


@dataclass
class Part:
    """Rows of one entity, written to `path`. Columns that are NULL in every row may be `absent` from the file."""

    entity: str
    path: Path
    rows: int
    absent: frozenset[str] = frozenset()


@dataclass
class Loaded:
    """One table, typed and written, ready to be committed."""

    batch_id: str
    table: Table
    facts: Facts
    scope: str
    exported_at: str
    exported_evidence: str
    loaded_at: str
    parts: list[Part]
    rows_in: int = 0
    rows_loaded: int = 0
    rejected: list[tuple[int, str, str, list[str | None]]] = field(default_factory=list)
    kept: list[tuple[int, str, str, list[str | None]]] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    rows_rejected: int = 0
    sums: dict[str, str] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)
    totals: list[dict[str, Any]] = field(default_factory=list)
    period: tuple[str | None, str | None] = (None, None)
    account_id: str = ""
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    has_open_end: bool = False
