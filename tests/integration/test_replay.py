"""A user changes a contract: the DAG reads its files again, nothing else, and a build is due that shows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings, load_settings
from tests.bare_build import BareBuild
from tests.unit.extract.test_replay import RADIO, SPOTS
from tests.unit.reading.conftest import Home

pytestmark = pytest.mark.slow

DAG = """
import sys
from funnelhouse.running import embedded
from funnelhouse.settings import load_settings

next_due = embedded._next_due

def tell_and_stop(bag, tenant):
    print("DUE", next_due(bag, tenant))

embedded._next_due = tell_and_stop  # the build itself is what every other run does
ran = embedded.run_dags(load_settings(sys.argv[1]), "replay_archive", conf={"contract": "radio__spots"})
print("RAN", *ran.dag_ids)
"""


def test_through_the_dag_a_changed_alias_reaches_the_mart_and_touches_no_other_file(
    small_house: tuple[Settings, str], bare_build: BareBuild, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path / "home")
    shutil.copytree(small_house[0].home, settings.home, symlinks=True)
    contract = settings.user_contracts / "radio__spots.yml"
    contract.write_text(RADIO % "Paid", encoding="utf-8")
    Home(settings).drop("radio/FM-7/_manifest.yml", "currency: USD\n").drop("radio/FM-7/spots.csv", SPOTS).load()
    others = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in settings.raw.rglob("*.parquet")}

    contract.write_text(RADIO % "Paid with tax", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", DAG, str(settings.home)],
        env=dict(os.environ), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    # The build is due by the asset event alone, and no extraction runs.
    assert "DUE build_warehouse" in done.stdout
    assert "RAN replay_archive\n" in done.stdout
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in others} == others
    bare_build.build(settings)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        spend = connection.execute(
            "select source, sum(spend_native)::varchar from marts.fct_ad_performance group by source order by source"
        ).fetchall()
    with duckdb.connect(str(small_house[0].published_file.resolve()), read_only=True) as connection:
        before = connection.execute(
            "select source, sum(spend_native)::varchar from marts.fct_ad_performance group by source"
        )
        assert spend == [*before.fetchall(), ("radio", "17.400000")]  # 12.60 + 4.80, with tax
