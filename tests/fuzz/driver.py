"""One file through the engine, in process, with a limit of time; everything the checks need is taken along."""

from __future__ import annotations

import csv
import faulthandler
import io
import logging
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.read_file import process
from funnelhouse.reading.recognise_file import recognise_file
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.reading.tables.table import without_first
from funnelhouse.reading.workspace import engine, scratch
from funnelhouse.settings import Settings

SECONDS = 20.0
"""CPU seconds one small file may take."""
GIVEN = {"account_id": "acc-1", "currency": "EUR", "exported_at": "2026-11-05T00:00:00"}
"""Facts every file comes with, as from a manifest."""
_SEP = re.compile(r'^"?sep=(.|\\t)"?[\s,;]*$', re.IGNORECASE)


class Hang(Exception):
    """The file took too long."""


@dataclass
class SeenTable:
    """A loaded table: its counts, its rows per entity, and its source rows read without the engine."""

    contract: Contract
    columns: dict[str, int]
    facts: dict[str, str]
    preamble: list[str]
    is_block: bool
    is_sheet: bool
    header: int
    delimiter: str
    encoding: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    dropped: dict[str, int]
    period: tuple[str | None, str | None]
    scope: str
    entities: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    miscounted: list[str] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)  # of the whole text, header and preamble too
    source: list[list[str]] = field(default_factory=list)  # data rows, in the order of `_row_number`
    notes: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What became of one file."""

    outcome: str = ""
    reason: str | None = None
    message: str = ""
    tables: list[SeenTable] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    recognised: str = ""
    seconds: float = 0.0


class Driver:
    """Runs files through one engine. Use `open_driver`."""

    def __init__(self, settings: Settings, connection: duckdb.DuckDBPyConnection, workspace: Path) -> None:
        self.contracts = load_contracts(settings.user_contracts)
        self.connection = connection
        self.workspace = workspace
        self._log = _Captured()
        logging.getLogger("funnelhouse").addHandler(self._log)
        logging.getLogger("funnelhouse").propagate = False

    def see(self, name: str, content: bytes, given: dict[str, str] | None = None, *, at_the_door: bool = True) -> Seen:
        """Extract one file, and recognise it as the front door does. Never raises: what was raised is in `errors`."""
        seen = Seen()
        self._log.texts = []
        path = self.workspace / "received"
        path.write_bytes(content)
        facts = Facts()
        facts.offer("manifest", GIVEN if given is None else given)
        file = FileFacts("0" * 64, name, facts, 1_760_000_000.0)
        started = time.process_time()
        try:
            with _limited(self.connection):
                if at_the_door:
                    self._recognise(path, name, seen)
                outcome = process(
                    path, file, self.contracts, self.connection, self.workspace,
                    lambda loaded: seen.tables.append(self._table(loaded)),
                )  # fmt: skip
            seen.outcome, seen.reason, seen.message = outcome.outcome, outcome.reason, outcome.message
        except Hang:
            seen.errors.append(f"hang: more than {SECONDS:.0f} seconds of CPU")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            import traceback

            seen.errors.append("traceback: " + "".join(traceback.format_exception(error)[-4:]))
        seen.errors += self._log.texts
        seen.seconds = time.process_time() - started
        for left in self.workspace.iterdir():
            if left.is_file():
                left.unlink()
        return seen

    def _recognise(self, path: Path, name: str, seen: Seen) -> None:
        try:
            seen.recognised = recognise_file(path, name, None, self.contracts, self.workspace).contract
        except Refused as refusal:
            seen.recognised = f"refused: {refusal.reason}"

    def _is_block(self, loaded: Loaded) -> bool:
        """True if the table is a part of a text: its rows are not simply those after the header."""
        reading = self.contracts[loaded.table.contract.contract].reading
        return reading.layout == "key_value" or reading.blocks == "stacked"

    def _table(self, loaded: Loaded) -> SeenTable:
        table = loaded.table
        direct, binding = table.direct, table.binding
        seen = SeenTable(
            table.contract, dict(binding.columns), dict(loaded.facts.values), table.preamble,
            self._is_block(loaded),
            table.names.container != "text",
            binding.header_row, direct.delimiter if direct else "", direct.encoding.name if direct else "",
            loaded.rows_in, loaded.rows_loaded, loaded.rows_rejected, dict(loaded.dropped), loaded.period, loaded.scope,
            notes=list(loaded.notes),
        )  # fmt: skip
        for part in loaded.parts:
            cursor = self.connection.execute("select * from read_parquet(?)", [str(part.path)])
            names = [column[0] for column in cursor.description or ()]
            seen.entities[part.entity] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            if len(seen.entities[part.entity]) != part.rows:
                seen.miscounted.append(f"{part.entity}: {part.rows} rows said, {len(seen.entities[part.entity])} there")
            part.path.unlink()
        if direct and not direct.wrapped and not seen.is_block:
            encoding = direct.encoding
            seen.lines = read_lines(direct.member.read_bytes(), encoding.name, direct.delimiter, encoding.errors)
            below = without_first(iter(seen.lines[binding.header_row + 1 :]), direct.skip_after_header)
            seen.source = [row for row in below if _is_row(row)]
        elif table.clean is not None:
            with table.clean.path.open(encoding="utf-8", newline="") as handle:
                seen.source = [row[2:] for row in csv.reader(handle)]
        return seen


def _is_row(row: list[str]) -> bool:
    return any(cell.strip() for cell in row) or len(row) > 1


def read_lines(content: bytes, encoding: str, delimiter: str, errors: str = "strict") -> list[list[str]]:
    """Every record of a text, read with nothing but the standard library; a `sep=` line is an empty record."""
    text = content.decode(encoding, errors).removeprefix("\ufeff").replace("\0", "")
    first = next(iter(text.splitlines()), "")
    if _SEP.match(first):  # taken away before it is parsed: a stray quote in it would swallow the table
        text = text[len(first) :]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))


class _Captured(logging.Handler):
    """Errors that the engine logged: a refusal that hides one is a defect all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.texts.append(f"logged: {record.getMessage()}: {str(error)[:600]}")


@contextmanager
def _limited(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    def stop(*_: object) -> None:
        connection.interrupt()
        raise Hang

    faulthandler.dump_traceback_later(SECONDS * 15, exit=True)
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def open_driver(settings: Settings) -> Iterator[Driver]:
    """A driver with a scratch folder below the home."""
    before = csv.field_size_limit(16 * 2**20)
    with scratch(settings.home / "work") as workspace, engine(settings, b"k" * 32, workspace) as connection:
        connection.execute("set threads = 1")  # files are small: more threads only wait for each other
        driver = Driver(settings, connection, workspace)
        try:
            yield driver
        finally:
            logging.getLogger("funnelhouse").removeHandler(driver._log)
            logging.getLogger("funnelhouse").propagate = True
            csv.field_size_limit(before)
