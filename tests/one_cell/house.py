"""From an inbox to tables that would be published, with everything on the way that can stop it, as fast as it goes.

The models and their data tests run as the SQL that dbt compiled (`tests.bare_build`): a dbt process would cost more
than all of them. The gate is the real one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.publish.tables import PublishedTable, content_hash
from funnelhouse.quality.files import expose_files
from funnelhouse.quality.gate import GateFailed, check
from funnelhouse.settings import Settings
from tests.bare_build import BareBuild
from tests.pipeline import load

ABOUT_FILES = {"mart_file_outcome"}
"""Tables that list files, which differ by definition from a house that never had them."""


class Watched(BareBuild):
    """Notes every data test that does not hold, instead of stopping at the first."""

    def __init__(self, empty: Settings) -> None:
        super().__init__(empty)
        self.failed: list[str] = []

    def _check(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any], sql: str) -> None:
        found = connection.execute(sql).fetchone()
        if found and node["config"]["severity"].lower() != "warn":
            self.failed.append(f"data test {node['name']}: {str(found)[:1500]}")


def stopped_by(settings: Settings, empty: Settings, inbox: Path) -> list[str]:
    """Load what waits in `inbox`, check and build it; what would stop publication, in words."""
    load(settings, inbox)
    build = Watched(empty)
    build.start(settings)
    expose_files(settings)
    found = []
    try:
        check(settings, "raw")
    except GateFailed as failure:
        found += [f"{one.table}:{one.check}: {one.error or one.rows[:3]}" for one in failure.result.blocking]
    try:
        build.fill(settings)
    except duckdb.Error as error:
        return [*found, *build.failed, f"build: {str(error)[:1500]}"]
    found += build.failed
    try:
        check(settings, "marts")
    except GateFailed as failure:
        found += [f"{one.table}:{one.check}: {one.error or one.rows[:3]}" for one in failure.result.blocking]
    return found


def contents(settings: Settings) -> dict[str, str]:
    """Hash of each mart's rows, by name."""
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, list((column_name, data_type) order by column_index) "
            "from duckdb_columns() where schema_name = 'marts' group by all"
        ).fetchall()
        tables = [PublishedTable("marts", name, tuple(described), 0) for name, described in columns]
        return {
            table.name: content_hash(connection, "warehouse", table)
            for table in tables
            if table.name not in ABOUT_FILES
        }
