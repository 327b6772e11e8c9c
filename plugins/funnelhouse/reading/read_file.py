"""What became of one file: every table of it loaded, empty or refused, and one outcome for the whole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from funnelhouse.contracts.reasons import EmptyReport, Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.limits import Limits
from funnelhouse.masks import mask_emails
from funnelhouse.reading.bounds import bounded, check_time, is_late, out_of_memory, timed_out, uninterrupted
from funnelhouse.reading.container.members import Budget, members
from funnelhouse.reading.rows.load_table import Loader
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.reading.tables.beside import Beside
from funnelhouse.reading.tables.find_tables import read_member
from funnelhouse.reading.tables.head import unseen
from funnelhouse.reading.tables.recognition import candidates
from funnelhouse.reading.tables.table import Table
from funnelhouse.reading.trace import Trace
from funnelhouse.space import is_no_space

log = logging.getLogger("funnelhouse")


@dataclass
class FileOutcome:
    """Outcome of one file, with its tables."""

    outcome: str = ""
    reason: str | None = None
    message: str = ""
    contracts: list[str] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unused: list[tuple[str, Refused]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recognised: list[tuple[str, str, str]] = field(default_factory=list)

    def skip(self, table: Table) -> None:
        """Note a table that is not read, although the file is of a known kind; a hidden one is in the message, too."""
        self.unused.append((table.name, Refused("not_used", table.skipped)))
        self.notes.append(f"{table.name} is not read: {mask_emails(table.skipped)}")
        if table.is_hidden:
            self.unseen.append(f"{mask_emails(table.skipped)} and was not read")

    def join(self, other: FileOutcome) -> None:
        """Add what became of the same content as another delivery (of another account, or exported again later)."""
        for name in ("contracts", "loaded", "refused", "empty", "unknown", "unused", "recognised"):
            mine = getattr(self, name)
            mine += [entry for entry in getattr(other, name) if name in ("loaded", "refused") or entry not in mine]
        self.outcome, self.reason, self.message = "", None, ""
        _conclude(self)
        self.notes = list(dict.fromkeys([*self.notes, *other.notes]))

    @property
    def rows(self) -> int:
        """Source rows loaded."""
        return sum(table.rows_loaded for table in self.loaded)

    @property
    def rejected(self) -> int:
        """Rows rejected."""
        return sum(table.rows_rejected for table in self.loaded)


def process(
    path: Path, file: FileFacts, contracts: dict[str, Contract], connection: duckdb.DuckDBPyConnection, workspace: Path,
    use: Callable[[Loaded], None], limits: Limits | None = None, *, is_checked: bool = False,
    trace: Trace | None = None,
) -> FileOutcome:  # fmt: skip
    """Read every table of a file and hand each loaded one to `use`. Never raises for what the file holds.

    `is_checked` says that a workbook was found to be safe under these limits when it arrived; `trace` collects what an
    explanation needs.

    Raises OSError and engine errors that are not the file's fault (no space left).
    """
    result = FileOutcome()
    source = file.given.get("source")
    chosen = candidates(contracts, source)
    limits = limits or Limits()
    saw = trace.saw_head if trace else unseen
    beside = Beside(path, file.file_name, chosen, workspace, source, limits)
    with bounded(limits, connection):
        try:
            budget = Budget(limits, is_checked=is_checked)
            for member in members(path, workspace, budget):
                check_time()
                try:
                    for table in read_member(member, file.file_name, chosen, workspace, source, saw):
                        if table.skipped:
                            result.skip(table)
                        else:
                            table.beside = beside.facts(table)
                            if trace:
                                trace.saw_table(table)
                            _one_table(table, file, _loader(connection, workspace, trace), result, use)
                except Refused as refusal:
                    if refusal.reason == "unknown_kind" and member.name:
                        result.unknown.append(member.name)
                    result.refused.append((member.name, refusal))
            result.refused += budget.damaged
        except Refused as refusal:
            result.refused.append(("", refusal))
    _conclude(result)
    return result


def _loader(connection: duckdb.DuckDBPyConnection, workspace: Path, trace: Trace | None) -> Loader:
    return Loader(connection, workspace, trace.typing_rows) if trace else Loader(connection, workspace)


def _one_table(
    table: Table, file: FileFacts, loader: Loader, result: FileOutcome, use: Callable[[Loaded], None]
) -> None:
    contract = table.contract
    result.recognised.append((table.name, contract.contract, contract.content_hash))
    if contract.refuse is not None:
        refusal = Refused(contract.refuse.reason, f"{contract.title}: {contract.refuse.advice}")
        # A weekly CRM export holds hundreds of objects; the file has not failed because most of them are of no use.
        (result.unused if refusal.reason == "not_used" else result.refused).append((table.name, refusal))
        if refusal.reason != "not_used":
            result.contracts.append(contract.contract)
        return
    result.contracts.append(contract.contract)
    if table.is_preamble_only:
        result.empty.append(f"{contract.title}: the report has no rows")
        return
    try:
        loaded = loader.load(table, file)
    except EmptyReport as empty:
        result.empty.append(str(empty))
    except Refused as refusal:
        result.refused.append((table.name, refusal))
    except (duckdb.Error, UnicodeDecodeError) as error:
        if is_no_space(error):
            raise
        if isinstance(error, duckdb.InterruptException) and is_late():
            result.refused.append((table.name, timed_out()))
            return
        if isinstance(error, duckdb.OutOfMemoryException):
            result.refused.append((table.name, out_of_memory()))
            return
        log.exception("engine error while reading %s", table.name)
        first = str(error).partition("\n")[0][:80]
        kind = type(error).__name__
        result.refused.append(
            (
                table.name,
                Refused(
                    "damaged_file",
                    f"{contract.title}: the engine cannot read it ({kind}); export it again",
                    detail=first,
                ),
            )
        )
    else:
        with uninterrupted():
            use(loaded)
        result.loaded.append(loaded)
    finally:
        if table.clean is not None:
            table.clean.path.unlink(missing_ok=True)


def _conclude(result: FileOutcome) -> None:
    specific = [refusal for _, refusal in result.refused if refusal.reason != "unknown_kind"]
    if result.loaded:
        complete = not result.rejected and not specific
        result.outcome = "loaded" if complete else "loaded_with_rejects"
        result.message = _loaded_message(result, specific)
        if specific:
            result.reason = specific[0].reason
    elif result.empty and not specific:
        result.outcome, result.message = "empty_report", result.empty[0]
        result.reason = "header_only"
    else:
        refusal = (
            specific
            or [refusal for _, refusal in (*result.unused, *result.refused)]
            or [Refused("empty_file", "the archive holds no file")]
        )[0]
        result.outcome, result.reason, result.message = "refused", refusal.reason, refusal.message
    noted = {note.partition(" is not read: ")[0] for note in result.notes}
    if unused := [name for name, _ in result.unused if name not in noted]:
        listed = ", ".join(unused[:20])
        result.notes.append(f"{len(unused)} tables that the warehouse does not use: {listed}")
    if result.loaded and result.empty:
        result.notes.append(f"{len(result.empty)} tables without rows: {'; '.join(result.empty[:20])}")
    if result.unknown:
        result.notes.append(f"{len(result.unknown)} members of no known kind: {', '.join(result.unknown[:20])}")


def _loaded_message(result: FileOutcome, specific: list[Refused]) -> str:
    parts = []
    if result.rejected:
        reasons: dict[str, int] = {}
        for table in result.loaded:
            for _, reason, _, _ in table.rejected:
                reasons[reason] = reasons.get(reason, 0) + 1
        listed = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
        parts.append(f"{result.rejected} rows rejected ({listed})")
    if specific:
        parts.append(f"{len(specific)} of its tables or files could not be loaded and are left out")
    parts += [refusal.message for refusal in specific]
    parts += result.unseen[:20]
    return "; ".join(parts)
