"""`make bench [CHAPTER=attribution|build|extract|funnel|goals|pages|scale|spark|tenants]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import attribution, build, extract, funnel, goals, pages, publishing, scale, spark, tenants
from tests.bench.measure import RESULTS, save, versions

CHAPTERS: dict[str, Callable[[Console, argparse.Namespace], list[dict[str, Any]]]] = {
    "attribution": lambda console, asked: attribution.chapter(console, asked.runs, asked.touches),
    "build": lambda console, asked: build.chapter(
        console, asked.runs, asked.months, asked.scale, first_run=asked.first_run
    ),
    "extract": lambda console, asked: extract.chapter(console, asked.runs, asked.megabytes, asked.kinds),
    "funnel": lambda console, asked: funnel.chapter(
        console, asked.runs, asked.events, one_more_day=asked.funnel_history
    ),
    "goals": lambda console, asked: goals.chapter(console, asked.runs, asked.goals),
    "spark": lambda console, asked: spark.chapter(console, asked.runs),
    "pages": lambda console, asked: [
        *publishing.publishing(console, asked.runs, asked.rows, asked.home),
        *pages.measure_pages(console, asked.runs, asked.rows, asked.home),
    ],
    "scale": lambda console, asked: scale.chapter(console, asked.scales, asked.engines, asked.months, asked.keep),
    "tenants": lambda console, asked: tenants.chapter(console, asked.runs, asked.tenants),
}


def main() -> None:
    """Run the asked chapters, print their tables and write `.bench/<chapter>.json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--chapter", choices=sorted(CHAPTERS), action="append", help="default: all")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each way")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[40], help="sizes of the clean file")
    parser.add_argument("--kinds", nargs="+", default=[], help="containers of chapter extract (default: all)")
    parser.add_argument(
        "--events", type=int, nargs="+", default=[250_000, 1_000_000], help="stage events of chapter funnel"
    )
    parser.add_argument("--touches", type=int, nargs="+", default=[2_000_000], help="touches of chapter attribution")
    parser.add_argument("--goals", type=int, nargs="+", default=[5_000], help="goals of chapter goals")
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000], help="channel mart of chapter pages")
    parser.add_argument("--tenants", type=int, nargs="+", default=[50], help="companies of chapter tenants")
    parser.add_argument("--home", type=Path, help="chapter pages: this home's build and version instead")
    parser.add_argument("--funnel-history", action="store_true", help="chapter funnel: one more day, too")
    parser.add_argument("--months", type=int, default=12, help="history of the sample company in chapter build")
    parser.add_argument("--scale", type=float, default=1.0, help="its size")
    parser.add_argument("--first-run", action="store_true", help="chapter build: the whole first run of a home, too")
    parser.add_argument("--scales", type=float, nargs="+", default=[1.0, 10.0], help="sizes of chapter scale")
    parser.add_argument(
        "--engines", nargs="+", default=["duckdb"], help="chapter scale: duckdb, spark, spark-1, spark-2"
    )
    parser.add_argument("--keep", type=Path, help="chapter scale: keep loaded homes in this folder and use them again")
    arguments = parser.parse_args()
    console = Console(width=110)
    RESULTS.mkdir(exist_ok=True)
    console.print(", ".join(f"{name} {number}" for name, number in versions().items()))
    for name in arguments.chapter or sorted(set(CHAPTERS) - {"scale"}):  # hours, if asked for large sizes
        documents = CHAPTERS[name](console, arguments)
        console.print(f"Written to {save(name, documents).relative_to(RESULTS.parent)}")


if __name__ == "__main__":
    main()
