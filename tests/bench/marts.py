"""Chapter marts: the build of the warehouse over histories of growing length, beside its own SQL without dbt.

Subject: every model and data test by dbt in a process of its own, on raw batches of the sample company: the first build of
a home (dbt parses the project), and the build after one more day of ads came in (the parse is kept, and what the new day
does not touch stands, D-06). Reference: the models' compiled SQL, run bare in one DuckDB connection of a fresh process.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import as_of_date, target_folder
from funnelhouse.transform.raw_views import expose_raw
from sample_company.generate import write_sample
from tests import pipeline
from tests.bench.measure import RESULTS, alternate, run_child, table
from tests.raw_factory import RawFactory

BUILD = """
import sys
from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import build_layers
build_layers(load_settings(sys.argv[1]))
"""
BARE = """
import sys
from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
built = BareBuild(load_settings(sys.argv[1]))
built.build(load_settings(sys.argv[2]), list(built.models))
"""
FULL, DAY, REFERENCE = "first build", "build of one more day", "bare SQL"


def chapter(console: Console, runs: int, months: int, history: list[int], scale: float) -> list[dict[str, Any]]:
    """Full and one-day build at each multiple of `months`, with ratios to the bare SQL and rows in the raw layer."""
    return [_measured(console, runs, months * times, times, scale) for times in history]


def _measured(console: Console, runs: int, months: int, times: int, scale: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=RESULTS) as scratch:
        work = Path(scratch)
        write_sample(work / "inbox", months=months, scale=scale)
        loaded = load_settings(work / "loaded")
        pipeline.load(loaded, work / "inbox")
        megabytes = sum(file.stat().st_size for file in loaded.raw.rglob("*.parquet")) / 1e6
        built = load_settings(work / "built")
        shutil.copytree(loaded.home, built.home, symlinks=True)
        expose_raw(built.build_file, built.raw)
        run_child(BUILD, built.home)
        # A later build compiles only what it looks at; the reference needs the text of everything.
        compiled = load_settings(work / "compiled")
        shutil.copytree(built.home, compiled.home, symlinks=True)
        bare = load_settings(work / "bare")
        shutil.copytree(loaded.home, bare.home, symlinks=True)
        ways: dict[str, Callable[[int], tuple[float, float, float]]] = {
            FULL: _first(loaded, work / "first"),
            DAY: _one_more_day(built),
            REFERENCE: lambda number: run_child(BARE, compiled.home, bare.home),
        }
        results = alternate(ways, runs)
        with duckdb.connect(str(built.build_file), read_only=True) as connection:
            found = connection.execute("select coalesce(sum(rows_loaded), 0) from raw._batches").fetchone()
    told = f"{times}x history: {months} months, {int(found[0]) if found else 0:,} raw rows"
    return table(console, told, results, REFERENCE, megabytes) | {"history": times, "months": months}


def _first(loaded: Settings, folder: Path) -> Callable[[int], tuple[float, float, float]]:
    def run(number: int) -> tuple[float, float, float]:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(loaded.home, folder, symlinks=True)
        settings = load_settings(folder)
        shutil.rmtree(target_folder(settings), ignore_errors=True)
        expose_raw(settings.build_file, settings.raw)
        return run_child(BUILD, folder)

    return run


def _one_more_day(built: Settings) -> Callable[[int], tuple[float, float, float]]:
    raw = RawFactory(built)

    def run(number: int) -> tuple[float, float, float]:
        day = as_of_date(built) + timedelta(days=1)
        rows = [
            {"level": "campaign", "date": day, "campaign_id": f"B{one}", "campaign_name": f"Bench {one}",
             "campaign_type": "Search", "spend": "12.34", "impressions": 900, "clicks": 30, "currency": "USD",
             "breakdown": "", "result_type": ""}
            for one in range(20)
        ]  # fmt: skip
        raw.add(
            "ads_performance", rows, source="google_ads", account_id="bench", scope="campaign", exported_at=f"{day}"
        )
        expose_raw(built.build_file, built.raw)
        return run_child(BUILD, built.home)

    return run
