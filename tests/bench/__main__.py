"""`make bench [CHAPTER=extract]`."""

from __future__ import annotations

import argparse

from rich.console import Console

from tests.bench import extract
from tests.bench.measure import RESULTS, save

CHAPTERS = {"extract": extract.chapter}


def main() -> None:
    """Run the asked chapters, print their tables and write `.bench/<chapter>.json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--chapter", choices=sorted(CHAPTERS), action="append", help="default: all")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each way")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10, 100], help="sizes of the clean file")
    arguments = parser.parse_args()
    console = Console(width=110)
    RESULTS.mkdir(exist_ok=True)
    for name in arguments.chapter or sorted(CHAPTERS):
        documents = CHAPTERS[name](console, arguments.runs, arguments.megabytes)
        console.print(f"Written to {save(name, documents).relative_to(RESULTS.parent)}")


if __name__ == "__main__":
    main()
