"""An empty build whose compiled SQL runs on rows that a chapter makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.bench.measure import RESULTS

AS_OF = date(2026, 10, 31)
CONNECT = """
import duckdb, sys
connection = duckdb.connect(sys.argv[2])
connection.execute("set threads=2; set memory_limit='4GB'; set preserve_insertion_order=false")
connection.execute(f"set temp_directory='{sys.argv[2]}.tmp'")
"""
RUN = (
    CONNECT
    + """
from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
bare = BareBuild(load_settings(sys.argv[1]))
for model in sys.argv[3].split(","):
    bare.run(connection, model)
"""
)
"""Arguments: home, build file, models separated by commas. Runs their compiled SQL on the file's tables."""


def filled_build(
    chapter: str, size: int, fill: Callable[[duckdb.DuckDBPyConnection, int], None]
) -> tuple[Settings, Path]:
    """An empty build of the project, and a copy of its build file that `fill` filled to `size`; both made once."""
    settings = load_settings(RESULTS / "data" / chapter)
    if not (settings.home / "done").exists():
        shutil.rmtree(settings.home, ignore_errors=True)
        settings.make_folders()
        expose_raw(settings.build_file, settings.raw)
        nodes = run_dbt(
            settings, ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"],
            stage="bench", as_of=AS_OF,
        )  # fmt: skip
        if bad := [node for node in nodes if node.status != "ok"]:
            raise RuntimeError(f"the empty build failed: {bad}")
        (settings.home / "done").touch()
    folder = settings.home / str(size)
    file = folder / settings.build_file.name
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(settings.build_file, file)
        with duckdb.connect(str(file)) as connection:
            connection.execute("set preserve_insertion_order=false; set memory_limit='4GB'; set threads=2")
            fill(connection, size)
        (folder / "done").touch()
    return settings, file
