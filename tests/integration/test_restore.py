"""The documented way back: delete raw, build and published, run, and the archive gives everything again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from funnelhouse.publish.publisher import table_hashes
from funnelhouse.running.run_once import Plan, make_plan
from funnelhouse.settings import Settings, load_settings
from funnelhouse.store.archive import archived_hashes
from tests.unit.reading.conftest import GOOD, Home

STAGES = ("raw", "build", "published")


def _delete(settings: Settings, *names: str) -> None:
    for name in names:
        shutil.rmtree(settings.home / name)
    settings.make_folders()


def test_the_sample_company_is_written_only_into_a_home_that_never_held_anything(settings: Settings) -> None:
    assert make_plan(settings, None) == Plan(None, write_sample=True, first_dag="receive_exports")


@pytest.mark.parametrize("content", [GOOD, "nothing that a contract knows"])
def test_what_was_received_is_enough_to_know_that_a_home_is_somebodys(settings: Settings, content: str) -> None:
    """A refused file is in quarantine only; it is somebody's all the same."""
    Home(settings).drop("google.csv", content).load()
    _delete(settings, *STAGES, "inbox")
    assert not make_plan(settings, None).write_sample


def test_refused_files_are_in_the_record_again_when_the_raw_layer_was_deleted(settings: Settings) -> None:
    home = Home(settings).drop("mystery.csv", "nothing that a contract knows")
    home.load()
    (before,) = home.ledger().values()
    _delete(settings, *STAGES)
    home.load()
    (after,) = home.ledger().values()
    same = ("sha256", "file_name", "folder", "size_bytes", "outcome", "reason", "message", "channel")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


@pytest.mark.slow
def test_the_archive_alone_gives_the_same_tables_again(small_house: tuple[Settings, str], tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home")
    shutil.copytree(small_house[0].home, settings.home, symlinks=True)
    archived = archived_hashes(settings)
    _delete(settings, *STAGES)

    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert archived_hashes(settings) == archived
    restored, original = (
        table_hashes(s.published_file.resolve(), schemas=("marts",)) for s in (settings, small_house[0])
    )
    # The outcome of a file and the record of builds say when they were made; every other table is the same.
    assert {name for name in original if restored[name] != original[name]} <= _dated(small_house[0])


def _dated(settings: Settings) -> set[str]:
    """Tables with a column that says when something was loaded or built."""
    with duckdb.connect(str(settings.published_file.resolve()), read_only=True) as connection:
        return {
            name
            for (name,) in connection.execute(
                "select distinct table_name from information_schema.columns where table_schema = 'marts' "
                "and (column_name like '%loaded_at' or column_name like '%built_at' or column_name like '%recorded_at')"
            ).fetchall()
        }
