"""The one front door: each arriving file is recognised, kept and handed to its channel, or refused with a reason."""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnelhouse.files import write_json
from funnelhouse.progress import report
from funnelhouse.settings import Settings

if TYPE_CHECKING:
    from funnelhouse.contracts.schema import Contract
    from funnelhouse.extract.outcomes import Refused
    from funnelhouse.receive.archive import ArrivedName

log = logging.getLogger("funnelhouse")
UNFINISHED = (".part", ".crdownload", ".tmp", ".download", ".partial", ".filepart")
MANIFESTS = ("_manifest.yml", "_manifest.yaml")
SETTLED_SECONDS = 2.0
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Waiting:
    """A file in the inbox and its identity at one moment."""

    path: Path
    size: int
    mtime_ns: int
    inode: int

    @property
    def identity(self) -> list[int]:
        """What changes when the file does."""
        return [self.size, self.mtime_ns, self.inode]


def receive_exports(settings: Settings, inbox: Path | None = None, drain: bool | None = None) -> dict[str, list[str]]:
    """Take in every finished file of the inbox; channel -> sha256s that are new to extraction.

    `drain` removes files once they are safe in the archive or in quarantine (default: for the home inbox only). Files
    still being written are left alone. Receiving the same content again changes nothing.
    """
    folder = (inbox or settings.inbox).absolute()
    drains = drain if drain is not None else folder == settings.home_inbox.absolute()
    seen = _read_seen(settings)
    waiting = _finished([entry for entry in _scan(folder) if not _is_seen(seen, entry)])
    received: dict[str, list[str]] = {}
    if not waiting:
        return received
    from funnelhouse.contracts.loader import load_contracts
    from funnelhouse.extract.workspace import scratch

    contracts = load_contracts(settings.user_contracts, settings.cache)
    with scratch(settings.home / "work") as workspace:
        for number, entry in enumerate(waiting, 1):
            shown = _shown(entry.path, folder)
            report("receive", shown, number - 1, len(waiting))
            _receive_one(settings, entry, folder, drains, contracts, workspace, seen, received, (number, len(waiting)))
    try:
        _write_seen(settings, seen)
    except OSError as error:  # only a memory of what was seen: without it the next run looks again
        log.error("cannot remember what was received: %s", error)
    return received


def pending(settings: Settings, inbox: Path | None = None) -> bool:
    """True if a file waits in the inbox, or an archived one was not extracted yet. Cheap: names and sizes only."""
    folder = (inbox or settings.inbox).absolute()
    seen = _read_seen(settings)
    if any(not _is_seen(seen, entry) for entry in _scan(folder)):
        return True
    done = {path.stem for path in (settings.raw / "_files").glob("*.json")}
    retry = {path.stem for path in (settings.raw / "_files").glob("*.retry")}
    return any(
        path.parent.name not in done or path.parent.name in retry for path in settings.archive.glob("??/*/record.json")
    )


def waiting_channels(settings: Settings) -> list[str]:
    """Channels that owe the build something, by name: archived files not extracted yet, or a replay not announced."""
    from funnelhouse.batches import announced
    from funnelhouse.receive.archive import list_records
    from funnelhouse.receive.ledger import is_extracted

    waiting = {record.channel for record in list_records(settings) if not is_extracted(settings, record.sha256)}
    return sorted(waiting | set(announced(settings.raw)))


# --- what is there ----------------------------------------------------------------------------------------------------


