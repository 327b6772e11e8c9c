"""`make bench [CHAPTER=extract|funnel]`."""

from __future__ import annotations

import argparse

from rich.console import Console

from tests.bench import extract, funnel
from tests.bench.measure import RESULTS, save, versions

CHAPTERS = {
    "extract": lambda console, asked: extract.chapter(console, asked.runs, asked.megabytes, asked.kinds),
    "funnel": lambda console, asked: funnel.chapter(console, asked.runs, asked.events),
}


def main() -> None:
    """Run the asked chapters, print their tables and write `.bench/<chapter>.json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--chapter", choices=sorted(CHAPTERS), action="append", help="default: all")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each way")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[40], help="sizes of the clean file")
    parser.add_argument("--kinds", nargs="+", default=[], help="containers of chapter extract (default: all)")
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000], help="stage events of chapter funnel")
    arguments = parser.parse_args()
    console = Console(width=110)
    RESULTS.mkdir(exist_ok=True)
    console.print(", ".join(f"{name} {number}" for name, number in versions().items()))
    for name in arguments.chapter or sorted(CHAPTERS):
        documents = CHAPTERS[name](console, arguments)
        console.print(f"Written to {save(name, documents).relative_to(RESULTS.parent)}")


if __name__ == "__main__":
    main()
