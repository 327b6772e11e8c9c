"""The known truth about a sample, as CSV files: what the warehouse must find, computed from the story alone.

Nothing here reads the export files. Dates are UTC days of the story (platform days for ads and web); money in USD
follows the rule of `money.py`. Each table's columns are documented where they are written: `truth_crm.py` for leads,
deals and the funnel, `truth_customers.py` for what customers bring, `truth_money.py` for costs and returns,
`truth_channels.py` for everything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO

from sample_company.story.records import Journey
from sample_company.world import World
from sample_company.writers.output import WrittenFile, csv_line


class TruthTables:
    """Open CSV files by table name; a table's header is written with its first mention."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Write below `folder`; the files close with `stack`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._stack = folder, stack
        self._files: dict[str, IO[bytes]] = {}

    def open(self, name: str, columns: Sequence[str]) -> None:
        """Begin the table with its header."""
        self._files[name] = self._stack.enter_context((self._folder / f"{name}.csv").open("wb"))
        self.add(name, columns)

    def add(self, name: str, cells: Sequence[object]) -> None:
        """Append a row; None is an empty cell."""
        line = csv_line(["" if cell is None else str(cell) for cell in cells])
        self._files[name].write(line.encode())


def write_truth(world: World, folder: Path, journeys: Iterable[Journey]) -> None:
    """Write every table below `folder`, walking the journeys once."""
    from sample_company.truth_channels import write_channels
    from sample_company.truth_crm import CrmTruth

    with ExitStack() as stack:
        tables = TruthTables(folder, stack)
        crm = CrmTruth(world, tables)
        for journey in journeys:
            crm.add(journey)
        crm.finish()
        write_channels(world, tables)


def write_counts(world: World, folder: Path, files: Sequence[WrittenFile]) -> None:
    """counts.json: the frame of the sample, its files with rows, bytes and what is odd about them, and the sums."""
    document = {
        "start": world.start.isoformat(),
        "end": world.end.isoformat(),
        "seed": world.seed,
        "scale": world.scale,
        "files": len(files),
        "rows": sum(one.rows for one in files),
        "bytes": sum(one.bytes for one in files),
        "written": [asdict(one) for one in files],
    }
    (folder / "counts.json").write_bytes((json.dumps(document, indent=1) + "\n").encode())
