"""Great Expectations beside an installed PySpark: it must not import it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from funnelhouse.settings import REPOSITORY

CODE = """
from funnelhouse.quality.duckdb_source import prepare_great_expectations
prepare_great_expectations()
import importlib.util
print("ready, and PySpark is still there:", importlib.util.find_spec("pyspark") is not None)
"""


@pytest.mark.slow
def test_checks_are_ready_though_importing_pyspark_would_end_the_process(tmp_path: Path) -> None:
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    paths = os.pathsep.join(map(str, (tmp_path, REPOSITORY / "plugins")))
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "ready, and PySpark is still there: True", done.stderr[-2000:]
