"""A real `airflow backfill create` of `replay_archive`: one run per day, each asked for the files of its day."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from funnelhouse.dag_parts import replay_asked
from funnelhouse.running.airflow_home import environment, fresh_home
from funnelhouse.settings import Settings
from tests.conftest import prepared

GIVEN = {"channel": "ads", "since": None, "until": None, "dry_run": False}


@pytest.mark.slow
def test_a_backfill_asks_for_the_files_received_on_each_day(tmp_path: Path, prepared_home: Settings) -> None:
    settings = prepared(tmp_path / "home", prepared_home)
    home = fresh_home(settings, "backfill")
    days = ["--from-date", "2026-10-30", "--to-date", "2026-11-01"]
    for command in (["dags", "reserialize"], ["backfill", "create", "--dag-id", "replay_archive", *days]):
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *command],
            env=environment(settings, home), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with sqlite3.connect(home / "airflow.db") as database:
        runs = database.execute(
            "select run_type, data_interval_start, data_interval_end from dag_run order by data_interval_start"
        ).fetchall()
    asked = [replay_asked(GIVEN, kind, *map(_moment, interval)) for kind, *interval in runs]
    assert asked == [
        {**GIVEN, "since": since, "until": until}  # `until` is excluded
        for since, until in [("2026-10-30", "2026-10-31"), ("2026-10-31", "2026-11-01"), ("2026-11-01", "2026-11-02")]
    ]


def test_the_nightly_run_only_looks_and_a_run_by_hand_does_as_its_parameters_say() -> None:
    night = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC))
    assert replay_asked(GIVEN, "scheduled", *night) == {**GIVEN, "dry_run": True}
    assert replay_asked(GIVEN, "manual", *night) == GIVEN
    assert replay_asked(GIVEN, "backfill", None, None) == GIVEN


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
