"""A dbt engineer works in a clone with a filled home as in any dbt project (docs/operations.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(sample_house: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose `data` folder holds the sample company as a run left it."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(REPOSITORY / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(sample_house.home / "build", folder / "data" / "build", ignore=shutil.ignore_patterns("dbt_target"))
    return folder


def dbt(clone: Path, *arguments: str) -> str:
    """What `cd dbt_project && dbt ARGUMENTS` prints; its exit code is 0."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WAREHOUSE_", "DBT_"))}
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments],
        cwd=clone / "dbt_project", env=kept, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def rows(clone: Path, table: str) -> tuple[object, ...] | None:
    with duckdb.connect(str(clone / "data" / "build" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(f"select count(*), sum(hash(t)::hugeint) from {table} as t").fetchone()


def test_dbt_commands_work_as_in_any_project(clone: Path) -> None:
    tables = ("marts.mart_funnel_daily", "marts.mart_roi", "marts.mart_goal_attainment")
    before = {table: rows(clone, table) for table in tables}

    # Unit tests need no house: test_unit_tests.py runs all of them.
    assert "ERROR=0" in dbt(clone, "build", "--exclude-resource-type", "unit_test")
    assert {table: rows(clone, table) for table in tables} == before, "the same data on the same reporting date"

    assert "ERROR=0" in dbt(clone, "build", "--select", "mart_roi+", "--exclude-resource-type", "unit_test")
    assert "ERROR=0" in dbt(clone, "build", "--full-refresh", "--select", "int_person_link")
    assert "ERROR=0" in dbt(clone, "test", "--select", "mart_funnel_daily")
    assert "data_as_of" in dbt(clone, "show", "--select", "mart_funnel_daily", "--limit", "1", "--output", "json")
    dbt(clone, "docs", "generate")
    assert (clone / "dbt_project" / "target" / "catalog.json").exists()
