"""The one front door: each arriving file is recognised, kept and handed to its channel, or refused with a reason."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.masks import mask_emails
from funnelhouse.progress import report
from funnelhouse.reading.explanation.document import explain_received, from_refusal, in_words
from funnelhouse.reading.recognise_file import recognise_file
from funnelhouse.reading.rows.loaded import FileFacts
from funnelhouse.reading.trace import Trace
from funnelhouse.reading.version import conditions, scan_mark
from funnelhouse.reading.workspace import scratch
from funnelhouse.receive.deliveries import deliveries
from funnelhouse.receive.inbox import (
    NOT_A_FILE,
    UNREADABLE,
    Waiting,
    finished,
    identity_of,
    is_seen,
    read_seen,
    scan,
    write_seen,
)
from funnelhouse.receive.manifest import facts_of_file
from funnelhouse.settings import Settings
from funnelhouse.space import is_no_space
from funnelhouse.store.archive import ArrivedName, load_record, store, take_in
from funnelhouse.store.ledger import again, forget, read_entry, was_turned_away, write_entry
from funnelhouse.store.quarantine import Explanation, arrivals, kept_content, quarantine_file, release, remember_arrival
from funnelhouse.text import shown_name

log = logging.getLogger("funnelhouse")


def receive_exports(settings: Settings, inbox: Path | None = None, drain: bool | None = None) -> dict[str, list[str]]:
    """Take in every finished file of the inbox; channel -> sha256s that are new to extraction.

    `drain` removes files once they are safe in the archive or in quarantine (default: for the home inbox only). Files
    still being written are left alone. Receiving the same content again changes nothing.
    """
    folder = (inbox or settings.inbox).absolute()
    drains = drain if drain is not None else folder == settings.home_inbox.absolute()
    _note_refusals_again(settings)
    seen = read_seen(settings)
    waiting = finished([entry for entry in scan(folder) if not is_seen(seen, entry)])
    received: dict[str, list[str]] = {}
    if not waiting:
        return received
    contracts = load_contracts(settings.user_contracts, settings.cache)
    began = datetime.now(UTC).isoformat(timespec="microseconds")
    with scratch(settings.home / "work") as workspace:
        for number, entry in enumerate(waiting, 1):
            shown = _shown(entry.path, folder)
            report("receive", shown, number - 1, len(waiting))
            place = (number, len(waiting))
            _receive_one(settings, entry, folder, drains, contracts, workspace, seen, received, place, began)
    try:
        write_seen(settings, seen)
    except OSError as error:  # only a memory of what was seen: without it the next run looks again
        log.error("cannot remember what was received: %s", error)
    return received


# --- one file ---------------------------------------------------------------------------------------------------


def _receive_one(
    settings: Settings, entry: Waiting, folder: Path, drains: bool, contracts: dict[str, Contract], workspace: Path,
    seen: dict[str, list[object]], received: dict[str, list[str]], place: tuple[int, int], began: str,
) -> None:  # fmt: skip
    # From here on the name is only shown and stored: without what is invisible or no text.
    shown, relative = _shown(entry.path, folder), Path(shown_name(entry.path.relative_to(folder).as_posix()))
    if entry.kind:
        _not_followed(settings, entry, relative, seen, shown, place)
        return
    try:
        sha256, size, copy = take_in(entry.path, settings.archive / "incoming")
    except OSError as error:
        _not_taken(settings, entry, relative, error, seen, shown, place)
        return
    # What stood in this place may have been a link, or not readable: that is over.
    forget(settings, _stand_in(relative))
    release(settings, _stand_in(relative))
    facts, trace, scanned = Facts(), Trace(), ""
    try:
        if identity_of(entry.path) != entry.identity:  # it changed while it was read: next time
            return
        known = load_record(settings, sha256)
        name = ArrivedName(relative.name, _folder_text(relative), entry.mtime_ns / 1e9)
        try:
            facts = name.facts = facts_of_file(entry.path, folder, {c.source for c in contracts.values()})
            if known is None:
                found = recognise_file(
                    copy, relative.name, facts.get("source"), contracts, workspace, settings.limits, trace
                )
                channel, contract = found.channel, found.contract
                scanned = scan_mark(settings.limits) if found.is_workbook else ""
            else:
                channel, contract = known.channel, known.contract
        except Refused as refusal:
            file = FileFacts(sha256, relative.name, facts)
            decisions = explain_received(copy, file, trace, from_refusal(refusal))
            explanation = Explanation(decisions, in_words(decisions)) if decisions else None
            under = conditions(contracts, settings.limits)
            _refuse(settings, sha256, size, relative, copy, refusal, explanation, name, under)
            report("receive", shown, *place, "failed", result="refused", reason=refusal.reason, message=refusal.message)
        else:
            # A file that was refused before is extracted even if a killed run had archived it already.
            before = deliveries(known, contracts.get(contract)) if known else []
            stored = store(settings, sha256, size, copy, channel, contract, name, scanned, began)
            if deliveries(stored, contracts.get(contract)) != before or was_turned_away(settings, sha256):
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

    return mask_emails(shown_name(path.relative_to(folder).as_posix()))


def _refuse(
    settings: Settings, sha256: str, size: int, relative: Path, copy: Path | None, refusal: Refused,
    explanation: Explanation | None = None, name: ArrivedName | None = None, read_under: dict[str, str] | None = None,
) -> None:  # fmt: skip

    if name is not None:
        remember_arrival(settings, sha256, name)
    known = read_entry(settings, sha256)
    if known and known["outcome"] == "refused":
        # The same bytes under another name: which name counts must not depend on which came first.
        names = [(entry["folder"], len(entry["file_name"]), entry["file_name"])
                 for entry in (known, {"folder": _folder_text(relative), "file_name": relative.name})]  # fmt: skip
        if names[0] <= names[1]:
            return
    quarantine_file(settings, sha256, relative.name, copy, refusal.reason, refusal.message, explanation)
    write_entry(
        settings, sha256=sha256, file_name=relative.name, folder=_folder_text(relative), size_bytes=size, channel=None,
        contract=None, outcome="refused", reason=refusal.reason, message=refusal.message, conditions=read_under,
    )  # fmt: skip


def _note_refusals_again(settings: Settings) -> None:
    """Write the outcome of refused files that is gone from the record: somebody rebuilds the raw layer."""
    for folder in sorted((settings.quarantine / "files").glob("*")):
        if read_entry(settings, folder.name) is not None or load_record(settings, folder.name) is not None:
            continue
        kept, names = kept_content(settings, folder.name), arrivals(settings, folder.name)
        try:
            said = json.loads((folder / "explanation.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if kept is None:
            continue
        status = kept.stat()
        write_entry(
            settings, sha256=folder.name, file_name=said["file_name"], folder=names[0].folder if names else "",
            size_bytes=status.st_size, channel=None, contract=None, outcome="refused", reason=said["reason"],
            message=said["message"],
            received_at=datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        )  # fmt: skip


def _stand_in(relative: Path) -> str:
    """What stands for the hash of a file that cannot be read."""
    return hashlib.sha256(f"{UNREADABLE}:{relative.as_posix()}".encode()).hexdigest()


def _not_followed(
    settings: Settings, entry: Waiting, relative: Path, seen: dict[str, list[object]], shown: str,
    place: tuple[int, int],
) -> None:  # fmt: skip
    """A link, device or pipe: what is behind it may be private, or endless. It stays where it is."""
    refusal = Refused(
        NOT_A_FILE,
        f"{entry.kind}, not a file: what it leads to is not read. Put a copy of the export itself into the inbox, or "
        "give the folder that holds it: funnelhouse run --inbox DIR",
    )
    _refuse(settings, _stand_in(relative), 0, relative, None, refusal)
    seen[str(entry.path)] = [*entry.identity, NOT_A_FILE]
    report("receive", shown, *place, "failed", result="refused", reason=NOT_A_FILE, message=refusal.message)


def _not_taken(
    settings: Settings, entry: Waiting, relative: Path, error: OSError, seen: dict[str, list[object]], shown: str,
    place: tuple[int, int],
) -> None:  # fmt: skip
    """A file that cannot be read, or no room for it: it stays where it is and is tried again."""
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
