"""The project's models and data tests as plain SQL: the text that dbt compiled, run on any raw batches.

A Python model is called with the little of dbt that it uses.

dbt costs about an eighth of a second of a core per model and test, whatever the data; a scenario of a hundred rows
pays that three hundred times. Tests about what the SQL says run it bare; tests of the build itself run dbt.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterable
from datetime import date
from types import ModuleType, SimpleNamespace
from typing import Any

import duckdb

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import as_of_date, target_folder
from funnelhouse.transform.raw_views import expose_raw

AS_OF = date(2026, 10, 31)
"""The day that stands in the compiled text for the day of a build."""
TIMEZONE = "Etc/UTC"
"""The zone that stands in the compiled text for the business time zone; the models themselves write 'UTC'."""


def python_model(name: str) -> ModuleType:
    """The module of a Python model of the project."""
    path = next((REPOSITORY / "dbt_project" / "models").rglob(f"{name}.py"))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BareBuild:
    """The compiled project of a warehouse without any data (fixture `empty_warehouse`)."""

    def __init__(self, empty: Settings) -> None:
        self.empty = empty
        manifest = json.loads((target_folder(empty) / "manifest.json").read_text(encoding="utf-8"))
        self.nodes: dict[str, dict[str, Any]] = {
            key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "test")
        }
        self.models = {node["name"]: key for key, node in self.nodes.items() if node["resource_type"] == "model"}

    def build(
        self, settings: Settings, models: Iterable[str] | None = None, variables: dict[str, str] | None = None
    ) -> None:
        """Make the build file of `settings` from its raw batches: these models and all they read, or everything.

        `variables`: text of the compiled SQL -> text that stands there where a variable has another value. Seeds are
        those of the empty warehouse. With everything, every data test of severity error must hold, else AssertionError
        names it with the first of its failing rows.
        """
        self.start(settings)
        expose_raw(settings.build_file, settings.raw)
        self.fill(settings, models, variables)

    def start(self, settings: Settings) -> None:
        """Make a build file with seeds and empty tables; show the raw layer to it before it is filled."""
        shutil.copyfile(self.empty.build_file, settings.build_file)

    def fill(
        self, settings: Settings, models: Iterable[str] | None = None, variables: dict[str, str] | None = None
    ) -> None:
        """Fill the models and run the data tests from what schema `raw` of the build file shows."""
        literals = {f"'{AS_OF}'": f"'{as_of_date(settings)}'", f"'{TIMEZONE}'": f"'{settings.timezone}'"}
        literals |= variables or {}
        with duckdb.connect(str(settings.build_file), config={"threads": 2}) as connection:
            asked = [self.models[name] for name in models or ()]
            for key in self._order(asked or self.nodes):
                node = self.nodes[key]
                if node["config"]["materialized"] == "ephemeral" and key not in asked:
                    continue  # dbt wrote it into the text of what reads it
                if node["config"]["materialized"] == "table_function":
                    continue  # copied with the file
                if node["language"] == "python":
                    self._call(connection, node)
                    continue
                make_or_check = self._make if node["resource_type"] == "model" else self._check
                make_or_check(connection, node, self._sql(node, literals))

    def run(self, connection: duckdb.DuckDBPyConnection, model: str) -> None:
        """Fill one model anew from what stands in the tables it reads, on the day AS_OF."""
        node = self.nodes[self.models[model]]
        if node["language"] == "python":
            self._call(connection, node)
        else:
            self._make(connection, node, self._sql(node, {}))

    def failing_rows(self, connection: duckdb.DuckDBPyConnection, test: str) -> list[tuple[Any, ...]]:
        """What a data test finds wrong in what stands in the tables it reads, on the day AS_OF."""
        node = next(node for node in self.nodes.values() if node["name"] == test)
        return connection.execute(self._sql(node, {})).fetchall()

    def _call(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> None:
        def ref(name: str) -> duckdb.DuckDBPyRelation:
            parent = self.nodes[self.models[name]]
            return connection.table(f"{parent['schema']}.{parent['name']}")

        dbt = SimpleNamespace(ref=ref, config=lambda **_: None)
        frame = python_model(node["name"]).model(dbt, connection)
        connection.register("made_in_python", frame)
        connection.execute(f'create or replace table {node["schema"]}."{node["name"]}" as from made_in_python')
        connection.unregister("made_in_python")

    def _make(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any], sql: str) -> None:
        table = f'{node["schema"]}."{node["name"]}"'
        if node["config"]["materialized"] == "view":
            database = node["database"]
            connection.execute(f"create or replace view {table} as {sql}".replace(f'"{database}".', ""))
        elif node["config"]["contract"]["enforced"]:
            connection.execute(f"delete from {table}")  # its types and constraints stay
            connection.execute(f"insert into {table} by name {sql}")
        else:
            connection.execute(f"create or replace table {table} as {sql}")

    def _check(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any], sql: str) -> None:
        found = connection.execute(sql).fetchone()
        assert not found or node["config"]["severity"].lower() == "warn", f"data test {node['name']} failed: {found}"

    def _order(self, wanted: Iterable[str]) -> list[str]:
        """The nodes and all they read, parents first."""
        ordered: dict[str, None] = {}

        def visit(key: str) -> None:
            if key in self.nodes and key not in ordered:
                for parent in self.nodes[key]["depends_on"]["nodes"]:
                    visit(parent)
                ordered[key] = None

        for key in wanted:
            visit(key)
        return list(ordered)

    def _sql(self, node: dict[str, Any], literals: dict[str, str]) -> str:
        sql = (REPOSITORY / "dbt_project" / node["compiled_path"]).read_text(encoding="utf-8")
        for written, meant in literals.items():
            sql = sql.replace(written, meant)
        return sql
