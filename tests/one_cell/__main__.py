"""`python -m tests.one_cell --changes 1000`: as many changes as asked for, and what stopped publication."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
from sample_company.generate import write_sample
from tests.bare_build import AS_OF, TIMEZONE
from tests.one_cell.campaign import Campaign


def main() -> None:
    """Print each change that stops publication, and the count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--empty", type=Path, help="home of an empty warehouse; made here if it does not exist")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        empty = replace(load_settings(given.empty or folder / "empty"), timezone=TIMEZONE)
        if not empty.build_file.exists():
            empty.make_folders()
            expose_raw(empty.build_file, empty.raw)
            run_dbt(empty, ["build", "--exclude-resource-type", "unit_test"], stage="empty", as_of=AS_OF)
        write_sample(folder / "inbox", months=2, scale=0.01)
        campaign = Campaign(folder / "inbox", empty, folder, given.seed, say=say)
        made, stops = campaign.run(given.changes)
        for stop in stops:
            say(f"\nSTOP {stop.change}\n{stop.why}")
        say(f"\n{made} changes with seed {given.seed}: {len(stops)} stop publication")


def say(line: str) -> None:
    """Print at once, also into a file that somebody watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
