"""A full disk is one sentence with how much is needed, and the same command works afterwards."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnelhouse import dag_parts
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.publish.publisher import table_hashes
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings, load_settings
from funnelhouse.space import NoSpace, full_disk_said, is_no_space
from tests.conftest import prepared
from tests.integration.odd_rows import BACKWARDS, FIRST_GOAL, GOALS
from tests.unit.publish.publish_factory import small_build
from tests.unit.quality.test_marts_gate import GATE, NOT_NEGATIVE, UNIQUE, write
from tests.unit.reading.conftest import Home

SAID = r"No space left on the disk of .* during {}: about [\d,]+ MB must be free, [\d,]+ MB are\. Free some and run "


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 30 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=30m,mode=755", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a file system that can be filled")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _resize(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def _fill(folder: Path, left: int) -> Path:
    filler = folder / "filler"
    with filler.open("wb") as handle:
        os.posix_fallocate(handle.fileno(), 0, shutil.disk_usage(folder).free - left)
    return filler


@pytest.mark.parametrize("left", [0, 200_000, 700_000])
def test_a_full_disk_while_publishing(small_disk: Path, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    settings = load_settings(small_disk / "home")
    settings.make_folders()
    monkeypatch.setenv("FUNNELHOUSE_HOME", str(settings.home))
    monkeypatch.setattr("funnelhouse.publish.publisher.read_audit", lambda settings, **_: _audit(settings))
    small_build(settings)
    filler = _fill(small_disk, left)
    with pytest.raises(NoSpace, match=SAID.format("publish")) as said:
        dag_parts.publish(None)
    assert "\n" not in str(said.value)
    assert not settings.published_file.exists()
    filler.unlink()
    dag_parts.publish(None)
    assert table_hashes(settings.published_file.resolve()) == table_hashes(settings.build_file)
    assert not list(settings.home.rglob("*.tmp-*"))


def _audit(settings: Settings) -> object:
    from funnelhouse.publish.audit import Audit

    assert settings.build_file.exists()
    return Audit("pass")


@pytest.mark.parametrize("left", [0, 8_000])
def test_a_full_disk_in_the_gate_of_the_marts(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    (tmp_path / "expectations" / "marts").mkdir(parents=True)
    (tmp_path / "expectations" / "gate.yml").write_text(GATE)
    write(tmp_path / "expectations", NOT_NEGATIVE, UNIQUE)
    monkeypatch.setattr(Settings, "expectations", property(lambda self: tmp_path / "expectations"))
    settings = load_settings(small_disk / "home")
    settings.make_folders()
    small_build(settings)
    _gate_on_a_full_disk(settings, monkeypatch, "marts", _fill(small_disk, left))


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 700_000])
def test_a_full_disk_in_the_gate_of_the_raw_layer(small_disk: Path, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    """With nothing left the views cannot be made, with a little the list of rows that are kept aside."""
    settings = load_settings(small_disk / "home")
    home = Home(settings)
    # As many rows that cannot be true as need room to be listed.
    home.drop("plan.csv", GOALS + "".join(BACKWARDS.replace("T2", f"T{number}") for number in range(2, 5_002)))
    home.drop("more.csv", GOALS + FIRST_GOAL)
    receive_exports(settings)
    extract_channel(settings, "plans")
    _gate_on_a_full_disk(settings, monkeypatch, "raw", _fill(small_disk, left))
    (kept,) = (settings.quarantine / "rows").glob("*.kept_aside.csv")
    assert len(kept.read_text(encoding="utf-8-sig").splitlines()) == 5_001


def _gate_on_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch, boundary: str, filler: Path) -> None:
    monkeypatch.setenv("FUNNELHOUSE_HOME", str(settings.home))
    gate = dag_parts.check_raw if boundary == "raw" else dag_parts.check_marts
    with pytest.raises(NoSpace, match=SAID.format(f"check_{boundary}")) as said:
        gate(None)
    assert "\n" not in str(said.value)
    assert not (settings.reports / f"checks-{boundary}.html").exists()
    filler.unlink()
    gate(None)
    report = (settings.reports / f"checks-{boundary}.html").read_text(encoding="utf-8")
    assert report.rstrip().endswith("</html>")
    assert not list(settings.home.rglob("*.tmp-*"))


@pytest.mark.slow
def test_a_full_disk_while_building_and_the_same_command_again(
    small_disk: Path, prepared_home: Settings, two_files: Path
) -> None:
    settings = prepared(small_disk / "home", prepared_home)
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home), "--inbox", str(two_files)]
    full = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert full.returncode == 1, full.stdout
    assert "No space left on the disk" in full.stderr and "must be free" in full.stderr
    assert "Traceback" not in full.stdout + full.stderr and len(full.stderr.splitlines()) < 8, full.stderr
    assert not settings.published_file.exists()

    _resize(small_disk, "400m")
    again = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert settings.published_file.exists()


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (RuntimeError("IO Error: Could not write file: No space left on device"), True),
        (RuntimeError("TransactionContext Error: Failed to commit: Could not write: No space left on device"), True),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        # A cell that an error quotes may say anything.
        (ValueError("row 3: 'no space left on device' is not a number"), False),
    ],
)
def test_only_a_full_disk_is_taken_for_one(settings: Settings, error: Exception, is_full: bool) -> None:
    assert is_no_space(error) is is_full
    with pytest.raises(NoSpace if is_full else type(error)), full_disk_said(settings, "build"):
        raise error
