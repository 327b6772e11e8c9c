"""`kill -9` while extracting, building or publishing, then `run` again: the same tables, no leftovers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from funnelhouse.files import TEMPORARY_MARK
from funnelhouse.publish.publisher import table_hashes
from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow


def _hashes(settings: Settings) -> dict[str, str]:
    return table_hashes(settings.published_file.resolve(), schemas=("marts",))


def _start(settings: Settings, inbox: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home), "--inbox", str(inbox)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, env=dict(os.environ))


def _kill_when(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """Kill as soon as `reached` says so; failing to get there is a failed test, not a pass."""
    deadline = time.monotonic() + 300
    while not reached():
        assert process.poll() is None, "the run ended before the point where it was to be killed"
        assert time.monotonic() < deadline, "the run never came to the point where it was to be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _points(settings: Settings) -> dict[str, Callable[[], bool]]:
    return {
        "extract": lambda: any((settings.raw / "_batches").glob("*.json")),
        "build": lambda: (
            (settings.build / "warehouse.duckdb.wal").exists()
            or ((settings.logs / "dbt").exists() and (settings.build / "dbt_target" / "manifest.json").exists())
        ),
        "publish": lambda: any(settings.published.rglob("*")),
    }


@pytest.mark.parametrize("stage", ["extract", "build", "publish"])
def test_after_a_kill_the_next_run_gives_the_same_tables_and_leaves_nothing_behind(
    stage: str, settings: Settings, two_files: Path, small_house: tuple[Settings, str]
) -> None:
    _kill_when(_start(settings, two_files), _points(settings)[stage])

    again = _start(settings, two_files)
    assert again.wait(timeout=600) == 0

    assert _hashes(settings) == _hashes(small_house[0])
    leftovers = [path for path in settings.home.rglob(f"*{TEMPORARY_MARK}*")]
    assert leftovers == []
    assert not (settings.home / "airflow" / "run").exists()
