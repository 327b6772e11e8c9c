"""The compiled SQL of the project run on raw batches without dbt: a build up to any moment in about a second."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import target_folder
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

Row = tuple[Any, ...]


class Replay(RawFactory):
    """A home with raw batches, and the models of an empty warehouse to run on them."""

    def __init__(self, settings: Settings, empty: Settings) -> None:
        super().__init__(settings)
        self.empty = empty
        manifest = json.loads((target_folder(empty) / "manifest.json").read_text(encoding="utf-8"))
        self.nodes = {
            node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")
        }

    def compute(self, *models: str, until: str | None = None) -> Path:
        """The build file of a warehouse that has these models, of all batches or of those exported by `until`."""
        settings = self._up_to(until) if until else self.settings
        shutil.copyfile(self.empty.build_file, settings.build_file)
        expose_raw(settings.build_file, settings.raw)
        with duckdb.connect(str(settings.build_file)) as connection:
            for name in self._order(models):
                node = self.nodes[name]
                connection.execute(f'create or replace table {node["schema"]}."{name}" as {self._sql(node)}')
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

    def _order(self, models: Iterable[str]) -> list[str]:
        ordered: dict[str, None] = {}

        def visit(name: str) -> None:
            for parent in self.nodes[name]["depends_on"].get("nodes", []):
                kind, _, parent_name = parent.split(".", 2)
                # Seeds and what reads no raw row is in the copied file already.
                if kind == "model" and parent_name not in ordered:
                    visit(parent_name)
            ordered[name] = None

        for model in models:
            visit(model)
        asked = set(models)
        return [name for name in ordered if name in asked or self.nodes[name]["config"]["materialized"] != "ephemeral"]

    def _sql(self, node: dict[str, Any]) -> str:
        path = target_folder(self.empty) / "compiled" / "funnelhouse" / node["original_file_path"]
        return path.read_text(encoding="utf-8")