def _scan(folder: Path) -> list[Waiting]:
    """Files of the inbox in a fixed order, without hidden, unfinished and manifest files."""
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or name.lower().endswith(UNFINISHED) or name in MANIFESTS:
                continue
            path = Path(root) / name
            try:
                stat = path.stat()
            except OSError:
                continue
            if path.is_file():
                found.append(Waiting(path, stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return found


def _finished(entries: list[Waiting]) -> list[Waiting]:
    """Those that do not change while we look; only young files are waited for, all together."""
    now = time.time()
    if all(now - entry.mtime_ns / 1e9 > SETTLED_SECONDS for entry in entries):
        return entries
    time.sleep(0.3)
    return [entry for entry in entries if _now(entry.path) == entry.identity]


def _now(path: Path) -> list[int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _seen_path(settings: Settings) -> Path:
    return settings.archive / "seen.json"


def _read_seen(settings: Settings) -> dict[str, list[object]]:
    try:
        found: dict[str, list[object]] = json.loads(_seen_path(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _write_seen(settings: Settings, seen: dict[str, list[object]]) -> None:
    kept = {path: entry for path, entry in seen.items() if Path(path).exists()}
    write_json(_seen_path(settings), kept)


def _is_seen(seen: dict[str, list[object]], entry: Waiting) -> bool:
    known = seen.get(str(entry.path))
    if known is None or known[:3] != entry.identity:
        return False
    return known[3] != UNREADABLE or not os.access(entry.path, os.R_OK)


# --- one file ---------------------------------------------------------------------------------------------------


def _receive_one(
    settings: Settings, entry: Waiting, folder: Path, drains: bool, contracts: dict[str, Contract], workspace: Path,
    seen: dict[str, list[object]], received: dict[str, list[str]], place: tuple[int, int],
) -> None:  # fmt: skip
    from funnelhouse.extract.facts import Facts
    from funnelhouse.extract.identity import conditions, scan_mark
    from funnelhouse.extract.loaded import FileFacts
    from funnelhouse.extract.outcomes import Refused
    from funnelhouse.extract.text import shown_name
    from funnelhouse.extract.watch import Watch, watching
    from funnelhouse.receive.archive import ArrivedName, load_record, store, take_in
    from funnelhouse.receive.ledger import again, forget, was_turned_away
    from funnelhouse.receive.manifest import facts_of_file
    from funnelhouse.receive.quarantine import release
    from funnelhouse.receive.recognition import recognise_file

    # From here on the name is only shown and stored: without what is invisible or no text.
    shown, relative = _shown(entry.path, folder), Path(shown_name(entry.path.relative_to(folder).as_posix()))
    try:
        sha256, size, copy = take_in(entry.path, settings.archive / "incoming")
    except OSError as error:
        _not_taken(settings, entry, relative, error, seen, shown, place)
        return
    if str(entry.path) in seen and seen[str(entry.path)][3] == UNREADABLE:
        forget(settings, _stand_in(relative))
        release(settings, _stand_in(relative))
    facts, watch, scanned = Facts(), Watch(), ""
    try:
        if _now(entry.path) != entry.identity:  # it changed while it was read: next time
            return
        known = load_record(settings, sha256)
        name = ArrivedName(relative.name, _folder_text(relative), entry.mtime_ns / 1e9)
        try:
            facts = name.facts = facts_of_file(entry.path, folder, {c.source for c in contracts.values()})
            if known is None:
                with watching() as watch:
                    found = recognise_file(
                        copy, relative.name, facts.get("source"), contracts, workspace, settings.limits
                    )
                channel, contract = found.channel, found.contract
                scanned = scan_mark(settings.limits) if found.is_workbook else ""
            else:
                channel, contract = known.channel, known.contract
        except Refused as refusal:
            from funnelhouse.explain.explanation import explain_received, from_refusal

            file = FileFacts(sha256, relative.name, facts)
            told = explain_received(copy, file, watch, from_refusal(refusal))
            under = conditions(contracts, settings.limits)
            _refuse(settings, sha256, size, relative, copy, refusal, told, name, under)
            report("receive", shown, *place, "failed", result="refused", reason=refusal.reason, message=refusal.message)
        else:
            # A file that was refused before is extracted even if a killed run had archived it already.
            if store(settings, sha256, size, copy, channel, contract, name, scanned) or was_turned_away(
                settings, sha256
            ):
                again(settings, sha256)
                found_here = received.setdefault(channel, [])
                if sha256 not in found_here:
                    found_here.append(sha256)
            outcome = "received" if known is None else "already_loaded"
            report("receive", shown, *place, "ok", result=outcome, channel=channel, contract=contract)
    except OSError as error:
        _not_taken(settings, entry, relative, error, seen, shown, place)
        return
    finally:
        copy.unlink(missing_ok=True)
    if drains and _removed(entry.path, shown):
        seen.pop(str(entry.path), None)
    else:
        seen[str(entry.path)] = [*entry.identity, sha256]


def _removed(path: Path, shown: str) -> bool:
    """Take a file that is safe out of the inbox; one that may not be removed stays and is remembered as seen."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning(
            "%s is archived but cannot be removed from the inbox (%s); it is not read again while it stays unchanged",
            shown, error.strerror or error,
        )  # fmt: skip
        return False
    return True


def _folder_text(relative: Path) -> str:
    text = relative.parent.as_posix()
    return "" if text == "." else text


def _shown(path: Path, folder: Path) -> str:
    from funnelhouse.extract.text import mask_emails, shown_name

    return mask_emails(shown_name(path.relative_to(folder).as_posix()))


def _refuse(
    settings: Settings, sha256: str, size: int, relative: Path, copy: Path | None, refusal: Refused,
    told: dict[str, Any] | None = None, name: ArrivedName | None = None, read_under: dict[str, str] | None = None,
) -> None:  # fmt: skip
    from funnelhouse.receive.ledger import read_entry, write_entry
    from funnelhouse.receive.quarantine import quarantine_file, remember_arrival

    if name is not None:
        remember_arrival(settings, sha256, name)
    known = read_entry(settings, sha256)
    if known and known["outcome"] == "refused":
        # The same bytes under another name: which name counts must not depend on which came first.
        names = [(entry["folder"], len(entry["file_name"]), entry["file_name"])
                 for entry in (known, {"folder": _folder_text(relative), "file_name": relative.name})]  # fmt: skip
        if names[0] <= names[1]:
            return
    quarantine_file(settings, sha256, relative.name, copy, refusal.reason, refusal.message, told)
    write_entry(
        settings, sha256=sha256, file_name=relative.name, folder=_folder_text(relative), size_bytes=size, channel=None,
        contract=None, outcome="refused", reason=refusal.reason, message=refusal.message, conditions=read_under,
    )  # fmt: skip


def _stand_in(relative: Path) -> str:
    """What stands for the hash of a file that cannot be read."""
    import hashlib

    return hashlib.sha256(f"{UNREADABLE}:{relative.as_posix()}".encode()).hexdigest()


def _not_taken(
    settings: Settings, entry: Waiting, relative: Path, error: OSError, seen: dict[str, list[object]], shown: str,
    place: tuple[int, int],
) -> None:  # fmt: skip
    """A file that cannot be read, or no room for it: it stays where it is and is tried again."""
    from funnelhouse.extract.outcome import is_no_space
    from funnelhouse.extract.outcomes import Refused

    if is_no_space(error):
        message = "no space left while archiving; free some space and run again, the file stays in the inbox"
        report("receive", shown, *place, "failed", result="refused", reason="disk_full", message=message)
        return
    refusal = Refused(
        UNREADABLE, f"the file cannot be read ({error.strerror or error}); check its permissions, it stays in the inbox"
    )
    _refuse(settings, _stand_in(relative), entry.size, relative, None, refusal)
    seen[str(entry.path)] = [*entry.identity, UNREADABLE]
    report("receive", shown, *place, "failed", result="refused", reason=UNREADABLE, message=refusal.message)
