"""The SQL of the models and data tests as dbt compiles it for Spark, without a warehouse: nothing is asked of one.

`python -m tests.spark.compiled DIR` writes dbt's target there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from funnelhouse.settings import REPOSITORY

PROJECT = REPOSITORY / "dbt_project"

BUILT = ("table", "incremental", "view")
"""Materializations of models that Spark builds; functions of the published file stay DuckDB's."""


def compile_project(
    target: Path, *, project: Path = PROJECT, as_of: str = "2026-11-01", select: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Nodes of dbt's manifest with their compiled SQL, which is DuckDB's still.

    As a first build would have it: incremental models whole. Raises RuntimeError with what dbt said.
    """
    command = [
        sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", "--quiet",
        "compile", "--full-refresh", "--no-populate-cache",
        "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(target), "--log-path", str(target / "log"),
        "--vars", json.dumps({"compile_for": "spark"}),
        *(("--select", *select) if select else ()),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "WAREHOUSE_BUILD_PATH": str(target / "warehouse.duckdb"),
        "WAREHOUSE_AS_OF_DATE": as_of,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"dbt could not compile the project:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    nodes: dict[str, Any] = json.loads((target / "manifest.json").read_text())["nodes"]
    return nodes


def models(nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Models written in SQL that Spark would build."""
    for node in nodes.values():
        is_built = node["resource_type"] == "model" and node["config"]["materialized"] in BUILT
        if is_built and node["language"] == "sql":
            yield node


def data_tests(nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Data tests."""
    return (node for node in nodes.values() if node["resource_type"] == "test")


if __name__ == "__main__":
    compile_project(Path(sys.argv[1]))
