"""Chapter scale: the sample company several times as large, built by DuckDB and, if asked, by Spark.

Engines: `duckdb`; `spark`, in the build's own process; `spark-1` and `spark-2`, a cluster of one and two workers with a core
each behind a Thrift server, all on this machine. Each build starts from the same raw layer and goes the whole way: checks,
dbt with all data tests, publishing. Memory is the sum over all processes of the build and the cluster, looked at every
second; spilled is the most that DuckDB or Spark had on disk at such a moment, Spark's shuffles included. The reference of
growth is the time of the first size, by raw rows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.transform.dbt_runner import as_of_date
from sample_company.generate import write_sample
from tests import pipeline
from tests.bench.build import load_day
from tests.bench.measure import RESULTS
from tests.processes import cpu_of_tree, resident_tree
from tests.raw_factory import RawFactory

BUILD = """
import sys
from funnelhouse.settings import load_settings
from tests import pipeline
pipeline.build(load_settings(sys.argv[1]))
"""


@dataclass
class Build:
    """One build: seconds of wall and CPU time, MiB of memory and of spilled data at the worst moment."""

    scale: float
    engine: str
    rows: int
    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    spilled: float = 0.0
    day: float | None = None
    """Seconds of CPU of the next build, with the exports of one more day."""


def chapter(console: Console, scales: list[float], engines: list[str], months: int, keep: Path | None = None) -> Any:
    """Every size with every engine, one after the other; `keep` is a folder whose loaded homes are used again."""
    folder = keep or RESULTS / "scale"
    builds = []
    for scale in scales:
        loaded = loaded_home(folder / f"x{scale:g}", scale, months)
        rows = raw_rows(loaded)
        for engine in engines:
            home = folder / f"x{scale:g}-{engine}"
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(loaded.home, home)
            builds.append(measured(Build(scale, engine, rows), load_settings(home)))
            if engine == "duckdb":
                builds[-1].day = one_more_day(builds[-1], load_settings(home)).cpu
            shutil.rmtree(home)
            show(console, builds)
    if keep is None:
        shutil.rmtree(folder)
    return [{"title": "scale", "builds": [vars(build) for build in builds]}]


def loaded_home(home: Path, scale: float, months: int) -> Settings:
    """A home with the company's exports extracted, made once."""
    settings = load_settings(home)
    if not (home / ".loaded").exists():
        shutil.rmtree(home, ignore_errors=True)
        inbox = home.with_name(f"{home.name}-inbox")
        write_sample(inbox, None, months=months, scale=scale)
        pipeline.load(settings, inbox)
        shutil.rmtree(inbox)
        shutil.rmtree(settings.archive)  # a build does not read it
        (home / ".loaded").touch()
    return settings


def raw_rows(settings: Settings) -> int:
    """Rows of all raw batches."""
    files = [str(path) for path in settings.raw.glob("[!_]*/*.parquet")]
    with duckdb.connect() as connection:
        row = connection.execute("select sum(num_rows) from parquet_file_metadata(?)", [files]).fetchone()
    return int(row[0]) if row and row[0] else 0


def measured(build: Build, settings: Settings) -> Build:
    """Run one build in a process of its own and watch it. Raises RuntimeError if it fails."""
    log = settings.home / "bench.log"
    with cluster_for(build.engine, settings) as (variables, servers), log.open("wb") as said:
        environment = {**os.environ, **variables, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/plugins"}
        began, before, of_servers, seen = time.monotonic(), os.times(), sum(map(cpu_of_tree, servers)), 0.0
        process = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(settings.home)], env=environment, stdout=said, stderr=said
        )
        while process.poll() is None:
            # Nobody waits for Spark's Java, so what it used is in no sum of ended children: it is seen while it runs.
            now = cpu_of_tree(process.pid)
            build.cpu, seen = build.cpu + max(0.0, now - seen), now
            build.memory = max(build.memory, sum(map(resident_tree, [process.pid, *servers])) / 2**20)
            build.spilled = max(
                build.spilled, bytes_below(settings.build / "duckdb_temp", settings.spark / "work") / 2**20
            )
            time.sleep(1)
        build.wall, after = time.monotonic() - began, os.times()
        waited_for = after.children_user + after.children_system - before.children_user - before.children_system
        build.cpu = max(build.cpu, waited_for) + sum(map(cpu_of_tree, servers)) - of_servers
    if process.returncode:
        raise RuntimeError(f"{build} failed: {log.read_text(errors='replace')[-3000:]}")
    return build


def one_more_day(build: Build, settings: Settings) -> Build:
    """The build after a day's leads, changes of stages and ads."""
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        found = connection.execute("select distinct record_id from raw.crm_leads order by all limit 50").fetchall()
    load_day(RawFactory(settings), as_of_date(settings) + timedelta(days=1), [record for (record,) in found])
    return measured(Build(build.scale, build.engine, build.rows), settings)


@contextmanager
def cluster_for(engine: str, settings: Settings) -> Iterator[tuple[dict[str, str], list[int]]]:
    """Environment of a build by this engine, and the processes that work for it; they run while the block does."""
    kind, _, workers = engine.partition("-")
    if not workers:
        yield {"FUNNELHOUSE_ENGINE": kind}, []
        return
    from tests.cluster.spark import running  # PySpark is an extra

    tables, catalogue = settings.spark / "tables", settings.spark / "catalogue"
    with running(settings.spark / "work", tables, catalogue, int(workers)) as cluster:
        variables = {"FUNNELHOUSE_ENGINE": kind, "FUNNELHOUSE_SPARK_SERVER": cluster.server}
        yield variables, [process.pid for process in cluster.processes.values()]


def bytes_below(*folders: Path) -> int:
    """Size of all files below folders that may come and go meanwhile."""
    total = 0
    for folder in folders:
        with suppress(OSError):  # a folder that goes while it is listed: its files go with it
            for path in folder.rglob("*"):
                with suppress(OSError):
                    total += path.stat().st_size if path.is_file() else 0
    return total


def show(console: Console, builds: list[Build]) -> None:
    """The table so far."""
    shown = Table(title="scale", title_justify="left", box=None, pad_edge=False)
    for name in (
        "company",
        "engine",
        "raw rows",
        "wall s",
        "CPU s",
        "CPU x",
        "memory MiB",
        "spilled MiB",
        "linear x",
        "a day",
    ):
        shown.add_column(name, justify="left" if name in ("company", "engine") else "right")
    for build in builds:
        same = [other for other in builds if other.engine == build.engine]
        other_engine = next((o for o in builds if o.scale == build.scale), build)
        before = same[max(0, same.index(build) - 1)]
        growth = (build.cpu / before.cpu) / (build.rows / before.rows) if before is not build else 1.0
        shown.add_row(
            f"x{build.scale:g}", build.engine, f"{build.rows:,}", f"{build.wall:.0f}", f"{build.cpu:.0f}",
            f"{build.cpu / other_engine.cpu:.1f}", f"{build.memory:,.0f}", f"{build.spilled:,.0f}", f"{growth:.2f}",
            "" if build.day is None else f"{build.day:.0f} s",
        )  # fmt: skip
    console.print(shown)
