"""Small export files made in place, and a home to drop them into."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.contracts.entities import channels
from funnelhouse.extract.extraction import ExtractSummary, extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings

OLD = 1_760_000_000
HEADER = "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks\n"
GOOD = HEADER + '2026-10-01,Brand,101,EUR,"1,234.50","1,000",12\n2026-10-02,Brand,101,EUR,20.25,500,5\n'
"""A Google Ads report-editor table: two days, spend 1254.75, 1500 impressions, 17 clicks."""


class Home:
    """Drops files into the inbox and loads them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def drop(self, name: str, content: str | bytes) -> Home:
        """Put one file into the inbox, old enough to count as finished."""
        path = self.settings.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (OLD, OLD))
        return self

    def load(self) -> ExtractSummary:
        """Receive and extract; the summary over all channels."""
        receive_exports(self.settings)
        total = ExtractSummary()
        for channel in channels():
            for name, value in extract_channel(self.settings, channel).to_dict().items():
                setattr(total, name, getattr(total, name) + value)
        return total

    def outcomes(self) -> dict[str, tuple[str, str | None]]:
        """File name -> (outcome, reason)."""
        return {name: (entry["outcome"], entry["reason"]) for name, entry in self.ledger().items()}

    def ledger(self) -> dict[str, dict[str, Any]]:
        """File name -> ledger entry."""
        paths = (self.settings.raw / "_files").glob("*.json")
        entries = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        return {entry["file_name"]: entry for entry in entries}

    def batches(self) -> list[dict[str, Any]]:
        """Lineage of every batch."""
        return [json.loads(path.read_text()) for path in sorted((self.settings.raw / "_batches").glob("*.json"))]

    def rows(self, entity: str, columns: str) -> list[tuple[Any, ...]]:
        """Columns of every loaded row of an entity, sorted."""
        pattern = str(self.settings.raw / entity / "*.parquet")
        if not list((self.settings.raw / entity).glob("*.parquet")):
            return []
        with duckdb.connect() as connection:
            return connection.execute(f"select {columns} from read_parquet('{pattern}') order by all").fetchall()

    def rejected(self) -> list[tuple[Any, ...]]:
        """Row, column and reason of every rejected row."""
        pattern = str(self.settings.raw / "_rejected_rows" / "*.parquet")
        with duckdb.connect() as connection:
            query = f"select row_number, column_name, reason from read_parquet('{pattern}') order by 1"
            return connection.execute(query).fetchall()

    def kept(self, name: str) -> Path:
        """The quarantine folder of a refused file."""
        return self.settings.quarantine / "files" / self.ledger()[name]["sha256"]


@pytest.fixture
def home(settings: Settings) -> Home:
    """A fresh home."""
    return Home(settings)
