"""`make spark-check`: the sample companies built by DuckDB and by Spark, and every published table compared.

Both builds go the whole way: raw checks, dbt with all data tests and contracts, checks of the marts, publishing. They
share their raw layer; the second one starts without a build. Decimals, dates and texts must be equal, doubles within
1e-9 of each other.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import NodeResult, as_of_date, run_dbt
from funnelhouse.transform.dbt_runner import build as build_warehouse
from sample_company.generate import write_sample
from tests import pipeline
from tests.conftest import OWN_CHANNEL_RULE
from tests.spark.published import compare_files

SIZES = {"small": {"months": 3, "scale": 0.2}, "whole": {"months": 24, "scale": 1.0}}
COMPANIES = ("software", "firm", "shop")


@dataclass(frozen=True)
class Outcome:
    """Of one company: tables that are equal, what differs, seconds of wall and CPU time by engine."""

    company: str
    equal: int
    rows: int
    different: list[str]
    seconds: dict[str, tuple[float, float]]
    repeated: int
    unit_tests: dict[str, int]


def main() -> int:
    """Exit code 1 if any table differs, or a second build without news does anything."""
    parser = argparse.ArgumentParser(prog="make spark-check", description=__doc__)
    parser.add_argument("--company", choices=COMPANIES, nargs="*", default=list(COMPANIES))
    parser.add_argument("--size", choices=list(SIZES), default="whole")
    parser.add_argument("--unit-tests", action="store_true", help="run every unit test of the project on Spark, too")
    parser.add_argument("--folder", type=Path, required=True, help="where the homes are made")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # each company takes minutes, into a file, too
    failed = False
    for number, company in enumerate(arguments.company):
        # Unit tests know nothing of the company: once is enough.
        with_units = arguments.unit_tests and number == 0
        outcome = check(company, arguments.size, arguments.folder.absolute() / company, with_units=with_units)
        show(outcome)
        failed = failed or bool(outcome.different or outcome.repeated or set(outcome.unit_tests) - {"ok"})
    return int(failed)


def check(company: str, size: str, folder: Path, *, with_units: bool) -> Outcome:
    """Build one company with both engines and compare what they publish."""
    shutil.rmtree(folder, ignore_errors=True)
    write_sample(folder / "inbox", None, company=company, **SIZES[size])
    first = load_settings(folder / "duckdb")
    if company == "firm":
        first.own_pipelines.mkdir(parents=True)
        (first.own_pipelines / "channel_rules.csv").write_text(OWN_CHANNEL_RULE, encoding="utf-8")
    pipeline.load(first, folder / "inbox")
    second = replace(load_settings(folder / "spark"), engine="spark")
    shutil.copytree(first.home, second.home)
    seconds = {settings.engine: timed(settings) for settings in (first, second)}
    repeated = len(build_warehouse(second).nodes)
    counted, different = compare_files(first.published_file, second.published_file)
    equal = {table: rows for table, rows in counted.items() if table not in different}
    lines = [line for found in different.values() for line in found]
    units: list[NodeResult] = []
    if with_units:
        units = run_dbt(second, ["test", "--select", "test_type:unit"], stage="unit tests", as_of=as_of_date(second))
    lines += [f"unit test {one.name}: {one.status}. {one.message}".strip() for one in units if one.status != "ok"]
    counted_units = Counter(one.status for one in units)
    return Outcome(company, len(equal), sum(equal.values()), lines, seconds, repeated, dict(counted_units))


def timed(settings: Settings) -> tuple[float, float]:
    """Wall and CPU seconds of one build with its checks, of this process and those it started."""
    before, began = cpu_seconds(), time.monotonic()
    pipeline.build(settings)
    return time.monotonic() - began, cpu_seconds() - before


def cpu_seconds() -> float:
    """CPU seconds of this process and its finished children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def show(outcome: Outcome) -> None:
    """Print what became of one company."""
    say = sys.stdout.write
    say(f"{outcome.company}: {outcome.equal} published tables equal ({outcome.rows:,} rows)")
    say(f", {len(outcome.different)} differences\n" if outcome.different else "\n")
    for line in outcome.different:
        say(f"  {line}\n")
    for engine, (wall, cpu) in outcome.seconds.items():
        say(f"  {engine}: {wall:.0f} s, {cpu:.0f} s of CPU\n")
    if outcome.unit_tests:
        say(f"  unit tests on Spark: {', '.join(f'{n} {status}' for status, n in outcome.unit_tests.items())}\n")
    did = "nothing" if not outcome.repeated else f"{outcome.repeated} nodes: it should do nothing"
    say(f"  second build without news: {did}\n")


if __name__ == "__main__":
    sys.exit(main())
