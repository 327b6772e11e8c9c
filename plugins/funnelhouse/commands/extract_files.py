"""`funnelhouse extract`: explain or load single files."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.errors import Verdict
from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.file_report import file_report, table_of_batch
from funnelhouse.files import sha256_of
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.receive.manifest import MANIFEST, facts_of_file
from funnelhouse.settings import Settings
from funnelhouse.store.batches import named_batches

OUTCOME_COLOURS = {"refused": "red", "loaded_with_rejects": "yellow", "empty_report": "yellow"}


def inspect_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """What each file would become; writes nothing into the home folder."""
    return [inspect_file(settings, path, facts) for path in _existing(files)]


def load_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """Receive and extract the files; what became of each, as `file_report` tells it.

    `facts` count for all of them and win over the manifests beside them.
    """
    sources = {contract.source for contract in load_contracts(settings.user_contracts, settings.cache).values()}
    reports: list[dict[str, Any]] = []
    received: dict[int, tuple[Path, str, bool]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        # A folder of its own with a manifest: single files come in by the same door as every other.
        for position, path in enumerate(_existing(files)):
            reports.append({})
            try:
                given = facts_of_file(path, settings.inbox, sources, facts)
                sha256 = sha256_of(path)
                folder = Path(scratch) / "command line" / str(position + 1)
                folder.mkdir(parents=True)
                shutil.copy2(path, folder / path.name)
            except Refused as refusal:
                reports[-1] = file_report(path.name, "refused", refusal.reason, refusal.message)
                continue
            except OSError as error:
                told = f"the file cannot be opened ({error.strerror}); check its name and permissions"
                reports[-1] = file_report(path.name, "refused", "unreadable", told)
                continue
            (folder / MANIFEST).write_text(yaml.safe_dump(given.values, allow_unicode=True), encoding="utf-8")
            received[position] = path, sha256, _record_path(settings, sha256).exists()
        archived = receive_exports(settings, Path(scratch), drain=False)
    for channel, new in archived.items():
        if new:
            extract_channel(settings, channel, new)
    for position, (path, sha256, known) in received.items():
        reports[position] = _report(settings, path, sha256, known)
    return reports


def _record_path(settings: Settings, sha256: str) -> Path:
    return settings.raw / "_files" / f"{sha256}.json"


def _report(settings: Settings, path: Path, sha256: str, known: bool) -> dict[str, Any]:
    record = json.loads(_record_path(settings, sha256).read_text(encoding="utf-8"))
    contract = record.get("contract") or None
    message = record["message"]
    if known:
        before = (
            f"the same bytes were received at {record['received_at']} UTC as {record['file_name']}: nothing changed"
        )
        message = f"{before}; {message}" if message else before
    return file_report(
        path.name, record["outcome"], record["reason"], message, contracts=[contract] if contract else [],
        tables=[table_of_batch(batch) for batch in named_batches(settings.raw, record.get("batches") or [])],
    )  # fmt: skip


def explain(console: Console, report: dict[str, Any]) -> None:
    """Print one file's report for a person."""
    outcome = report["outcome"]
    colour = OUTCOME_COLOURS.get(outcome, "green")
    reason = f" ({report['reason']})" if report["reason"] else ""
    console.print(f"[bold]{escape(report['file'])}[/]: [{colour}]{outcome}{reason}[/]", highlight=False)
    lines = _grid()
    if report["message"]:
        lines.add_row("message", escape(report["message"]))
    tables = report["tables"]
    if len(tables) > 1:
        lines.add_row("rows", _rows(report["rows"]))
    elif not tables and report["contract"]:
        lines.add_row("contract", report["contract"])
    for note in [] if len(tables) == 1 else report["notes"]:
        lines.add_row("note", escape(note))
    for refused in report["refused_tables"]:
        if refused["message"] != report["message"]:
            lines.add_row(escape(refused["table"] or "refused"), escape(f"{refused['reason']}: {refused['message']}"))
    console.print(Padding(lines, (0, 0, 0, 2)))
    for table in tables:
        if len(tables) > 1:
            console.print(f"  [bold]{escape(table['table'])}[/]", highlight=False)
        console.print(Padding(_table_lines(table), (0, 0, 0, 2 if len(tables) == 1 else 4)))


def _table_lines(table: dict[str, Any]) -> Table:
    """Name and value, line by line, of one table of a file."""
    lines = _grid()
    becomes = ", ".join(f"{rows:,} rows of {entity}" for entity, rows in table["outputs"].items())
    lines.add_row("contract", f"{table['contract']}, version {table['contract_version']}")
    lines.add_row("becomes", becomes or "nothing")
    lines.add_row("account", escape(f"{table['account']} of {table['source']}"))
    start, end = table["period"]["start"], table["period"]["end"]
    lines.add_row("period", f"{start} to {end}" if start or end else "none")
    lines.add_row("exported", f"{table['exported_at']} ({table['exported_at_evidence']})")
    lines.add_row("restated by", f"{table['restatement']} within {escape(table['scope'] or 'the account')}")
    lines.add_row("rows", _rows(table["rows"]))
    if table["sums"]:
        lines.add_row("sums", escape("   ".join(f"{name} {value}" for name, value in table["sums"].items())))
    for rejected in table.get("rejected_rows", [])[:10]:
        lines.add_row("rejected", escape(f"row {rejected['row']}, {rejected['column']}: {rejected['reason']}"))
    for position, note in enumerate(table["notes"]):
        lines.add_row("" if position else "why", escape(note))
    return lines


def _rows(rows: dict[str, Any]) -> str:
    rules = ", ".join(f"{name} {count:,}" for name, count in rows["dropped"].items())
    dropped = sum(rows["dropped"].values())
    told = f"{rows['in']:,} = {rows['loaded']:,} loaded + {rows['rejected']:,} rejected + {dropped:,} dropped by rule"
    return f"{told} ({rules})" if rules else told


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=11)
    grid.add_column(overflow="fold")
    return grid


def _existing(files: list[Path]) -> list[Path]:
    for path in files:
        if not path.is_file():
            raise Verdict(f"{path} is no file. Give export files; for a whole folder use: funnelhouse run --inbox DIR")
    return files
