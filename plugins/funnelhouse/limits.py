"""What one received file may cost. Every limit is a setting; `docs/operations.md` has the table."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Limits per received file. `FUNNELHOUSE_MAX_<FIELD IN CAPITALS>` sets each; whole numbers above zero."""

    file_mb: int = 16_384
    """Megabytes of one text, packed or not, once it is unpacked."""
    total_mb: int = 32_768
    """Megabytes of everything that a received file unpacks to."""
    workbook_mb: int = 2_048
    """Megabytes of the XML of one xlsx workbook."""
    ratio: int = 200
    """How many times larger the unpacked bytes may be than the packed ones (small files are free)."""
    nesting: int = 3
    """Archives inside archives."""
    members: int = 10_000
    """Files inside archives."""
    columns: int = 2_000
    """Columns of one table."""
    sheet_rows: int = 1_048_576
    """Rows of one sheet, empty ones included."""
    sheet_cells: int = 20_000_000
    """Rows times columns of one sheet: the memory it takes to read it."""
    memory_mb: int = 384
    """Megabytes of DuckDB while it reads one file; beyond, it spills to disk where it can."""
    seconds: int = 3_600
    """Seconds that reading one received file may take."""

    @property
    def file_bytes(self) -> int:
        """Bytes of one text."""
        return self.file_mb << 20

    @property
    def total_bytes(self) -> int:
        """Bytes of everything unpacked."""
        return self.total_mb << 20

    @property
    def workbook_bytes(self) -> int:
        """Bytes of a workbook's XML."""
        return self.workbook_mb << 20


def setting(name: str) -> str:
    """The environment variable of a limit."""
    if name not in {field.name for field in fields(Limits)}:
        raise KeyError(name)
    return f"FUNNELHOUSE_MAX_{name.upper()}"


def raise_it(name: str) -> str:
    """How to raise a limit, for the end of a refusal."""
    return f"if it is right, raise {setting(name)} and run: funnelhouse replay"
