"""Chapter build: from raw batches to tested marts, beside an earlier commit and beside the same SQL without dbt.

Subjects, each in fresh processes on the sample company: the whole first run of an empty home (with --first-run), the first
build of a home, the build of one more day (new leads, changes of stages and ads), and a build when nothing is new. Each is
measured with this code and with commit `BEFORE`, checked out beside it, in turn. Reference (1.0): the compiled SQL of every
model and data test, run bare in one DuckDB connection.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.transform.dbt_runner import as_of_date, target_folder
from funnelhouse.transform.raw_views import expose_raw
from sample_company.generate import write_sample
from tests import pipeline
from tests.bench.measure import RESULTS, alternate, checkout, run_child, table
from tests.raw_factory import RawFactory

BEFORE = "10505b6"
"""Commit to compare with: the last one whose materializations decided by themselves what to build."""

NOW_BUILDS = """
import sys
from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import build
from funnelhouse.transform.raw_views import expose_raw
settings = load_settings(sys.argv[1])
expose_raw(settings.build_file, settings.raw)
build(settings)
"""
BEFORE_BUILDS = """
import sys
from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import LAYERS, build_layer
from funnelhouse.transform.raw_views import expose_raw
settings = load_settings(sys.argv[1])
expose_raw(settings.build_file, settings.raw)
for layer in LAYERS:
    build_layer(settings, layer)
"""
RUN = """
import sys
sys.argv = ["funnelhouse", "run", "--home", sys.argv[1]]
from funnelhouse.cli import main
main()
"""
BARE = """
import sys
from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
BareBuild(load_settings(sys.argv[1])).build(load_settings(sys.argv[2]))
"""
REFERENCE = "bare SQL"
Way = Callable[[int], tuple[float, float, float]]


def chapter(console: Console, runs: int, months: int, scale: float, *, first_run: bool) -> list[dict[str, Any]]:
    """Every subject with both codes, with ratios to the bare SQL."""
    before = checkout(BEFORE)
    with tempfile.TemporaryDirectory(dir=RESULTS) as scratch:
        work = Path(scratch)
        write_sample(work / "inbox", months=months, scale=scale)
        loaded = load_settings(work / "loaded")
        pipeline.load(loaded, work / "inbox")
        megabytes = sum(file.stat().st_size for file in loaded.raw.rglob("*.parquet")) / 1e6
        ways: dict[str, Way] = {}
        for name, code, root in (("now", NOW_BUILDS, REPOSITORY), (BEFORE, BEFORE_BUILDS, before)):
            if first_run:
                ways[f"first run, {name}"] = _fresh(work / f"run {name}", RUN, root, None)
            ways[f"first build, {name}"] = _fresh(work / f"first {name}", code, root, loaded)
            built = load_settings(work / f"built {name}")
            shutil.copytree(loaded.home, built.home, symlinks=True)
            run_child(code, built.home, root=root)
            ways[f"one more day, {name}"] = _one_more_day(built, code, root)
            ways[f"nothing new, {name}"] = _again(built, code, root)
        compiled = load_settings(work / "compiled")
        shutil.copytree(loaded.home, compiled.home, symlinks=True)
        run_child(NOW_BUILDS, compiled.home)
        bare = load_settings(work / "bare")
        shutil.copytree(loaded.home, bare.home, symlinks=True)
        ways[REFERENCE] = lambda number: run_child(BARE, compiled.home, bare.home)
        results = alternate(ways, runs)
        with duckdb.connect(str(compiled.build_file), read_only=True) as connection:
            found = connection.execute("select coalesce(sum(rows_loaded), 0) from raw._batches").fetchone()
    title = f"{months} months at scale {scale:g}, {int(found[0]) if found else 0:,} raw rows"
    return [table(console, title, results, REFERENCE, megabytes) | {"months": months, "scale": scale}]


def _fresh(folder: Path, code: str, root: Path, loaded: Settings | None) -> Way:
    """A way that starts each time from what was loaded (None: from nothing), without dbt's kept parse."""

    def run(number: int) -> tuple[float, float, float]:
        shutil.rmtree(folder, ignore_errors=True)
        if loaded:
            shutil.copytree(loaded.home, folder, symlinks=True)
            shutil.rmtree(target_folder(load_settings(folder)), ignore_errors=True)
        return run_child(code, folder, root=root)

    return run


def _again(built: Settings, code: str, root: Path) -> Way:
    """A way that builds what `built` holds once more."""
    return lambda number: run_child(code, built.home, root=root)


def _one_more_day(built: Settings, code: str, root: Path) -> Way:
    """A way that each time loads another day of leads, of changes of their stages and of ads, and builds it on top."""
    raw = RawFactory(built)
    expose_raw(built.build_file, built.raw)
    day = as_of_date(built)
    with duckdb.connect(str(built.build_file), read_only=True) as connection:
        found = connection.execute("select distinct record_id from raw.crm_leads order by all limit 50").fetchall()
    known = [record for (record,) in found]

    def run(number: int) -> tuple[float, float, float]:
        nonlocal day
        day += timedelta(days=1)
        load_day(raw, day, known)
        return run_child(code, built.home, root=root)

    return run


def load_day(raw: RawFactory, day: date, known: list[str]) -> None:
    """Commit a day's batches: 20 new leads, a change of stage of each known one, 20 campaigns of ads."""
    moment = f"{day}T06:00:00"
    leads = [
        {"record_id": f"B{day}-{one}", "status": "New", "lead_source": "Web", "created_at": f"{day} 05:00:00",
         "email_hash": f"bench {day} {one}"}
        for one in range(20)
    ]  # fmt: skip
    changes = [
        {"record_id": f"B{day}-{one}", "lead_id": record, "field": "Status", "old_value": "New", "new_value": "Working",
         "changed_at": f"{day} 05:00:00"}
        for one, record in enumerate(known)
    ]  # fmt: skip
    ads = [
        {"level": "campaign", "date": day, "campaign_id": f"B{one}", "campaign_name": f"Bench {one}",
         "campaign_type": "Search", "spend": "12.34", "impressions": 900, "clicks": 30, "currency": "USD",
         "breakdown": "", "result_type": ""}
        for one in range(20)
    ]  # fmt: skip
    raw.add("crm_leads", leads, exported_at=moment)
    raw.add("crm_lead_history", changes, exported_at=moment)
    raw.add("ads_performance", ads, source="google_ads", account_id="bench", scope="campaign", exported_at=moment)
