"""`make bench [CHAPTER=extract|funnel|marts]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rich.console import Console

from tests.bench import extract, funnel, marts
from tests.bench.measure import RESULTS, save, versions

CHAPTERS: dict[str, Callable[[Console, argparse.Namespace], list[dict[str, Any]]]] = {
    "extract": lambda console, asked: extract.chapter(console, asked.runs, asked.megabytes, asked.kinds),
    "funnel": lambda console, asked: funnel.chapter(
        console, asked.runs, asked.events, one_more_day=asked.funnel_history
    ),
    "marts": lambda console, asked: marts.chapter(console, asked.runs, asked.months, asked.history, asked.scale),
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
    parser.add_argument("--funnel-history", action="store_true", help="chapter funnel: one more day, too")
    parser.add_argument("--months", type=int, default=3, help="history that 1x stands for in chapter marts")
    parser.add_argument("--history", type=int, nargs="+", default=[1, 4, 16], help="multiples of it")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the sample company in chapter marts")
    arguments = parser.parse_args()
    console = Console(width=110)
    RESULTS.mkdir(exist_ok=True)
    console.print(", ".join(f"{name} {number}" for name, number in versions().items()))
    for name in arguments.chapter or sorted(CHAPTERS):
        documents = CHAPTERS[name](console, arguments)
        console.print(f"Written to {save(name, documents).relative_to(RESULTS.parent)}")


if __name__ == "__main__":
    main()
