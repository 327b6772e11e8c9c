"""`make cluster`: a company built on a Spark cluster that loses a worker in the middle, compared with DuckDB's build.

Master, two workers and Thrift server run on 127.0.0.1 while the command does. A third of the way through the build one
worker and its executors are killed; the build has to end right all the same, and the published tables have to equal
those that DuckDB publishes of the same raw layer.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from funnelhouse.progress import Report, listening
from funnelhouse.settings import load_settings
from sample_company.generate import COMPANIES, write_sample
from tests import pipeline
from tests.cluster.spark import Cluster, running
from tests.spark.__main__ import SIZES, cpu_seconds, timed
from tests.spark.published import compare_files

say = sys.stdout.write


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
    parser.add_argument("--folder", type=Path, required=True, help="where homes, tables and logs are made")
    parser.add_argument("--kill-at", type=float, default=0.33, help="share of the nodes after which a worker is killed")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    write_sample(folder / "inbox", None, company=arguments.company, **SIZES[arguments.size])
    first = load_settings(folder / "duckdb")
    pipeline.load(first, folder / "inbox")
    second = replace(load_settings(folder / "spark"), engine="spark")
    shutil.copytree(first.home, second.home)
    wall, cpu = timed(first)
    say(f"DuckDB: {wall:.0f} s, {cpu:.0f} s of CPU\n")
    began = time.monotonic()
    with running(folder / "cluster", second.spark / "tables", second.spark / "catalogue") as cluster:
        say(f"cluster: master, 2 workers and Thrift server after {time.monotonic() - began:.0f} s\n")
        killer = Killer(cluster, arguments.kill_at)
        began, used = time.monotonic(), cpu_seconds()
        with listening(killer):
            pipeline.build(replace(second, spark_server=cluster.server))
        killer.alive.append(len(cluster.alive()))
        say(f"Spark: {time.monotonic() - began:.0f} s ({cpu_seconds() - used:.0f} s of CPU beside the cluster's)\n")
        say(f"  worker 2 killed after {killer.killed_after}; workers before and after: {killer.alive}\n")
        held = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in killer.memory.items())
        say(f"  memory before the kill: {held}\n")
    counted, different = compare_files(first.published_file, second.published_file)
    for found in different.values():
        say("".join(f"  {line}\n" for line in found))
    equal = {table: rows for table, rows in counted.items() if table not in different}
    say(f"{len(equal)} of {len(counted)} published tables equal ({sum(equal.values()):,} rows)\n")
    return int(bool(different) or killer.alive != [2, 1])


if __name__ == "__main__":
    sys.exit(main())
