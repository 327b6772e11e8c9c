"""`make faults N=1000 SEED=1`: kills, full disks and damage at random, and a table of what came of it."""

from __future__ import annotations

import argparse
import logging
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table as Shown

from sample_company.generate import write_sample
from tests.faults.campaign import Campaign, Table, kill_runs, kill_services, readers, small_file_system


def main() -> int:
    """Run, print, and end with 1 if anything but zeros was found."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--cycles", type=int, default=1500, help="cheap cycles: extract, replay, publish, damage, disk")
    parser.add_argument("--minutes", type=float, default=25, help="no more cheap cycles after so long")
    parser.add_argument("--runs", type=int, default=8, help="kills of whole runs with dbt")
    parser.add_argument("--services", type=int, default=5, help="kills of Airflow's services")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    console, started, table = Console(soft_wrap=True, width=140), time.monotonic(), Table()
    rng = random.Random(arguments.seed)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # so that the mounted file system goes
    logging.disable()  # a message per refused file is for the house's own log
    with tempfile.TemporaryDirectory(prefix="funnelhouse-faults-") as folder:
        root = Path(folder)
        with small_file_system(root / "disk", table):
            campaign = Campaign(root / "disk", rng, table)
            with readers(campaign.house.settings, table):
                for number in range(arguments.cycles):
                    if time.monotonic() - started > 60 * arguments.minutes:
                        table.skipped.append(f"{arguments.cycles - number} cycles: the time was over")
                        break
                    campaign.cycle(number)
                    if number % 50 == 49:
                        console.print(f"{number + 1} cycles, {table.kills} kills, {time.monotonic() - started:.0f} s")
        if arguments.runs:
            write_sample(root / "inbox", None, months=2, scale=0.01)
            kill_runs(root, root / "inbox", arguments.runs, rng, table)
        if arguments.services:
            kill_services(root, arguments.services, rng, table)
    return _show(console, table, arguments.seed, time.monotonic() - started)


def _show(console: Console, table: Table, seed: int, seconds: float) -> int:
    names = ("tried", "killed", "lost", "doubled", "leftover", "unadvised", "crashed")
    shown = Shown("fault", *("message without advice" if name == "unadvised" else name for name in names))
    wrong = table.refused
    for name, line in table.lines.items():
        shown.add_row(name, *(f"{getattr(line, each):,}" for each in names))
        wrong += sum(getattr(line, each) for each in names[2:])
    console.print(shown)
    console.print(
        f"{table.kills:,} kills, seed {seed}, {seconds / 60:.0f} minutes; readers opened the published file "
        f"{table.opened:,} times and were refused {table.refused:,} times"
    )
    for text in [*table.skipped, *table.refusals, *(text for line in table.lines.values() for text in line.examples)]:
        console.print(text, markup=False, highlight=False)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
