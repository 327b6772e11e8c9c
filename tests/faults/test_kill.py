"""`kill -9` while extracting, building or publishing, Ctrl-C while building, then `run` again: the same tables."""

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
from funnelhouse.store.locks import run_lock, writer_lock
from tests.conftest import prepared

pytestmark = pytest.mark.slow


def _hashes(settings: Settings) -> dict[str, str]:
    return table_hashes(settings.published_file.resolve(), schemas=("marts",))


def _start(settings: Settings, inbox: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home), "--inbox", str(inbox)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, env=dict(os.environ), start_new_session=True
    )


def _wait_until(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """Wait for `reached` to say so; failing to get there is a failed test, not a pass."""
    deadline = time.monotonic() + 300
    while not reached():
        assert process.poll() is None, "the run ended before the point where it was to be killed"
        assert time.monotonic() < deadline, "the run never came to the point where it was to be killed"
        time.sleep(0.005)


def _kill_when(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """Kill as soon as `reached` says so."""
    _wait_until(process, reached)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _interrupt_a_layer(settings: Settings, inbox: Path) -> None:
    """Ctrl-C as a terminal sends it, to the whole group, while dbt builds: an honest end with nothing left behind."""
    process = _start(settings, inbox)
    _wait_until(process, lambda: _dbt_is_building(settings, process.pid))
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert _group(process.pid) == []
    with run_lock(settings, "a test"), writer_lock(settings, "a test"):
        pass
    assert list(settings.home.rglob(f"*{TEMPORARY_MARK}*")) == []
    assert not (settings.home / "airflow" / "run").exists()
    assert not settings.published_file.exists()


def _group(group: int) -> list[str]:
    """Command lines of the living processes of a group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[2]) == group:
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _dbt_is_building(settings: Settings, group: int) -> bool:
    return (settings.build / "dbt_target" / "manifest.json").exists() and any("dbt_child" in c for c in _group(group))


def _points(settings: Settings, group: int) -> dict[str, Callable[[], bool]]:
    return {
        "extract": lambda: any((settings.raw / "_batches").glob("*.json")),
        "build": lambda: _dbt_is_building(settings, group),
        "publish": lambda: any(settings.published.rglob("*")),
    }


def test_after_kills_while_extracting_building_and_publishing_a_run_gives_the_same_tables_and_leaves_nothing(
    tmp_path: Path,
    prepared_home: Settings,
    two_files: Path,
    small_house: tuple[Settings, str],
    subtests: pytest.Subtests,
) -> None:
    """Each run goes on where the one before was ended, so that a house survives all of it, one on top of the other."""
    settings = prepared(tmp_path / "home", prepared_home)
    for stage in ("extract", "build", "publish"):
        if stage == "build":
            with subtests.test("Ctrl-C while building"):
                _interrupt_a_layer(settings, two_files)
        with subtests.test(f"kill -9 while in {stage}"):
            process = _start(settings, two_files)
            _kill_when(process, _points(settings, process.pid)[stage])

    again = _start(settings, two_files)
    assert again.wait(timeout=600) == 0

    assert _hashes(settings) == _hashes(small_house[0])
    leftovers = [path for path in settings.home.rglob(f"*{TEMPORARY_MARK}*")]
    assert leftovers == []
    assert not (settings.home / "airflow" / "run").exists()
