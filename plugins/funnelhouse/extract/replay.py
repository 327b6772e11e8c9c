"""Replay: read archived files again that today's contracts would read differently, and nothing else.

A file is affected if the contracts that claim its tables, or their content, are not those of its batches, if no
contract claimed it and one does now, or if it was beyond a limit and the limits changed. Files that were turned away
at the front door are asked too: their bytes are in quarantine. Stop it at any instruction and start it again: it
looks at what is there, so it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from funnelhouse.contracts.entities import channels
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import LIMITED, Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.errors import Verdict
from funnelhouse.extract.extraction import Extractor, ExtractSummary, batches_of, extractor, tell
from funnelhouse.masks import mask_emails
from funnelhouse.progress import report
from funnelhouse.reading.recognise_file import recognise_file, recognise_tables
from funnelhouse.reading.version import conditions, reader_code
from funnelhouse.reading.workspace import scratch
from funnelhouse.receive.manifest import folder_facts
from funnelhouse.settings import Settings
from funnelhouse.store.archive import (
    ArrivedName,
    Record,
    archived_hashes,
    content_path,
    load_record,
    reassign,
    store,
    take_in,
)
from funnelhouse.store.batches import announce, withdraw
from funnelhouse.store.ledger import read_entry
from funnelhouse.store.quarantine import arrivals, kept_content

Tables = list[tuple[str, str, str]]
"""Recognised tables of a file: name, contract, hash of the contract."""


@dataclass(frozen=True)
class Selection:
    """Which files are looked at; None is all. `files` are sha256s, their beginnings, or patterns of names.

    `since` and `until` are days (ISO) of receipt, `until` excluded. `everything` reads files again that nothing asks
    for: after a change of the reader itself.
    """

    channel: str | None = None
    source: str | None = None
    contract: str | None = None
    files: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    everything: bool = False

    def asks_for(self, sha256: str, name: str, received_at: str) -> bool:
        """Cheap part: what is known without opening the file."""
        if (self.since and received_at < self.since) or (self.until and received_at >= self.until):
            return False
        last = name.rsplit("/", 1)[-1]
        return not self.files or any(
            (len(text) >= 6 and sha256.startswith(text)) or text in (name, last) or fnmatch(name, text)
            or fnmatch(last, text)
            for text in self.files
        )  # fmt: skip

    def covers(self, found: Iterable[str], known: dict[str, Contract]) -> bool:
        """True if one of the contracts (of before or of now) is asked for."""
        names = [name for name in found if name]
        claimed = [known[name] for name in names if name in known]
        return (
            (self.contract is None or self.contract in names)
            and (self.channel is None or any(contract.kind_channel == self.channel for contract in claimed))
            and (self.source is None or any(contract.source == self.source for contract in claimed)
                 or any(name.startswith(f"{self.source}__") for name in names))
        )  # fmt: skip


@dataclass
class Reading:
    """What a file was read as: outcome and reason, contracts, rows. `contracts` is empty if none claimed it."""

    outcome: str
    reason: str | None
    contracts: list[str]
    rows_loaded: int
    rows_rejected: int


@dataclass
class Change:
    """One file that was, or with a dry run would be, read again, and why. `after` of a dry run has contracts only."""

    sha256: str
    file: str
    why: str
    before: Reading
    after: Reading
    channels: set[str] = field(default_factory=set)


@dataclass
class Replayed:
    """What a replay did: `looked_at` files, of which `changes` were read again.

    `by_earlier_reader` of the files looked at were last read by another version of the reader's code. That alone is no
    reason to read them again: only `Selection.everything` does.
    """

    looked_at: int = 0
    by_earlier_reader: int = 0
    changes: list[Change] = field(default_factory=list)
    summary: ExtractSummary = field(default_factory=ExtractSummary)

    @property
    def channels(self) -> list[str]:
        """Channels whose raw data is another now."""
        return sorted(set().union(*(change.channels for change in self.changes)) if self.changes else set())


@dataclass
class _File:
    """A received file: archived, or kept in quarantine since the front door refused it."""

    sha256: str
    name: str
    received_at: str
    entry: dict[str, Any] | None
    record: Record | None


def replay(settings: Settings, selection: Selection, *, dry_run: bool = False) -> Replayed:
    """Read every affected file of the selection again. Raises ContractError, or Verdict for an unknown channel.

    The channels that changed are announced (`batches.announce`), so that the next run or receive builds them.
    """
    contracts = load_contracts(settings.user_contracts, settings.cache)
    _check(selection, contracts)
    result = Replayed()
    chosen: list[tuple[_File, Tables, str]] = []
    files = [file for file in _files(settings) if selection.asks_for(file.sha256, file.name, file.received_at)]
    with scratch(settings.home / "work") as workspace:
        for number, file in enumerate(files, 1):
            report("replay: look", file.name, number, len(files), "ok")
            result.looked_at += 1
            result.by_earlier_reader += _is_of_earlier_reader(file)
            if (found := _look(settings, file, selection, contracts, workspace)) is not None:
                chosen.append((file, *found))
    if dry_run:
        for file, tables, why in chosen:
            before = _reading(settings, file.sha256)
            result.changes.append(Change(file.sha256, file.name, why, before, Reading("", None, _names(tables), 0, 0)))
        return result
    if chosen:
        with extractor(settings, contracts) as work:
            for number, (file, tables, why) in enumerate(chosen, 1):
                report("replay", file.name, number - 1, len(chosen))
                result.changes.append(_again(work, file, tables, why, result.summary, (number, len(chosen))))
    return result


def _check(selection: Selection, contracts: dict[str, Contract]) -> None:
    if selection.channel is not None and selection.channel not in channels():
        raise Verdict(f"--channel {selection.channel!r} is not one of {', '.join(channels())}")
    if selection.source is not None and selection.source not in {c.source for c in contracts.values()}:
        raise Verdict(f"no contract has --source {selection.source!r}; see: funnelhouse contract list")


def _files(settings: Settings) -> list[_File]:
    found = []
    archived = archived_hashes(settings)
    for sha256 in archived:
        if (record := load_record(settings, sha256)) is not None:
            found.append(_File(sha256, record.shown_name, record.received_at, read_entry(settings, sha256), record))
    known = set(archived)
    for folder in sorted((settings.quarantine / "files").glob("*")):
        entry = read_entry(settings, folder.name) if folder.name not in known else None
        if entry is not None and kept_content(settings, folder.name) is not None:
            name = str(Path(entry.get("folder") or "") / entry["file_name"])
            found.append(_File(folder.name, name, entry.get("received_at") or "", entry, None))
    return found


# --- is it affected? --------------------------------------------------------------------------------------------------


def _look(
    settings: Settings, file: _File, selection: Selection, contracts: dict[str, Contract], workspace: Path
) -> tuple[Tables, str] | None:  # fmt: skip
    """The tables of a file as they would be recognised now and why it is to be read again; None if it is not."""
    entry = file.entry
    if entry is None:
        return None  # never extracted: that is for the extraction, not for a replay
    now = conditions(contracts, settings.limits)
    then = entry.get("conditions") or {}
    others = then.get("limits") not in (None, now["limits"]) and entry.get("reason") in LIMITED
    if then.get("contracts") == now["contracts"] and not others and not selection.everything:
        return None
    tables = _recognised(settings, file, contracts, workspace)
    before = [tuple(table) for table in entry.get("recognised") or []]
    old = [str(contract) for _, contract, _ in before] or str(entry.get("contract") or "").split(", ")
    if not selection.covers([*old, *_names(tables)], contracts) or (file.record is None and not tables):
        return None
    if selection.everything:
        return tables, "asked for"
    if others:
        return tables, "the limits changed"
    if entry.get("recognised") is None and entry["outcome"] != "refused":
        # Read by a release that did not note which contracts it used.
        return tables, "read before contracts were noted"
    if sorted(tables) == sorted(before):
        return None
    changed = sorted({contract for _, contract, _ in set(tables) ^ set(before)})
    return tables, f"changed: {', '.join(changed)}" if before and tables else (
        f"now claimed by {', '.join(_names(tables))}" if tables else "no contract claims it any more"
    )


def _is_of_earlier_reader(file: _File) -> bool:
    if file.entry is None or file.entry["outcome"] == "refused":
        return False
    return (file.entry.get("conditions") or {}).get("reader") != reader_code()


def _recognised(settings: Settings, file: _File, contracts: dict[str, Contract], workspace: Path) -> Tables:
    sources = {contract.source for contract in contracts.values()}
    if file.record is not None:
        _refresh(file.record, sources)
        name, path = file.record.chosen, content_path(settings, file.sha256)
        return recognise_tables(path, name.file_name, name.facts.get("source"), contracts, workspace, settings.limits)
    content = kept_content(settings, file.sha256)
    if content is None:
        return []
    record = _record_of_refused(settings, file, sources)
    name = record.chosen
    try:  # the front door's own question first: a wrong folder is refused there
        recognise_file(content, name.file_name, name.facts.get("source"), contracts, workspace, settings.limits)
    except Refused:
        return []
    return recognise_tables(content, name.file_name, name.facts.get("source"), contracts, workspace, settings.limits)


def _refresh(record: Record, sources: set[str]) -> bool:
    """Folders may name a source that had no contract when the file came; True if that adds a fact."""
    before = [dict(name.facts.values) for name in record.names]
    for name in record.names:
        name.facts.offer("folder", folder_facts(Path(name.folder), sources))
    return before != [name.facts.values for name in record.names]


def _record_of_refused(settings: Settings, file: _File, sources: set[str]) -> Record:
    assert file.entry is not None  # noqa: S101 (without an entry it is not looked at)
    names = arrivals(settings, file.sha256)
    if not names:  # refused by a release that did not keep them
        mtime = 0.0
        if content := kept_content(settings, file.sha256):
            mtime = content.stat().st_mtime
        names = [ArrivedName(file.entry["file_name"], file.entry.get("folder") or "", mtime, Facts())]
    record = Record(file.sha256, file.entry.get("size_bytes") or 0, file.received_at, "", "", names)
    _refresh(record, sources)
    return record


# --- reading again ----------------------------------------------------------------------------------------------------


def _again(
    work: Extractor, file: _File, tables: Tables, why: str, summary: ExtractSummary, place: tuple[int, int]
) -> Change:  # fmt: skip
    settings = work.settings
    before = _reading(settings, file.sha256)
    old = batches_of(settings, file.sha256, file.entry)
    record = _archived(work, file, tables)
    # Announced beforehand: a replay that is killed right after the switch finds nothing to do when it runs again.
    touched = {
        record.channel,
        *(batch.channel for batch in old),
        *(work.contracts[n].kind_channel for n in _names(tables)),
    }
    mine = {channel for channel in sorted(touched) if announce(settings.raw, channel)}
    outcome = work.extract(record, summary)
    tell("replay", record, outcome, *place)
    after = _reading(settings, file.sha256)
    new = batches_of(settings, file.sha256, read_entry(settings, file.sha256))
    change = Change(file.sha256, file.name, why, before, after)
    differ = {batch.batch_id for batch in old} ^ {batch.batch_id for batch in new}
    change.channels = {batch.channel for batch in (*old, *new) if batch.batch_id in differ}
    if before != after and not change.channels:
        change.channels = {record.channel}  # only its outcome is another: the quality marts show that
    for channel in mine - change.channels:
        withdraw(settings.raw, channel)
    return change


def _archived(work: Extractor, file: _File, tables: Tables) -> Record:
    """The file's record, in the archive and under the channel of the contract that claims it now."""
    settings = work.settings
    sources = {contract.source for contract in work.contracts.values()}
    usable = [name for _, name, _ in tables if work.contracts[name].refuse is None]
    claim = work.contracts[(usable or [name for _, name, _ in tables])[0]] if tables else None
    record = file.record
    if record is not None:
        changed = _refresh(record, sources)
        if claim is not None and (record.channel, record.contract) != (claim.kind_channel, claim.contract):
            record.channel, record.contract, changed = claim.kind_channel, claim.contract, True
        if changed:
            reassign(settings, record)
        return record
    content = kept_content(settings, file.sha256)
    if content is None or claim is None:
        raise Verdict(f"{mask_emails(file.name)}: its bytes are gone from quarantine; put it into the inbox again")
    for name in _record_of_refused(settings, file, sources).names:
        sha256, size, copy = take_in(content, settings.archive / "incoming")
        try:
            if sha256 != file.sha256:
                raise Verdict(f"{content} was changed since it was refused; put the corrected file into the inbox")
            store(settings, sha256, size, copy, claim.kind_channel, claim.contract, name)
        finally:
            copy.unlink(missing_ok=True)
    stored = load_record(settings, file.sha256)
    assert stored is not None  # noqa: S101 (just stored)
    return stored


def _reading(settings: Settings, sha256: str) -> Reading:
    entry = read_entry(settings, sha256) or {}
    batches = batches_of(settings, sha256, entry or None)
    contracts = sorted({batch.contract for batch in batches}) or [
        name for name in str(entry.get("contract") or "").split(", ") if name
    ]
    return Reading(
        entry.get("outcome") or "", entry.get("reason"), contracts,
        sum(batch.rows_loaded for batch in batches), sum(batch.rows_rejected for batch in batches),
    )  # fmt: skip


def _names(tables: Tables) -> list[str]:
    return sorted({name for _, name, _ in tables})
