"""`make cluster`: a company built on a Spark cluster that loses a worker in the middle, compared with DuckDB's build.

Master, two workers and Thrift server run on 127.0.0.1 while the command does. A third of the way through the build one
worker and its executors are killed; the build has to end right all the same, and the published tables have to equal
those that DuckDB publishes of the same raw layer, which lies in a bucket of a real S3 server for Spark. One mart is
published in Spark's catalogue and in no file.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from pyhive import hive

from funnelhouse.progress import Report, listening
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.spark.engine import TABLES
from sample_company.generate import COMPANIES, write_sample
from tests import pipeline
from tests.cluster.spark import Cluster, running
from tests.cluster.storage import in_bucket, missing, unmount_below
from tests.spark.__main__ import SIZES, cpu_seconds, timed
from tests.spark.published import compare_files

say = sys.stdout.write
IN_CATALOGUE = "mart_lead_daily"
"""Stands for the marts that are too large for a file."""


class Killer:
    """Kills a worker as soon as a share of the models is built; knows what the master said before and after."""

    def __init__(self, cluster: Cluster, share: float) -> None:
        self.cluster, self.share = cluster, share
        self.killed_after = ""
        self.alive: list[int] = []
        self.memory: dict[str, int] = {}

    def __call__(self, event: Report) -> None:
        """One report of progress."""
        if event.stage != "build" or self.killed_after or not event.total or event.done < event.total * self.share:
            return
        self.killed_after = f"{event.done} of {event.total} nodes"
        self.memory = self.cluster.memory_bytes()
        self.alive.append(len(self.cluster.alive()))
        threading.Thread(target=self.cluster.kill_worker, args=[2]).start()


def main() -> int:
    """Exit code 1 if a published table differs, or no worker was lost."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--company", choices=list(COMPANIES), default="software")
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--storage", choices=["s3", "folder"], default="s3", help="where the raw layer lies")
    parser.add_argument("--folder", type=Path, required=True, help="where homes, tables and logs are made")
    parser.add_argument("--kill-at", type=float, default=0.33, help="share of the nodes after which a worker is killed")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    if arguments.storage == "s3" and (lack := missing()):
        say(f"No bucket can be used as a folder here: {lack}. STORAGE=folder does without.\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything started is ended, too
    folder = arguments.folder.absolute()
    unmount_below(folder)
    shutil.rmtree(folder, ignore_errors=True)
    write_sample(folder / "inbox", None, company=arguments.company, **SIZES[arguments.size])
    first = load_settings(folder / "duckdb")
    pipeline.load(first, folder / "inbox")
    second = replace(load_settings(folder / "spark"), engine="spark", catalogue_tables=(IN_CATALOGUE,))
    with contextlib.ExitStack() as running_beside:
        if arguments.storage == "s3":
            shutil.copytree(
                first.home, second.home, ignore=lambda place, _: ["raw"] if place == str(first.home) else []
            )
            server = running_beside.enter_context(in_bucket(folder / "s3", first.raw, second.raw))
            say(f"S3 server at {server.endpoint}; the raw layer lies in its bucket\n")
        else:
            shutil.copytree(first.home, second.home)
        wall, cpu = timed(first)
        say(f"DuckDB: {wall:.0f} s, {cpu:.0f} s of CPU\n")
        began = time.monotonic()
        cluster = running_beside.enter_context(
            running(folder / "cluster", second.spark / TABLES, second.spark / "catalogue")
        )
        say(f"cluster: master, 2 workers and Thrift server after {time.monotonic() - began:.0f} s\n")
        return built_on(replace(second, spark_server=cluster.server), cluster, first, arguments.kill_at)


def built_on(settings: Settings, cluster: Cluster, expected: Settings, kill_at: float) -> int:
    """Build and publish on the cluster, kill a worker on the way, compare; the exit code of the command."""
    killer = Killer(cluster, kill_at)
    began, used = time.monotonic(), cpu_seconds()
    with listening(killer):
        pipeline.build(settings)
    killer.alive.append(len(cluster.alive()))
    say(f"Spark: {time.monotonic() - began:.0f} s ({cpu_seconds() - used:.0f} s of CPU beside the cluster's)\n")
    say(f"  worker 2 killed after {killer.killed_after}; workers before and after: {killer.alive}\n")
    held = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in killer.memory.items())
    say(f"  memory before the kill: {held}\n")
    (of_version,) = (settings.spark / TABLES).glob("published_*.db")
    counted, different = compare_files(
        expected.published_file, settings.published_file, {IN_CATALOGUE: of_version / IN_CATALOGUE}
    )
    read = rows_in_catalogue(cluster, IN_CATALOGUE)
    if read != counted[IN_CATALOGUE]:
        different["published"] = [f"published.{IN_CATALOGUE} has {read} rows instead of {counted[IN_CATALOGUE]}"]
    for found in different.values():
        say("".join(f"  {line}\n" for line in found))
    equal = {table: rows for table, rows in counted.items() if table not in different}
    say(f"{len(equal)} of {len(counted)} published tables equal ({sum(equal.values()):,} rows)\n")
    say(f"  of them in Spark's catalogue: published.{IN_CATALOGUE}, {read:,} rows through the Thrift server\n")
    return int(bool(different) or killer.alive != [2, 1])


def rows_in_catalogue(cluster: Cluster, table: str) -> int:
    """Rows of a table as a reader of Spark's catalogue sees them."""
    host, _, port = cluster.server.partition(":")
    with (
        contextlib.closing(hive.connect(host, int(port))) as connection,
        contextlib.closing(connection.cursor()) as cursor,
    ):
        cursor.execute(f"select count(*) from published.{table}")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
