"""`funnelhouse replay`: progress per file, then what each file was read as before and after."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.extract.replay import Reading, Replayed, Selection, replay
from funnelhouse.files import remove_leftovers
from funnelhouse.progress import listening
from funnelhouse.running.display import Display
from funnelhouse.settings import Settings
from funnelhouse.store.locks import run_lock


def replay_files(
    console: Console, settings: Settings, asked: dict[str, Any], *, dry_run: bool, as_json: bool
) -> None:  # fmt: skip
    """Replay and print. Raises Busy if `run` or `ui` is at work in this home (trigger the DAG there)."""
    selection = Selection(**asked)
    lock = contextlib.nullcontext() if dry_run else run_lock(settings, "funnelhouse replay")
    with lock:
        if not dry_run:
            remove_leftovers(settings.home)
        if as_json:
            result = replay(settings, selection, dry_run=dry_run)
            document = {
                "looked_at": result.looked_at,
                "by_earlier_reader": result.by_earlier_reader,
                "files": [asdict(change) for change in result.changes],
            }
            print(json.dumps(document, ensure_ascii=False, indent=1, default=list))  # noqa: T201 - for machines
            return
        with Display(console).running() as display, listening(display):
            result = replay(settings, selection, dry_run=dry_run)
    _print(console, result, selection, dry_run=dry_run)


def _print(console: Console, result: Replayed, selection: Selection, *, dry_run: bool) -> None:
    if result.by_earlier_reader and not selection.everything:
        console.print(
            f"{result.by_earlier_reader} of {result.looked_at} files were read by an earlier version of the reader. "
            "Their rows count as they are; funnelhouse replay --all reads them again, into batches with new ids.",
            highlight=False,
        )
    if not result.changes:
        console.print(f"Nothing to replay: today's contracts read all {result.looked_at} files as they were read.")
        return
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("file", "why", "before", "after"):
        table.add_column(name, overflow="fold")
    for change in result.changes:
        after = ", ".join(change.after.contracts) or "no contract" if dry_run else _shown(change.after)
        table.add_row(escape(change.file), escape(change.why), escape(_shown(change.before)), escape(after))
    console.print(table)
    done = "would be read again" if dry_run else "read again"
    console.print(f"{len(result.changes)} of {result.looked_at} files {done}.", highlight=False)
    if result.channels:
        console.print("To build and publish: funnelhouse run (running Airflow services do it by themselves)")


def _shown(reading: Reading) -> str:
    """Contract, rows loaded and rejected; or why nothing was loaded."""
    claimed = ", ".join(reading.contracts) or "no contract"
    if not reading.rows_loaded and not reading.rows_rejected:
        return f"{claimed}: {reading.outcome}{f' ({reading.reason})' if reading.reason else ''}"
    return f"{claimed}: {reading.rows_loaded:,} loaded, {reading.rows_rejected:,} rejected"
