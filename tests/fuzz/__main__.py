"""`make fuzz N=10000 SEED=1`: mutated files through the engine, and a table of outcomes."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from funnelhouse.settings import load_settings
from sample_company.generate import write_sample
from tests.fuzz.campaign import Failure, Result, run

MEMORY = 8 << 30
"""Bytes of address space the run may take."""


def main() -> int:
    """Run, print, and end with 1 if any file failed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first file, to see one again")
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    arguments = parser.parse_args()
    console, started = Console(soft_wrap=True), time.monotonic()
    # A file that takes all memory must end this run, not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    shown = 0

    def progress(result: Result) -> None:
        nonlocal shown
        for failure in result.failures[shown:]:
            _show_failure(console, failure, arguments.keep)
        shown = len(result.failures)
        if result.files % 50 == 0:
            console.print(f"{result.files} files, {shown} failed, {time.monotonic() - started:.0f} s")

    with tempfile.TemporaryDirectory(prefix="funnelhouse-fuzz-") as folder:
        root = Path(folder)
        settings = load_settings(root / "home")
        settings.make_folders()
        write_sample(root / "sample", root / "truth", months=1, scale=0.05)
        numbers = range(arguments.first, arguments.first + arguments.files)
        result = run(settings, numbers, arguments.seed, root / "sample", progress)
    _show(console, result, arguments.seed)
    return 1 if result.failures else 0


def _show_failure(console: Console, failure: Failure, keep: Path | None) -> None:
    console.print(f"{failure.number} {failure.original}: {failure.done}", markup=False, highlight=False)
    for text in failure.problems:
        console.print("    " + text, markup=False, highlight=False)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in failure.name)[-60:]
        (keep / f"{failure.number}_{safe}").write_bytes(failure.content)


def _show(console: Console, result: Result, seed: int) -> None:
    table = Table("outcome", "reason", "files", title=f"{result.files} mutated files, seed {seed}")
    for (outcome, reason), count in sorted(result.outcomes.items(), key=lambda item: -item[1]):
        table.add_row(outcome, reason, str(count))
    console.print(table)
    console.print(
        f"rows in {result.rows_in} = loaded {result.rows_loaded} + rejected {result.rows_rejected} "
        f"+ dropped by rule {result.rows_dropped}; {result.dressed} files must load as before; "
        f"slowest {result.slowest[0]:.1f} s of CPU (file {result.slowest[1]}); failed {len(result.failures)}"
    )


if __name__ == "__main__":
    sys.exit(main())
