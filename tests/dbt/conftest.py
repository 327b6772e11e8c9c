"""What several folders of model tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.bare_build import BareBuild


@pytest.fixture
def warehouse(bare_build: BareBuild, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of the project without rows, to be filled by hand (`tests.dbt.tables.fill`)."""
    copied = tmp_path / bare_build.empty.build_file.name
    shutil.copyfile(bare_build.empty.build_file, copied)
    with duckdb.connect(str(copied)) as connection:
        yield connection
