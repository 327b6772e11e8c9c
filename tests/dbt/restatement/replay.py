"""Builds up to any moment: what stood after any export, from the exports that were there by then."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.settings import Settings
from tests.bare_build import AS_OF, BareBuild
from tests.raw_factory import RawFactory

Row = tuple[Any, ...]


class Replay(RawFactory):
    """A home with raw batches, and the compiled models to run on all or the first of them."""

    def __init__(self, settings: Settings, bare_build: BareBuild) -> None:
        super().__init__(replace(settings, as_of=AS_OF))
        self.bare_build = bare_build

    def compute(self, *models: str, until: str | None = None) -> Path:
        """The build file of a warehouse that has these models, of all batches or of those exported by `until`."""
        settings = self._up_to(until) if until else self.settings
        self.bare_build.build(settings, models)
        return settings.build_file

    def ask(self, build_file: Path, query: str) -> list[Row]:
        """Sorted rows of a query."""
        with duckdb.connect(str(build_file), read_only=True) as connection:
            return sorted(connection.execute(query).fetchall(), key=repr)

    def _up_to(self, until: str) -> Settings:
        """A home with those batches only; their rows stay where they are."""
        home = self.settings.home.parent / f"until {until.replace(':', '')}"
        shutil.rmtree(home, ignore_errors=True)
        (home / "raw" / "_batches").mkdir(parents=True)
        (home / "build").mkdir()
        for entity in self.settings.raw.iterdir():
            if not entity.name.startswith("_"):
                (home / "raw" / entity.name).symlink_to(entity)
        for batch in (self.settings.raw / "_batches").iterdir():
            if json.loads(batch.read_text(encoding="utf-8"))["exported_at"] <= until:
                shutil.copy2(batch, home / "raw" / "_batches")
        return replace(self.settings, home=home)
