"""Refused files: the bytes, and beside them what is wrong and what to do, for people and for machines."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from funnelhouse.contracts.reasons import REASONS
from funnelhouse.files import TEMPORARY_MARK, replacing, write_bytes, write_json
from funnelhouse.masks import mask_emails
from funnelhouse.settings import Settings
from funnelhouse.store.archive import ArrivedName
from funnelhouse.text import shown_name

ARRIVALS = "arrivals.json"
LONGEST_NAME = 150
"""Bytes of a kept file's name: with the mark of an unfinished file it must fit into 255."""
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Explanation:
    """How a file was read: every decision as a document, and the same as a text for people."""

    decisions: dict[str, Any]
    text: str


def safe_name(name: str) -> str:
    """A file name that any file system takes: no folder, no invisible or forbidden character, no device, not long."""
    last = re.sub(r'[/\\:*?"<>|\ufffd]', "_", shown_name(name.rsplit("/", 1)[-1])).lstrip(". ").rstrip(". ")
    if _DEVICE.match(last):
        last = f"_{last}"
    while len(last.encode()) > LONGEST_NAME:
        last = last[1:]  # the end says what kind of file it is
    return last or "file"


def quarantine_file(
    settings: Settings, sha256: str, file_name: str, content: Path | None, reason: str, message: str,
    explanation: Explanation | None = None,
) -> Path:  # fmt: skip
    """Keep a refused file with its explanation; the folder. Doing it twice changes nothing."""
    folder = settings.quarantine / "files" / sha256
    if content is not None and not (kept := folder / safe_name(file_name)).exists():
        with replacing(kept, mode=0o600) as place:
            shutil.copyfile(content, place)
    explain(settings, sha256, file_name, reason, message, explanation)
    return folder


def explain(
    settings: Settings, sha256: str, file_name: str, reason: str, message: str, explanation: Explanation | None = None
) -> None:
    """Write the explanation beside the kept file; `explanation` is how it was read, where that is known."""
    folder, file_name = settings.quarantine / "files" / sha256, mask_emails(file_name)
    means = REASONS.get(reason, "")
    message = mask_emails(message)
    write_json(
        folder / "explanation.json",
        {
            "file_name": file_name,
            "sha256": sha256,
            "reason": reason,
            "means": means,
            "message": message,
            "decisions": explanation.decisions if explanation else None,
        },
        mode=0o600,
    )
    text = f"{file_name}\n\nRefused: {reason} ({means})\n\n{message}\n"
    if explanation:
        text += f"\nHow it was read\n===============\n\n{explanation.text}"
    write_bytes(folder / "explanation.txt", text.encode(), mode=0o600)


def explain_rows(settings: Settings, batch_id: str, explanation: Explanation) -> None:
    """Write the explanation of the file beside its rejected rows."""
    write_bytes(settings.quarantine / "rows" / f"{batch_id}.explanation.txt", explanation.text.encode(), mode=0o600)


def remember_arrival(settings: Settings, sha256: str, name: ArrivedName) -> None:
    """Keep under which name and with which facts a refused file came, for the day a contract claims it."""
    known = {(entry.folder, entry.file_name): entry for entry in arrivals(settings, sha256)}
    known[(name.folder, name.file_name)] = name
    names = sorted(known.values(), key=ArrivedName.order)
    write_json(settings.quarantine / "files" / sha256 / ARRIVALS, [asdict(entry) for entry in names], mode=0o600)


def arrivals(settings: Settings, sha256: str) -> list[ArrivedName]:
    """Names a refused file came under."""
    try:
        text = (settings.quarantine / "files" / sha256 / ARRIVALS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [ArrivedName.read(document) for document in json.loads(text)]


def kept_content(settings: Settings, sha256: str) -> Path | None:
    """The bytes of a refused file, if they are kept."""
    folder = settings.quarantine / "files" / sha256
    if not folder.is_dir():
        return None
    ours = (ARRIVALS, "explanation.json", "explanation.txt")
    kept = sorted(p for p in folder.iterdir() if p.is_file() and p.name not in ours and TEMPORARY_MARK not in p.name)
    return kept[0] if kept else None


def release(settings: Settings, sha256: str) -> None:
    """Forget a refusal that no longer holds."""
    shutil.rmtree(settings.quarantine / "files" / sha256, ignore_errors=True)
