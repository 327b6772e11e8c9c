"""A fixture that drops export files into a fresh home and reads back the rows they became."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.contracts.entities import channels
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings
from funnelhouse.transform.raw_views import expose_raw

FILES = Path(__file__).parents[1] / "files"
OLD = 1_760_000_000
"""Modification time of every dropped file: long ago, so that it counts as finished."""


class Exports:
    """Drops files into the inbox and loads them through the public door."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def drop(self, content: str | bytes, name: str | None = None, folder: str = "", **manifest: str) -> Exports:
        """Put one file into the inbox; `content` is a path below tests/files or the bytes. Facts go to a manifest."""
        data = (FILES / content).read_bytes() if isinstance(content, str) else content
        target = self.settings.inbox / folder / (name or Path(str(content)).name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        os.utime(target, (OLD, OLD))
        if manifest:
            beside = target.parent / "_manifest.yml"
            beside.write_text("\n".join(f'{key}: "{value}"' for key, value in manifest.items()), encoding="utf-8")
            os.utime(beside, (OLD, OLD))
        return self

    def drop_zip(self, name: str, members: dict[str, str | bytes], folder: str = "", **manifest: str) -> Exports:
        """Put a zip into the inbox; members are paths below tests/files or bytes."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                data = (FILES / content).read_bytes() if isinstance(content, str) else content
                archive.writestr(zipfile.ZipInfo(member, (2026, 11, 1, 2, 0, 0)), data)
        return self.drop(stream.getvalue(), name, folder, **manifest)

    def load(self) -> Exports:
        """Receive and extract everything in the inbox."""
        receive_exports(self.settings)
        for channel in channels():
            extract_channel(self.settings, channel)
        expose_raw(self.settings.build_file, self.settings.raw)
        return self

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on schema `raw`; `_batches` has one row per loaded table."""
        with duckdb.connect(str(self.settings.build_file), read_only=True) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return found

    def rows(self, entity: str, columns: str, order: str = "all") -> list[tuple[Any, ...]]:
        """Columns of an entity; decimals and times as texts, so that they compare with what the files say."""
        listed = ", ".join(f"cast({column.strip()} as varchar)" for column in columns.split(","))
        return self.query(f"select {listed} from raw.{entity} order by {order}")

    def outcomes(self) -> dict[str, tuple[str, str | None, str]]:
        """File name -> (outcome, reason, message)."""
        return {
            record["file_name"]: (record["outcome"], record.get("reason"), record.get("message") or "")
            for path in (self.settings.raw / "_files").glob("*.json")
            if (record := json.loads(path.read_text(encoding="utf-8")))
        }

    def bytes_kept(self) -> bytes:
        """Everything below raw, quarantine reasons included, with Parquet cells decoded."""
        kept = [path.read_bytes() for path in self.settings.raw.rglob("*") if path.is_file()]
        for path in self.settings.raw.rglob("*.parquet"):
            with duckdb.connect() as connection:
                kept.append(repr(connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()).encode())
        return b"\n".join(kept)


@pytest.fixture
def exports(settings: Settings) -> Exports:
    """A fresh home to drop export files into."""
    return Exports(settings)
